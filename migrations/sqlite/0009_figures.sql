-- What the desk lists a page at a time, each page from where the last one ended.

-- Messages that are stuck. They are few, and a message that is planned, sent and delivered never stands here.
CREATE INDEX message_stuck ON message (business_id, state, due_at, id) WHERE state IN ('held', 'failed', 'unknown');
CREATE INDEX customer_case_closed ON customer_case (business_id, closed_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX call_made ON call (business_id, done_at, id) WHERE done_at IS NOT NULL;
CREATE INDEX call_open ON call (business_id, due_at, id) WHERE done_at IS NULL;
-- What customers wrote beside their scores.
CREATE INDEX rating_comment ON rating (business_id, at, id) WHERE comment IS NOT NULL;

-- Whom to phone first, of one business: the desk asks for it each morning.
CREATE INDEX call_open ON call (business_id, due_at) WHERE done_at IS NULL;

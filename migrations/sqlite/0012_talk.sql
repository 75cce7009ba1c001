-- The inbox as conversations, and what people at the desk write themselves.

-- All that waits of one customer, or of a number that nobody knows, as one row: kept in line with `desk_item` by whoever
-- opens or settles one of those, so that a page of the inbox is read from an index.
CREATE TABLE conversation (
    -- The customer's id; of an unknown sender that of the first row.
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    customer_id TEXT REFERENCES customer (id),
    -- The number of somebody whom nobody knows.
    address TEXT,
    -- The same words wait at other businesses too: each may be meant, and only owners see them.
    shared BOOLEAN NOT NULL,
    -- Who sees to it: a user, who may have left since.
    owner_id TEXT,
    -- When the first of what waits is due, to the minute; NULL: nothing waits.
    due_at BIGINT,
    -- Who comes first of those that are due at the same moment.
    place BIGINT NOT NULL,
    -- Since when the first waits.
    waits_since BIGINT,
    -- When something last came in, and when somebody last looked.
    last_at BIGINT NOT NULL,
    seen_at BIGINT,
    done_at BIGINT,
    -- The number of the business's last change of any of these, when this one was changed: who asks for the highest sees
    -- what other processes do.
    version BIGINT NOT NULL,
    CHECK ((customer_id IS NULL) <> (address IS NULL)),
    CHECK ((due_at IS NULL) = (waits_since IS NULL))
);
CREATE UNIQUE INDEX conversation_address ON conversation (business_id, address) WHERE address IS NOT NULL;
CREATE INDEX conversation_waiting ON conversation (business_id, due_at, place, id) WHERE due_at IS NOT NULL;
CREATE INDEX conversation_done ON conversation (business_id, done_at, id) WHERE due_at IS NULL;
CREATE INDEX conversation_version ON conversation (business_id, version);

-- What waits because of an inbound message.
CREATE INDEX desk_item_reply ON desk_item (reply_id) WHERE reply_id IS NOT NULL;

-- What somebody at the desk has written to a customer: a message of its own in the outbox says it, in these very words.
CREATE TABLE answer (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    customer_id TEXT NOT NULL REFERENCES customer (id),
    -- Of the form that it was sent with: the same form sent twice is one answer.
    token TEXT NOT NULL,
    subject TEXT,
    -- NULL once retention has blanked it.
    words TEXT,
    -- The Message-ID of the mail that it answers.
    in_reply_to TEXT,
    -- When the customer last wrote; NULL: never.
    asked_at BIGINT,
    written_by TEXT NOT NULL,
    written_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX answer_token ON answer (token);
CREATE INDEX answer_customer ON answer (customer_id);
CREATE INDEX answer_words ON answer (written_at) WHERE words IS NOT NULL;

-- What came from somebody whom nobody knows, to a number of several businesses, stood in one row of no business, which no
-- desk showed. Now each business that may be meant has a row of its own: by its own number, else by the shared one.
INSERT INTO desk_item (id, business_id, reply_id, kind, words, holds, opened_at, due_at, done_at, done_by, outcome)
SELECT desk_item.id || '-' || business.id, business.id, desk_item.reply_id, desk_item.kind, desk_item.words,
    desk_item.holds, desk_item.opened_at, desk_item.due_at, desk_item.done_at, desk_item.done_by, desk_item.outcome
FROM desk_item JOIN inbound ON inbound.id = desk_item.reply_id CROSS JOIN business
WHERE desk_item.business_id IS NULL AND desk_item.customer_id IS NULL AND (
    business.sms_from = inbound.recipient
    OR (business.sms_from IS NULL AND NOT EXISTS (
        SELECT 1 FROM business named WHERE named.sms_from = inbound.recipient))
    OR NOT EXISTS (SELECT 1 FROM business named WHERE named.sms_from = inbound.recipient OR named.sms_from IS NULL)
);
DELETE FROM desk_item WHERE business_id IS NULL AND customer_id IS NULL AND EXISTS (
    SELECT 1 FROM desk_item own WHERE own.reply_id = desk_item.reply_id AND own.business_id IS NOT NULL);

INSERT INTO conversation (id, business_id, customer_id, shared, due_at, place, waits_since, last_at, done_at, version)
SELECT customer.id, customer.business_id, customer.id, FALSE,
    MIN(CASE WHEN desk_item.done_at IS NULL THEN desk_item.due_at - desk_item.due_at % 60000 END),
    CASE customer.standing WHEN 'vip' THEN 0 WHEN 'regular' THEN 1 ELSE 2 END,
    MIN(CASE WHEN desk_item.done_at IS NULL THEN desk_item.opened_at END), MAX(desk_item.opened_at),
    MAX(desk_item.done_at), 1
FROM desk_item JOIN customer ON customer.id = desk_item.customer_id
GROUP BY customer.id, customer.business_id, customer.standing;

INSERT INTO conversation (id, business_id, address, shared, due_at, place, waits_since, last_at, done_at, version)
SELECT MIN(desk_item.id), desk_item.business_id, inbound.sender,
    EXISTS (SELECT 1 FROM desk_item other JOIN inbound theirs ON theirs.id = other.reply_id
        WHERE theirs.sender = inbound.sender AND other.customer_id IS NULL AND other.done_at IS NULL
            AND other.business_id <> desk_item.business_id),
    MIN(CASE WHEN desk_item.done_at IS NULL THEN desk_item.due_at - desk_item.due_at % 60000 END), 3,
    MIN(CASE WHEN desk_item.done_at IS NULL THEN desk_item.opened_at END), MAX(desk_item.opened_at),
    MAX(desk_item.done_at), 1
FROM desk_item JOIN inbound ON inbound.id = desk_item.reply_id
WHERE desk_item.customer_id IS NULL AND desk_item.business_id IS NOT NULL AND inbound.sender <> ''
GROUP BY desk_item.business_id, inbound.sender;

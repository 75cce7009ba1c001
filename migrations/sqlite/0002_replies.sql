-- What comes back: replies, questions, ratings, cases, links, and what waits for a person.

-- What customers sent, as it came, once each; read by the reply step.
CREATE TABLE inbound (
    id TEXT NOT NULL PRIMARY KEY,
    carrier TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    sender TEXT NOT NULL,
    -- The number of ours that it was sent to.
    recipient TEXT NOT NULL,
    -- NULL once retention has blanked it.
    body TEXT,
    media BIGINT NOT NULL,
    -- What the provider says that the keyword did: STOP, START, HELP; empty where it did nothing.
    opt_out_type TEXT NOT NULL,
    -- JSON: the raw pairs, without the body.
    pairs TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE UNIQUE INDEX inbound_identity ON inbound (provider_id, carrier);
CREATE INDEX inbound_unread ON inbound (received_at) WHERE read_at IS NULL;
CREATE INDEX inbound_sender ON inbound (sender, received_at);

-- Whose a message is, by the number it came from.
CREATE INDEX customer_number ON customer (phone) WHERE phone IS NOT NULL;

-- What a message asked and until when an answer counts. One open question at a time for two numbers; a mail carries
-- its own link, so that its answer can't be mistaken for another's.
CREATE TABLE question (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    customer_id TEXT NOT NULL REFERENCES customer (id),
    message_id TEXT NOT NULL REFERENCES message (id),
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    -- Ours, and the customer's.
    sender TEXT NOT NULL,
    address TEXT NOT NULL,
    asks TEXT NOT NULL CHECK (asks IN ('confirm', 'renewal', 'rating', 'solved')),
    scale TEXT CHECK (scale IN ('csat', 'nps', 'ces')),
    item_kind TEXT NOT NULL CHECK (item_kind IN ('booking', 'renewal', 'case')),
    item_id TEXT NOT NULL,
    item_revision BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
    asked_at BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    answered_at BIGINT,
    CHECK ((state = 'answered') = (answered_at IS NOT NULL)),
    CHECK ((asks = 'rating') = (scale IS NOT NULL))
);
CREATE UNIQUE INDEX question_message ON question (message_id);
CREATE UNIQUE INDEX question_open ON question (address, sender) WHERE state = 'open' AND channel = 'sms';
CREATE INDEX question_address ON question (address, asked_at);
CREATE INDEX question_item ON question (item_id);

-- How an inbound message was understood, and what the program did about it by itself.
CREATE TABLE reply (
    -- The inbound message's.
    id TEXT NOT NULL PRIMARY KEY REFERENCES inbound (id),
    -- NULL: nobody knows the sender.
    business_id TEXT REFERENCES business (id),
    customer_id TEXT REFERENCES customer (id),
    question_id TEXT REFERENCES question (id),
    item_kind TEXT CHECK (item_kind IN ('booking', 'renewal', 'case')),
    item_id TEXT,
    intent TEXT NOT NULL,
    score BIGINT,
    action TEXT NOT NULL,
    -- In hundredths.
    certainty BIGINT NOT NULL CHECK (certainty BETWEEN 0 AND 100),
    at BIGINT NOT NULL
);
CREATE INDEX reply_customer ON reply (customer_id, at);

-- What waits for a person: a customer's words, and what they may mean.
CREATE TABLE desk_item (
    id TEXT NOT NULL PRIMARY KEY,
    -- NULL: nobody knows the sender.
    business_id TEXT REFERENCES business (id),
    customer_id TEXT REFERENCES customer (id),
    item_kind TEXT CHECK (item_kind IN ('booking', 'renewal', 'case')),
    item_id TEXT,
    reply_id TEXT REFERENCES reply (id),
    kind TEXT NOT NULL,
    -- NULL once retention has blanked it.
    words TEXT,
    -- The messages of its item wait until it is done.
    holds BOOLEAN NOT NULL,
    opened_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    done_at BIGINT,
    done_by TEXT,
    outcome TEXT,
    CHECK ((done_at IS NULL) = (done_by IS NULL))
);
CREATE INDEX desk_item_open ON desk_item (business_id, due_at) WHERE done_at IS NULL;
CREATE INDEX desk_item_holding ON desk_item (item_id) WHERE done_at IS NULL AND holds;
CREATE INDEX desk_item_customer ON desk_item (customer_id);

-- Numbers whose owner says that we have the wrong person: everything to them waits for somebody to look.
CREATE TABLE held_number (
    business_id TEXT NOT NULL REFERENCES business (id),
    address TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (address, business_id)
);

-- Every answer to a rating question; of several within a day the latest counts.
CREATE TABLE rating (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    customer_id TEXT NOT NULL REFERENCES customer (id),
    item_kind TEXT NOT NULL CHECK (item_kind IN ('booking', 'renewal', 'case')),
    item_id TEXT NOT NULL,
    message_id TEXT NOT NULL REFERENCES message (id),
    scale TEXT NOT NULL CHECK (scale IN ('csat', 'nps', 'ces')),
    -- Of the question as it was worded.
    version TEXT NOT NULL,
    score BIGINT NOT NULL,
    -- As it was given; NULL once retention has blanked it.
    raw TEXT,
    comment TEXT,
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email', 'call')),
    counts BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    CHECK (
        (scale = 'csat' AND score BETWEEN 1 AND 5)
        OR (scale = 'nps' AND score BETWEEN 0 AND 10)
        OR (scale = 'ces' AND score BETWEEN 1 AND 7)
    )
);
CREATE UNIQUE INDEX rating_counting ON rating (message_id) WHERE counts;
CREATE INDEX rating_time ON rating (business_id, at);
CREATE INDEX rating_customer ON rating (customer_id);
CREATE INDEX rating_item ON rating (item_id);

-- An unhappy customer, owned by a person until closed. (`case` is a word of SQL's own.)
CREATE TABLE customer_case (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    customer_id TEXT NOT NULL REFERENCES customer (id),
    -- What the customer is unhappy with, where that is known.
    item_kind TEXT CHECK (item_kind IN ('booking', 'renewal')),
    item_id TEXT,
    rating_id TEXT REFERENCES rating (id),
    source TEXT NOT NULL CHECK (source IN ('rating', 'reply', 'link', 'desk')),
    words TEXT,
    owner TEXT,
    revision BIGINT NOT NULL CHECK (revision >= 1),
    opened_at BIGINT NOT NULL,
    -- When it was opened, or last reopened: when this revision became known.
    changed_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    closed_at BIGINT,
    cause TEXT CHECK (
        cause IN ('work_quality', 'delay', 'price', 'communication', 'staff', 'damage', 'misunderstanding', 'other')
    ),
    note TEXT,
    -- The customer's own answer after it was closed.
    solved BOOLEAN,
    updated_at BIGINT NOT NULL,
    CHECK ((closed_at IS NULL) = (cause IS NULL))
);
CREATE UNIQUE INDEX customer_case_open ON customer_case (customer_id) WHERE closed_at IS NULL;
CREATE INDEX customer_case_due ON customer_case (business_id, due_at) WHERE closed_at IS NULL;
CREATE INDEX customer_case_customer ON customer_case (customer_id);

-- Links in messages. Only the token's hash is kept.
CREATE TABLE link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('respond', 'unsubscribe')),
    business_id TEXT NOT NULL REFERENCES business (id),
    customer_id TEXT NOT NULL REFERENCES customer (id),
    message_id TEXT NOT NULL REFERENCES message (id),
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX link_message ON link (message_id);
CREATE INDEX link_expiry ON link (expires_at);

-- Withdrawals of people who were erased: a keyed hash in place of the address, so that a later import still meets them.
CREATE TABLE erased_withdrawal (
    address_hash TEXT NOT NULL,
    business_id TEXT NOT NULL REFERENCES business (id),
    channel TEXT NOT NULL,
    purpose TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (address_hash, business_id, channel, purpose)
);

-- Where everybody who answered is invited to say so in public.
ALTER TABLE business ADD COLUMN review_url TEXT;

-- Held messages, by when they stop being of use.
CREATE INDEX message_held ON message (useful_until) WHERE state = 'held';

-- What came of a call (`domain/call.rs` has the list of outcomes). A call that is to be made again is a new row, of the same message.
ALTER TABLE call ADD COLUMN note TEXT;
ALTER TABLE call ADD COLUMN done_by TEXT;
-- Not before this moment, where somebody asked to be called again.
ALTER TABLE call ADD COLUMN call_at BIGINT;
DROP INDEX call_message;
CREATE UNIQUE INDEX call_message ON call (message_id) WHERE done_at IS NULL;
CREATE INDEX call_customer ON call (customer_id);

-- What was asked how it went, for the figures.
CREATE INDEX message_rating ON message (business_id, due_at) WHERE asks = 'rating';

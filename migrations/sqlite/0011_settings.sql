-- What owners set at the desk, and what follows from it.

-- Everything of a business that is planned again since its settings have changed, and how far that has come: a batch at a
-- time, each with its place in one transaction, so that it goes on after a crash.
CREATE TABLE replan (
    business_id TEXT NOT NULL PRIMARY KEY REFERENCES business (id),
    asked_at BIGINT NOT NULL,
    -- Items of this kind up to this id, and all of the kinds before it, are done.
    kind TEXT NOT NULL CHECK (kind IN ('booking', 'renewal', 'case')),
    after_id TEXT NOT NULL,
    done BIGINT NOT NULL,
    planned BIGINT NOT NULL,
    moved BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX replan_open ON replan (asked_at) WHERE ended_at IS NULL;

-- Keys by which a business's own systems hand over what they know, each by the hash of its token.
CREATE TABLE api_key (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT,
    -- From then on it opens nothing.
    revoked_at BIGINT
);
CREATE UNIQUE INDEX api_key_token ON api_key (token_hash);
CREATE UNIQUE INDEX api_key_name ON api_key (business_id, name) WHERE revoked_at IS NULL;

-- Files that were handed over at the desk or by a key, and what became of them. The file itself lies beside the database.
CREATE TABLE import_run (
    -- Can't be guessed: it is in the page's address.
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    -- NULL: a key has handed it over.
    user_id TEXT,
    made_by TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('bookings', 'renewals', 'customers')),
    file_name TEXT NOT NULL,
    size BIGINT NOT NULL,
    -- The customers know of these bookings already: no confirmations.
    known BOOLEAN NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN ('looking', 'ready', 'refused', 'importing', 'done', 'stopped', 'interrupted', 'expired')
    ),
    -- JSON: what it did or would do, and the columns that are ignored.
    summary TEXT,
    -- JSON: why it was refused or stopped.
    problem TEXT,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX import_run_business ON import_run (business_id, made_at);
CREATE INDEX import_run_open ON import_run (changed_at) WHERE state IN ('looking', 'ready', 'importing');

-- Messages that users have sent to themselves to see whether sending works. They count nowhere.
CREATE TABLE test_message (
    -- Travels in the status callback's address, as an attempt's id does.
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    carrier TEXT NOT NULL,
    sender TEXT NOT NULL,
    address TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('started', 'accepted', 'delivered', 'failed', 'unknown')),
    provider_id TEXT,
    provider_status TEXT,
    code BIGINT,
    failure TEXT,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX test_message_business ON test_message (business_id, made_at);

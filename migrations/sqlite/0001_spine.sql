-- The spine: businesses, customers, items, the outbox, what carriers said.
-- Times are BIGINT milliseconds since 1970 UTC, ids UUIDv7 text, local times and dates ISO text (docs/writing-sql.md).

CREATE TABLE business (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('garage', 'insurance')),
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    locale TEXT NOT NULL,
    region TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    address TEXT,
    -- Senders of its own; NULL: the installation's.
    sms_from TEXT,
    email_from TEXT,
    -- JSON: hours by purpose, and an array of dates.
    quiet_hours TEXT NOT NULL,
    holidays TEXT NOT NULL,
    surveys_need_consent BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE rule (
    business_id TEXT NOT NULL REFERENCES business (id),
    id TEXT NOT NULL,
    position BIGINT NOT NULL,
    -- JSON of one rule, in the form of the rules file.
    definition TEXT NOT NULL,
    PRIMARY KEY (business_id, id)
);

CREATE TABLE text_override (
    business_id TEXT NOT NULL REFERENCES business (id),
    template TEXT NOT NULL,
    locale TEXT NOT NULL,
    part TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (business_id, template, locale, part)
);

CREATE TABLE customer (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    external_id TEXT,
    name TEXT NOT NULL,
    -- Lower-case, single-spaced: what rows without a customer id are matched by.
    name_key TEXT NOT NULL,
    phone TEXT,
    phone_raw TEXT,
    phone_texts BOOLEAN NOT NULL,
    email TEXT,
    locale TEXT,
    channel TEXT CHECK (channel IN ('sms', 'email', 'call')),
    standing TEXT,
    notes TEXT,
    erased BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX customer_external ON customer (business_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX customer_name ON customer (business_id, name_key);
CREATE INDEX customer_phone ON customer (business_id, phone);

CREATE TABLE booking (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    customer_id TEXT NOT NULL REFERENCES customer (id),
    external_id TEXT NOT NULL,
    service TEXT,
    vehicle TEXT,
    starts TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    duration_minutes BIGINT,
    status TEXT NOT NULL CHECK (
        status IN ('booked', 'confirmed', 'change_requested', 'cancelled', 'in_progress', 'completed', 'no_show')
    ),
    revision BIGINT NOT NULL CHECK (revision >= 1),
    booked_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    completed_at BIGINT,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX booking_external ON booking (business_id, external_id);
CREATE INDEX booking_customer ON booking (customer_id);

CREATE TABLE renewal (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    customer_id TEXT NOT NULL REFERENCES customer (id),
    external_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('policy', 'warranty', 'inspection', 'service')),
    subject TEXT,
    reference TEXT,
    ends_on TEXT NOT NULL,
    offer_amount TEXT,
    offer_currency TEXT,
    offer_url TEXT,
    status TEXT NOT NULL CHECK (status IN ('active', 'renewed', 'declined', 'lapsed', 'ended')),
    revision BIGINT NOT NULL CHECK (revision >= 1),
    booked_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    completed_at BIGINT,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX renewal_external ON renewal (business_id, external_id);
CREATE INDEX renewal_customer ON renewal (customer_id);

-- The outbox: one obligation to say one thing to one customer, whether or not it was ever sent.
CREATE TABLE message (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    customer_id TEXT NOT NULL REFERENCES customer (id),
    -- `reply`: a notice that answers what somebody wrote, without a rule.
    item_kind TEXT NOT NULL CHECK (item_kind IN ('booking', 'renewal', 'case', 'reply')),
    item_id TEXT NOT NULL,
    item_revision BIGINT NOT NULL,
    rule_id TEXT NOT NULL,
    anchor TEXT NOT NULL,
    template TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('service', 'survey', 'marketing')),
    asks TEXT NOT NULL CHECK (asks IN ('nothing', 'confirm', 'renewal', 'rating', 'solved')),
    only_if TEXT NOT NULL,
    -- The rule's channels, comma-separated, in its order.
    channels TEXT NOT NULL,
    -- The channel it goes on next; NULL where none could be used.
    channel TEXT CHECK (channel IN ('sms', 'email', 'call')),
    -- Channel, and the business where it has a sender of its own: what is claimed, limited and paused together.
    lane TEXT NOT NULL,
    -- The item's local time or date that it tells, and where it told another one before, that one.
    told TEXT NOT NULL,
    told_before TEXT,
    state TEXT NOT NULL CHECK (
        state IN ('planned', 'held', 'sending', 'unknown', 'accepted', 'delivered', 'skipped', 'failed')
    ),
    reason TEXT CHECK (
        reason IN (
            'too_late', 'superseded', 'item_cancelled', 'item_done', 'answered', 'opted_out', 'no_consent',
            'no_address', 'undeliverable', 'duplicate', 'contact_cap', 'case_open', 'by_hand', 'erased'
        )
    ),
    hold TEXT CHECK (hold IN ('person', 'change', 'case', 'number')),
    wanted_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    useful_until BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    -- How often it was sent again after an unknown outcome; at most once.
    resends BIGINT NOT NULL CHECK (resends BETWEEN 0 AND 1),
    lease_owner TEXT,
    lease_until BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK ((state = 'skipped') = (reason IS NOT NULL)),
    CHECK ((state = 'held') = (hold IS NOT NULL)),
    CHECK ((state = 'sending') = (lease_owner IS NOT NULL)),
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
);
CREATE UNIQUE INDEX message_identity ON message (item_id, item_revision, rule_id, customer_id);
CREATE INDEX message_due ON message (lane, due_at) WHERE state = 'planned';
CREATE INDEX message_leased ON message (lease_until) WHERE state = 'sending';
CREATE INDEX message_customer ON message (customer_id);
CREATE INDEX message_time ON message (due_at, id);

-- One try to deliver a message on one channel.
CREATE TABLE attempt (
    id TEXT NOT NULL PRIMARY KEY,
    message_id TEXT NOT NULL REFERENCES message (id),
    business_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email', 'call')),
    carrier TEXT NOT NULL,
    sender TEXT NOT NULL,
    address TEXT NOT NULL,
    subject TEXT,
    -- NULL once retention has blanked it.
    text TEXT,
    segments BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN (
            'started', 'accepted', 'delivered', 'put_back', 'rejected', 'opted_out', 'faulty', 'stopped', 'unknown', 'failed'
        )
    ),
    provider_id TEXT,
    -- How far the provider says it has come, as `Stage` orders it, and the provider's own word.
    stage BIGINT,
    provider_status TEXT,
    code BIGINT,
    failure TEXT,
    started_at BIGINT NOT NULL,
    settled_at BIGINT,
    -- When to ask the provider about it next, and how often it was asked in vain.
    look_at BIGINT,
    looks BIGINT NOT NULL
);
CREATE INDEX attempt_message ON attempt (message_id);
CREATE UNIQUE INDEX attempt_provider ON attempt (provider_id, carrier) WHERE provider_id IS NOT NULL;
CREATE INDEX attempt_look ON attempt (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX attempt_text ON attempt (started_at) WHERE text IS NOT NULL;

-- Status callbacks as they came, once each; read by the delivery step.
CREATE TABLE receipt (
    id TEXT NOT NULL PRIMARY KEY,
    attempt_id TEXT,
    provider_id TEXT NOT NULL,
    status TEXT NOT NULL,
    code TEXT NOT NULL,
    -- JSON: the raw pairs, without any body.
    pairs TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE UNIQUE INDEX receipt_identity ON receipt (provider_id, status, code);
CREATE INDEX receipt_unread ON receipt (received_at) WHERE read_at IS NULL;

-- The ledger of consent: only ever added to; the latest line of a scope counts.
CREATE TABLE consent (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    customer_id TEXT REFERENCES customer (id),
    -- A phone in E.164 or a mail address; NULL: the customer, whatever the address.
    address TEXT,
    channel TEXT CHECK (channel IN ('sms', 'email', 'call')),
    purpose TEXT CHECK (purpose IN ('service', 'survey', 'marketing')),
    given BOOLEAN NOT NULL,
    source TEXT NOT NULL,
    wording TEXT,
    at BIGINT NOT NULL,
    CHECK (customer_id IS NOT NULL OR address IS NOT NULL)
);
CREATE INDEX consent_customer ON consent (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX consent_address ON consent (address, business_id) WHERE address IS NOT NULL;

-- Addresses that a carrier has called bad: no message tries them again.
CREATE TABLE bad_address (
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    code BIGINT,
    failure TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (address, channel)
);

-- Senders that wait for an operator.
CREATE TABLE paused_lane (
    lane TEXT NOT NULL PRIMARY KEY,
    code BIGINT,
    failure TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- A to-do to phone somebody.
CREATE TABLE call (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    customer_id TEXT NOT NULL REFERENCES customer (id),
    message_id TEXT NOT NULL REFERENCES message (id),
    phone TEXT NOT NULL,
    script TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    done_at BIGINT,
    outcome TEXT
);
CREATE UNIQUE INDEX call_message ON call (message_id);

-- What happened to items, customers and settings: only ever added to.
CREATE TABLE history (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT,
    about_kind TEXT NOT NULL,
    about_id TEXT NOT NULL,
    event TEXT NOT NULL,
    detail TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX history_about ON history (about_id, id);

-- Rows that the running import has met, so that a doubled one is noticed without keeping the file in memory.
CREATE TABLE import_seen (
    import_id TEXT NOT NULL,
    external_id TEXT NOT NULL,
    line BIGINT NOT NULL,
    PRIMARY KEY (import_id, external_id)
);

CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- What people at the desk say of a customer, and what they know better than the business's own system.

-- A short text of the staff. It stays as it was written; a mistaken one is struck.
CREATE TABLE note (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    customer_id TEXT NOT NULL REFERENCES customer (id),
    -- Who wrote it, and their name as it was. Whoever looks at the demonstration is no row of `desk_user`.
    user_id TEXT NOT NULL,
    author TEXT NOT NULL,
    -- NULL once the customer was erased.
    text TEXT,
    at BIGINT NOT NULL,
    struck_at BIGINT,
    struck_by TEXT,
    CHECK ((struck_at IS NULL) = (struck_by IS NULL))
);
CREATE INDEX note_customer ON note (customer_id, at);

-- What stood in a customer's record before somebody at the desk changed it: a row of an import that goes on saying so
-- says nothing new, and still means this customer.
CREATE TABLE overruled (
    customer_id TEXT NOT NULL REFERENCES customer (id),
    business_id TEXT NOT NULL REFERENCES business (id),
    field TEXT NOT NULL CHECK (field IN ('name', 'phone', 'email', 'locale', 'channel', 'standing', 'notes')),
    -- As it stood there; a phone in E.164.
    value TEXT NOT NULL,
    -- What rows are matched by: of a name what `name_key` makes of it, else the value.
    sought TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (customer_id, field, value)
);
CREATE INDEX overruled_value ON overruled (business_id, field, sought);

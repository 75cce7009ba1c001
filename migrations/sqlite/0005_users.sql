-- Who works at the desk. `user` itself is a reserved word in PostgreSQL, where a forgotten quote silently reads another thing.
CREATE TABLE desk_user (
    id TEXT NOT NULL PRIMARY KEY,
    -- A mail address or a name, folded to lower case.
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    locale TEXT NOT NULL,
    -- NULL until a password is chosen.
    password_hash TEXT,
    created_at BIGINT NOT NULL,
    -- From then on nobody signs in as this user.
    ended_at BIGINT
);
CREATE UNIQUE INDEX desk_user_login ON desk_user (login);

-- What a user may see, and what they may do there.
CREATE TABLE user_business (
    user_id TEXT NOT NULL REFERENCES desk_user (id),
    business_id TEXT NOT NULL REFERENCES business (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'staff')),
    PRIMARY KEY (user_id, business_id)
);
CREATE INDEX user_business_business ON user_business (business_id);

-- Browsers that are signed in, each by the hash of its token.
CREATE TABLE session (
    token_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES desk_user (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_user ON session (user_id);
CREATE INDEX session_end ON session (expires_at);

-- Links by which a user chooses a password, each good for one time.
CREATE TABLE user_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES desk_user (id),
    expires_at BIGINT NOT NULL
);
CREATE INDEX user_link_user ON user_link (user_id);

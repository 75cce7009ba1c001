-- Every change of a business's rules and own texts: what was, what is, who and when, so that it can be read and brought
-- back. Only ever added to.
CREATE TABLE policy_change (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    what TEXT NOT NULL CHECK (what IN ('rules', 'texts')),
    -- JSON. Rules: all of them. Texts: the changed ones, each with its own wording or none.
    was TEXT NOT NULL,
    became TEXT NOT NULL,
    -- The user's name; NULL: a command.
    changed_by TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX policy_change_business ON policy_change (business_id, id);

-- What a changed rule about closed cases would do is looked up among the last ones.
CREATE INDEX customer_case_closed_at ON customer_case (business_id, closed_at) WHERE closed_at IS NOT NULL;

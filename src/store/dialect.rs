//! The few fragments that the databases do not share (docs/writing-sql.md). Nothing else may be here.

/// Takes the ids of a batch of due messages of one lane and leases them, in one statement. The MATERIALIZED CTE picks
/// each id once; PostgreSQL's spelling will add `FOR UPDATE SKIP LOCKED` after the LIMIT.
pub const CLAIM_SQLITE: &str = "\
WITH due AS MATERIALIZED (
    SELECT id FROM message
    WHERE state = 'planned' AND lane = $1 AND due_at <= $2
    ORDER BY due_at
    LIMIT $3
)
UPDATE message
SET state = 'sending', attempts = attempts + 1, lease_owner = $4, lease_until = $5, updated_at = $2
WHERE id IN (SELECT id FROM due) AND state = 'planned'";

/// A bind in a statement of many rows. SQLite looks a name like `$900` up in a list of all names, once for each bind;
/// unnamed ones cost nothing. PostgreSQL will number them.
pub const PLACEHOLDER_SQLITE: &str = "?";

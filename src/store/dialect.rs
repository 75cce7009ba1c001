//! The few fragments that the databases do not share (docs/writing-sql.md). Nothing else may be here.

/// Rows as one JSON text (`packed.rs` reads it). PostgreSQL: `json_agg(json_build_array(…))`.
macro_rules! packed {
    ($columns:expr) => {
        concat!("json_group_array(json_array(", $columns, "))")
    };
}
pub(super) use packed;

/// The ids of a list that came as one bind (`packed.rs` writes it). PostgreSQL: `json_array_elements_text($1::json)`.
macro_rules! listed {
    ($bind:literal) => {
        concat!("(SELECT value FROM json_each(", $bind, "))")
    };
}
pub(super) use listed;

/// A bind in a statement of many rows. SQLite looks a name like `$900` up in a list of all names, once for each bind;
/// unnamed ones cost nothing. PostgreSQL will number them.
pub const PLACEHOLDER_SQLITE: &str = "?";

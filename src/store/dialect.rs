//! The few fragments that the databases do not share (docs/writing-sql.md). Nothing else may be here.

/// Rows as one JSON text (`packed.rs` reads it). PostgreSQL: `json_agg(json_build_array(…))`.
macro_rules! packed {
    ($columns:expr) => {
        concat!("json_group_array(json_array(", $columns, "))")
    };
}
pub(super) use packed;

/// A column of texts as a list that `listed!` reads. PostgreSQL: `json_agg`.
macro_rules! list_of {
    ($column:expr) => {
        concat!("json_group_array(", $column, ")")
    };
}
pub(super) use list_of;

/// The ids of a list that came as one bind (`packed.rs` writes it). PostgreSQL: `json_array_elements_text($1::json)`.
macro_rules! listed {
    ($bind:literal) => {
        concat!("(SELECT value FROM json_each(", $bind, "))")
    };
}
pub(super) use listed;

/// The elements of a list, or the pairs of an object, that came as one bind: a table with `key` and `value`.
/// PostgreSQL: `json_array_elements` and `json_each_text`.
macro_rules! each {
    ($bind:literal) => {
        concat!("json_each(", $bind, ")")
    };
}
pub(super) use each;

/// The rows of a list of lists that came as one bind, whose values are taken with `value ->> 0` and so on. PostgreSQL:
/// `json_array_elements`.
macro_rules! rows_of {
    ($bind:literal) => {
        // Binary, so that taking a value does not read the row's text anew each time.
        concat!("jsonb_each(", $bind, ")")
    };
}
pub(super) use rows_of;

/// The number of a row in a table that is only ever added to, in the order of writing. PostgreSQL: a column
/// `GENERATED ALWAYS AS IDENTITY`.
macro_rules! nth {
    () => {
        "rowid"
    };
}
pub(super) use nth;

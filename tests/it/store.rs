//! The store: every column that is bound is read back, impossible rows are refused, databases are opened as asked.

mod case_rows;
mod fixtures;
mod link_rows;
mod lookup_rows;
mod opening;
mod outbox_rows;
mod paged_rows;
mod reply_rows;
mod rows;
mod schema;
mod user_rows;

pub use schema::{dump, raw};

//! The store: every column that is bound is read back, impossible rows are refused, databases are opened as asked.

mod case_rows;
mod change_rows;
mod fixtures;
mod link_rows;
mod lookup_rows;
mod morning_rows;
mod note_rows;
mod opening;
mod outbox_rows;
mod overruled_rows;
mod paged_rows;
mod policy_rows;
mod reply_rows;
mod rows;
mod schema;
mod settings_rows;
mod talk_before;
mod talk_rows;
mod user_rows;

pub use schema::{dump, raw};

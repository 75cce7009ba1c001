//! Outbound: import -> plan -> `messages` -> dispatch -> carrier; rescue for what a crash or a silent carrier left.

pub mod batch;
pub mod demonstration;
pub mod dispatch;
mod distinct;
pub mod erasure;
pub mod founding;
pub mod held;
pub mod import;
pub mod listing;
pub mod notice;
pub mod plan;
pub mod recipient;
pub mod rehearsal;
pub mod rescue;
pub mod satisfaction;
pub mod steering;
pub mod story;
pub mod take_over;
pub mod text_shelf;
pub mod ways;
pub mod wording;

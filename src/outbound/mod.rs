//! Outbound: import -> plan -> `messages` -> dispatch -> carrier; rescue for what a crash or a silent carrier left.

pub mod answer;
pub mod batch;
mod changed;
pub mod demonstration;
pub mod desk_change;
pub mod dispatch;
mod distinct;
pub mod draft;
pub mod erasure;
pub mod export;
pub mod founding;
pub mod held;
pub mod import;
pub mod listing;
pub mod notice;
pub mod plan;
pub mod policy;
pub mod problems;
pub mod recipient;
pub mod record;
pub mod rehearsal;
pub mod rescue;
pub mod sample;
pub mod sandbox_phone;
pub mod satisfaction;
pub mod settings;
pub mod staffing;
pub mod steering;
pub mod story;
pub mod take_over;
pub mod test_message;
pub mod text_shelf;
pub mod today;
pub mod ways;
pub mod wording;

pub use changed::Changed;

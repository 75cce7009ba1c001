//! What comes back: status receipts, customers' words, and what follows from them.

pub mod act;
pub mod agreement;
pub mod call;
pub mod case;
pub mod consent;
pub mod delivery;
pub mod follow_up;
pub mod page;
pub mod reader;
pub mod receive;
pub mod reply;
pub mod sandbox_phone;
mod scene;
mod sender;
pub mod stranger;
pub mod wishes;

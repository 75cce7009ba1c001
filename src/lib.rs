pub mod carrier;
pub mod clock;
pub mod config;
pub mod domain;
pub mod inbound;
pub mod outbound;
pub mod store;
pub mod texts;

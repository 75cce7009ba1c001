pub mod carrier;
pub mod domain;
pub mod store;
pub mod texts;

pub mod carrier;
pub mod domain;
pub mod texts;

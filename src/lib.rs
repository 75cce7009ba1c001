pub mod carrier;
pub mod domain;

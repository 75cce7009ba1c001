pub mod carrier;
pub mod config;
pub mod domain;

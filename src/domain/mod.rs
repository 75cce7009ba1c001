//! Pure rules: no async, no SQL, no HTTP, no clock. Every function is a function of its arguments.

pub mod attempt;
pub mod backoff;
pub mod business;
pub mod closed_list;
pub mod consent;
pub mod customer;
pub mod email_address;
pub mod ids;
pub mod instant;
pub mod invitation;
pub mod item;
pub mod link;
pub mod local;
pub mod locale;
pub mod message;
pub mod phone;
pub mod plan;
pub mod quiet_hours;
pub mod recheck;
pub mod replan;
pub mod respond;
pub mod rule;
pub mod segments;
pub mod zone;

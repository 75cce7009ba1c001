//! What is due leaves once, to whom it may, when it may; and what every answer of a carrier leads to.

mod outage;
mod outcomes;
mod provider;

//! Inbound: what carriers tell us. Status receipts now; replies follow the same way: store, answer, then read.

pub mod delivery;

//! What customers send back, from the webhook to what has come of it.

mod answers;
mod opt_out;
mod questions;
mod reading;
mod webhook;

//! The integration suite: one binary, so that it links once.

mod carrier_smtp;
mod carrier_twilio;
mod lifecycle;
mod planning;
mod support;

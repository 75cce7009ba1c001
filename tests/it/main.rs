//! The integration suite: one binary, so that it links once.

mod carrier_smtp;
mod carrier_twilio;
mod dispatch;
mod kill;
mod layering;
mod lifecycle;
mod never_twice;
mod planning;
mod replies;
mod rescue;
mod store;
mod support;
mod zones;

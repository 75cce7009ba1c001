//! The integration suite: one binary, so that it links once.

mod carrier_smtp;
mod carrier_twilio;
mod cases;
mod commands;
mod desk;
mod dispatch;
mod erasure;
mod eyes;
mod inbound;
mod interleaving;
mod kill;
mod layering;
mod lifecycle;
mod links;
mod lookup;
mod never_twice;
mod people;
mod planning;
mod replies;
mod rescue;
mod settings;
mod store;
mod support;
mod visits;
mod zones;

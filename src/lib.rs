//! Daybefore reminds a customer the day before, hears the answer, asks the day after how it went, and puts a person in
//! the loop whenever somebody is unhappy.
//!
//! ```text
//! outbound:  import / api / desk -> plan -> [messages] -> dispatch -> carrier
//! inbound:   carrier -> webhook -> [receipts] -> delivery -> [messages]
//!            carrier -> webhook -> [inbound] -> reply -> [questions, inbox, cases, consent, messages]
//! ```
//!
//! Names in brackets are tables: steps never call each other, they hand over through rows. From the inside out, each
//! may import those above it (`tests/it/layering.rs` fails on a breach):
//!
//! - `domain`: pure rules: plan, re-plan, last look, zones, quiet hours, phones, segments, what an answer means; no I/O
//! - `clock`, `config`, `telemetry`: time, settings, logs and metrics
//! - `texts`: declared templates and page phrases in five languages: render, check
//! - `store`: all SQL; `carrier`: Twilio, SMTP, sandbox, memory
//! - `outbound`: import, plan, dispatch, rescue, erasure; `inbound`: delivery, receive, reply, acts, customers' pages
//! - `app`: builds everything from the configuration; `schedule`: chores by the clock
//! - `web`: every route in one list: desk, customers' pages, webhooks; `cli`: one file a command

pub mod app;
pub mod carrier;

pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod inbound;
pub mod outbound;
pub mod schedule;
pub mod store;
pub mod telemetry;
pub mod texts;
pub mod web;

//! What the suite plays its scenes with: providers, servers, readers.

pub mod browser;
pub mod cases;
pub mod chromium;
pub mod claiming;
pub mod crowd;
pub mod desk;
pub mod ics;
pub mod mail_server;
pub mod meanwhile;
pub mod outgoing;
pub mod person;
pub mod program;
pub mod serving;
pub mod setup;
pub mod signing;
pub mod skip;
pub mod smtp_server;
pub mod test_app;
pub mod texting;
pub mod twilio_line;
pub mod twilio_openapi;
pub mod twilio_server;
pub mod twilio_store;
pub mod uploading;
pub mod visits;

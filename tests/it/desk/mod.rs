//! The desk in process, as browsers use it: who gets in, what each may see, and whose forms are taken.

mod acting;
mod businesses;
mod errors;
mod events;
mod first_run;
mod forms;
mod isolation;
mod outbox;
mod pages;
mod phone;
mod rules;
mod sample;
mod satisfaction;
mod sessions;
mod sign_in;
mod story;
mod strangers;
mod talk;
mod texts;
mod today;
mod welcome;
mod writing;

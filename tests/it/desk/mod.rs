//! The desk in process, as browsers use it: who gets in, what each may see, and whose forms are taken.

mod acting;
mod businesses;
mod first_run;
mod forms;
mod outbox;
mod pages;
mod satisfaction;
mod sessions;
mod sign_in;
mod story;
mod welcome;

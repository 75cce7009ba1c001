//! The desk in process, as browsers use it: who gets in, what each may see, and whose forms are taken.

mod acting;
mod businesses;
mod events;
mod first_run;
mod forms;
mod pages;
mod rules;
mod sessions;
mod sign_in;
mod strangers;
mod talk;
mod texts;
mod welcome;
mod writing;

//! The desk in process, as browsers use it: who gets in, what each may see, and whose forms are taken.

mod acting;
mod businesses;
mod errors;
mod first_run;
mod forms;
mod pages;
mod phone;
mod sample;
mod sessions;
mod sign_in;
mod today;
mod welcome;

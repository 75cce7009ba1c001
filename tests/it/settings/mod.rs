//! Settings at the desk: what owners change, what follows from it, and who may not.

mod business;
mod imports;
mod keys;
mod previews;
mod profile;
mod refusals;
mod senders;
mod users;

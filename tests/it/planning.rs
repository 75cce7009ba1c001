//! What is planned, when, and what is not said and why: seen as the business sees it, through imports and the plan.

mod batches;
mod bookings;
mod changes;
mod people;
mod renewals;

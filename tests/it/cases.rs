//! After the visit: ratings, cases, invitations to review.

mod closing;
mod holding;
mod inviting;

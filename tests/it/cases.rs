//! After the visit: ratings, cases, invitations to review, calls, figures.

mod calling;
mod closing;
mod holding;
mod inviting;
mod measuring;

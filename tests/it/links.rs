//! Links in messages and the pages behind them: machines may look at everything, only the customer's click counts.

mod answering;
mod asking;
mod mails;
mod scanners;
mod tokens;
mod unsubscribing;

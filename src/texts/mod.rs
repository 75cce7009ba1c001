//! What is said to customers: declared templates, a business's own wordings, rendering and checking.
//!
//! - `catalogue`: every template, declared once: parts, item, purpose, question
//! - `subject`: from what we store to `about`
//! - `about`: all that a text may speak of; `facts`: the names that templates use for it
//! - `store`: embedded and own texts, parsed once; which one wins
//! - `render`: one message on one channel
//! - `tidy`, `html`: plain clean text, and the HTML part of a mail made from it
//! - `check`: renders everything with `samples` and reports what would go wrong
//! - `preview`: one message as somebody who edits its text sees it
//! - `rule_fit`: whether a rule's template was written for what the rule does
//! - `own_words`: what somebody at the desk has typed, looked at and left as it is
//! - `pages`: the phrases of customers' pages
//! - `reply_words`: finds texts that ask for an answer which providers take as an opt-out
//!
//! May import `domain` only. The texts themselves are in `templates/messages/<template>/<locale>/<part>.txt`.

mod about;
pub mod catalogue;
mod check;
mod error;
mod facts;
mod html;
pub mod own_words;
pub mod phrases;
pub mod preview;
mod render;
mod reply_words;
pub mod rule_fit;
mod samples;
mod store;
mod subject;
mod tidy;

pub use about::{About, AboutBusiness, AboutCustomer, AboutItem, Offer, Ways};
pub use catalogue::{Audience, Item, Part, Template};
pub use check::{Finding, Problem, Severity, Wrong};
pub use error::{Place, TextError};
pub use render::Rendered;
pub use store::{Override, Texts};
pub use subject::Subject;

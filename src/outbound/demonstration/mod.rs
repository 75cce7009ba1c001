//! The demonstration: two sample businesses live through a fortnight on the virtual clock, with the same steps as live.
//!
//! `samples` are the businesses and their first files, `own_system` a business's own software that exports again what
//! changed, `plot` what happens when, `answers` what customers write back, `fortnight` lives through it, `timeline` says
//! what came of it.

mod answers;
mod fortnight;
mod own_system;
mod plot;
mod samples;
pub mod timeline;

use super::dispatch::DispatchError;
use super::import::ImportError;
use super::listing::ListError;
use super::plan::PlanError;
use crate::domain::instant::Instant;
use crate::domain::rule::RuleErrors;
use crate::domain::zone::ZoneError;
use crate::store::StoreError;

pub use fortnight::live;
pub use plot::{opens, span};
pub use samples::GARAGE;

/// Something that happened in a sample business, outside of Daybefore.
#[derive(Clone, Debug)]
pub struct News {
    pub at: Instant,
    pub business_id: &'static str,
    /// In words, like `A-26598 moved to 7 December 09:30`.
    pub what: String,
    /// Whether it is what the evening's closing brought.
    pub closing: bool,
}

/// What the first files brought in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Intake {
    pub rows: u64,
    pub taken: u64,
    pub refused: u64,
    pub planned: u64,
}

/// Why the demonstration can't go on.
#[derive(Debug, thiserror::Error)]
pub enum DemonstrationError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Zone(#[from] ZoneError),
    #[error(transparent)]
    Rules(#[from] RuleErrors),
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Dispatch(#[from] DispatchError),
    #[error(transparent)]
    List(#[from] ListError),
    #[error("a sample file: {0}")]
    Sample(#[from] csv::Error),
}

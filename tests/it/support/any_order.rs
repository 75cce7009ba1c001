//! What tests that let things happen in any order have in common: their calendar, and how long and how they look.

use std::future::Future;

use chrono::{Days, NaiveDate};
use proptest::test_runner::{Config, FileFailurePersistence};

/// The day on which everything begins, and those after it.
pub fn day(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, 1).expect("a date") + Days::new(number)
}

/// Few enough cases for everyday; `PROPTEST_CASES=2000 cargo test --test it never_twice` looks longer.
pub fn config(cases: u32) -> Config {
    let wanted = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    Config {
        cases: wanted.unwrap_or(cases),
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..Config::default()
    }
}

/// Plays one case to its end.
pub fn play(case: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(case);
}

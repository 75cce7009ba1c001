//! The desk in a real browser. Without Chromium these tests say that they were skipped; `REQUIRE_BROWSER=1` makes that a
//! failure.

mod every_page;
mod first_run;
mod pictures;
mod story;

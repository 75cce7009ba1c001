//! What a machine lacks: one line that is seen even where the test passes, or a failure where it is demanded.

use std::io::Write as _;

/// Says why a test does not run here. With the variable `required` set to 1 it must.
#[track_caller]
pub fn skip<T>(required: &str, reason: &str) -> Option<T> {
    let is_required = std::env::var(required).is_ok_and(|value| value == "1");
    assert!(!is_required, "{required}=1, but {reason}");
    // `eprintln!` would be shown of failing tests only.
    writeln!(std::io::stderr(), "\nskipped: {reason}").expect("somewhere to say so");
    None
}

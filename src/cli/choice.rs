//! Options that take one of a few words, or a day.

use std::error::Error;
use std::str::FromStr;

use chrono::NaiveDate;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Takes one of `all`: `--help` lists them, and whoever mistypes one is told the nearest.
pub(super) fn one_of<T>(all: &'static [T], name: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err: Error + Send + Sync + 'static> + Copy + Send + Sync + 'static,
{
    let names = all.iter().map(move |one| name(*one));
    PossibleValuesParser::new(names).try_map(|text| text.parse::<T>())
}

/// A day like 2026-01-31.
pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    text.trim()
        .parse()
        .map_err(|_| format!("`{text}` is no day: write it like 2026-01-31"))
}

//! The manual with the values in force: what `daybefore config print` shows.

use std::collections::BTreeMap;
use std::fmt::Write;

use url::Url;

use super::keys::{KEYS, Kind, Value};
use super::read::{Origin, Reading};
use super::{Config, MANUAL};

/// A value as TOML without its secrets, and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    toml: String,
    origin: Origin,
}

pub(super) fn shown(reading: &Reading) -> BTreeMap<&'static str, Shown> {
    let show = |(path, kind): &(&'static str, Kind)| {
        let (value, origin) = reading.values.get(path)?;
        Some((
            *path,
            Shown {
                toml: as_toml(*kind, value),
                origin: origin.clone(),
            },
        ))
    };
    KEYS.iter().filter_map(show).collect()
}

impl Config {
    /// Whether nobody has set this key.
    #[must_use]
    pub fn is_default(&self, key: &str) -> bool {
        self.shown
            .get(key)
            .is_none_or(|shown| matches!(shown.origin, Origin::Default))
    }

    /// The manual with the values in force instead of the defaults, and a note where each changed one comes from.
    /// It is TOML; secrets read `"(set)"`.
    #[must_use]
    pub fn print(&self) -> String {
        let mut page = String::new();
        let mut section = "";
        for line in MANUAL.lines() {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = name;
            }
            let key = line
                .trim_start_matches("# ")
                .split_once(" = ")
                .map(|(key, _)| format!("{section}.{key}"));
            // Writing to a String can't fail.
            let _ = match key.and_then(|key| self.shown.get_key_value(key.as_str())) {
                Some((path, shown)) => writeln!(page, "{}", line_of(path, shown)),
                None => writeln!(page, "{line}"),
            };
        }
        page
    }
}

fn line_of(path: &str, shown: &Shown) -> String {
    let key = path.rsplit('.').next().unwrap_or(path);
    match &shown.origin {
        Origin::Default => format!("{key} = {}", shown.toml),
        origin => format!("{key} = {}  # from {origin}", shown.toml),
    }
}

fn as_toml(kind: Kind, value: &Value) -> String {
    match value {
        Value::Whole(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) if text.is_empty() => "\"\"".to_owned(),
        Value::Text(_) if kind.is_secret() => "\"(set)\"".to_owned(),
        Value::Text(text) => toml::Value::String(without_password(text)).to_string(),
        Value::List(list) => match list.len() {
            1 => "\"(set)\"".to_owned(),
            several => format!("[{}]", vec!["\"(set)\""; several].join(", ")),
        },
    }
}

/// An address with user and password keeps the user.
fn without_password(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else {
        return text.to_owned();
    };
    if url.password().is_none() {
        return text.to_owned();
    }
    // Only addresses without a host refuse a password, and they have none.
    let _ = url.set_password(Some("PASSWORD"));
    url.to_string().replacen(":PASSWORD@", ":(set)@", 1)
}

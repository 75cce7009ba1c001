//! From file and environment to checked values, with every problem in a line of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::keys::{KEYS, Kind, Value};

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Default,
    File { name: String, line: usize },
    Environment { name: String },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { name, line } => write!(f, "{name}:{line}"),
            Self::Environment { name } => f.write_str(name),
        }
    }
}

/// What was read so far; a later source wins over an earlier one.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) values: BTreeMap<&'static str, (Value, Origin)>,
    pub(super) problems: Vec<String>,
}

impl Reading {
    /// The embedded manual: a problem in it is a programming error, and a test reads it.
    pub(super) fn defaults(&mut self, text: &str) {
        self.file(text, |_| Origin::Default);
    }

    pub(super) fn named_file(&mut self, text: &str, name: &str) {
        self.file(text, |line| Origin::File {
            name: name.to_owned(),
            line,
        });
    }

    fn file(&mut self, text: &str, origin: impl Fn(usize) -> Origin) {
        let at = |span: Range<usize>| origin(1 + text[..span.start.min(text.len())].matches('\n').count());
        let document = match DeTable::parse(text) {
            Ok(document) => document.into_inner(),
            Err(error) => {
                let place = at(error.span().unwrap_or_default());
                let reason = error.message().replace('\n', ", ");
                return self.problems.push(format!("{place}: this is not TOML: {reason}"));
            }
        };
        // The parser sorts by name; people read from top to bottom.
        let mut sections: Vec<_> = document.iter().collect();
        sections.sort_by_key(|(name, _)| name.span().start);
        for (section, content) in sections {
            let DeValue::Table(table) = content.get_ref() else {
                self.problems.push(homeless(section.get_ref(), &at(section.span())));
                continue;
            };
            if !KEYS.iter().any(|(path, _)| section_of(path) == section.get_ref()) {
                self.problems
                    .push(unknown_section(section.get_ref(), &at(section.span())));
                continue;
            }
            let mut keys: Vec<_> = table.iter().collect();
            keys.sort_by_key(|(name, _)| name.span().start);
            for (key, value) in keys {
                let path = format!("{}.{}", section.get_ref(), key.get_ref());
                self.file_value(&path, value.get_ref(), at(key.span()));
            }
        }
    }

    fn file_value(&mut self, path: &str, value: &DeValue<'_>, origin: Origin) {
        let Some((path, kind)) = find(path) else {
            let hint = nearest(path)
                .map(|near| format!("; did you mean {near}?"))
                .unwrap_or_default();
            return self.problems.push(format!("{origin}: {path} is not a key{hint}"));
        };
        let shown = match value {
            DeValue::String(text) => format!("{text:?}"),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            other => format!("a {}", other.type_str()),
        };
        self.take(path, kind, from_toml(value), &shown, origin);
    }

    /// Reads `DAYBEFORE_SECTION__KEY`. What is empty counts as not given: compose files pass variables on that way.
    pub(super) fn environment(&mut self, variables: impl Iterator<Item = (String, String)>) {
        let mut ours: Vec<_> = variables.filter(|(name, _)| name.starts_with("DAYBEFORE_")).collect();
        ours.sort();
        for (name, text) in ours {
            let Some((section, key)) = name["DAYBEFORE_".len()..].split_once("__") else {
                continue;
            };
            let path = format!("{section}.{key}").to_ascii_lowercase();
            match find(&path) {
                None => {
                    let hint = nearest(&path).map(|near| format!("; did you mean {}?", variable(near)));
                    self.problems
                        .push(format!("{name} is not a setting{}", hint.unwrap_or_default()));
                }
                Some(_) if text.is_empty() => {}
                Some((path, kind)) => {
                    let value = from_text(kind, &text);
                    self.take(path, kind, value, &format!("{text:?}"), Origin::Environment { name });
                }
            }
        }
    }

    fn take(&mut self, path: &'static str, kind: Kind, value: Option<Value>, shown: &str, origin: Origin) {
        let checked = match value {
            Some(value) => kind.check(value),
            // A value that fits no kind at all gets the same explanation as one that does not fit this kind.
            None => kind
                .check(Value::List(Vec::new()))
                .and(Err("it can't be a table or a date".to_owned())),
        };
        match checked {
            Ok(value) => {
                self.values.insert(path, (value, origin));
            }
            Err(must) => {
                // A password may hide in an address as well.
                let hidden = kind.is_secret() || matches!(kind, Kind::SmtpUrl) || shown.contains('@');
                let shown = if hidden { "(not shown)" } else { shown };
                self.problems.push(match origin {
                    Origin::Environment { name } => format!("{name} is {shown}: {must}"),
                    place => format!("{place}: {path} is {shown}: {must}"),
                });
            }
        }
    }
}

/// The environment variable that sets a key.
pub(super) fn variable(path: &str) -> String {
    format!("DAYBEFORE_{}", path.replace('.', "__").to_ascii_uppercase())
}

pub(super) fn section_of(path: &str) -> &str {
    path.split_once('.').map_or(path, |(section, _)| section)
}

fn find(path: &str) -> Option<(&'static str, Kind)> {
    KEYS.iter().find(|(known, _)| *known == path).copied()
}

fn from_toml(value: &DeValue<'_>) -> Option<Value> {
    match value {
        DeValue::String(text) => Some(Value::Text(text.to_string())),
        DeValue::Integer(number) => {
            // What does not fit (negative, or beyond any limit) is refused as a number out of range.
            Some(u64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Number(-1.0), Value::Whole))
        }
        DeValue::Float(number) => number.as_str().parse().ok().map(Value::Number),
        DeValue::Array(list) => {
            let texts = list.iter().map(|one| one.get_ref().as_str().map(str::to_owned));
            texts.collect::<Option<_>>().map(Value::List)
        }
        _ => None,
    }
}

fn from_text(kind: Kind, text: &str) -> Option<Value> {
    let text = text.trim();
    Some(match kind {
        Kind::Whole { .. } => text.parse().map_or(Value::Text(String::new()), Value::Whole),
        Kind::Rate => text.parse().map_or(Value::Text(String::new()), Value::Number),
        Kind::Secrets if text.starts_with('[') => Value::List(serde_json::from_str(text).ok()?),
        Kind::Secrets => Value::List(text.split(',').map(|one| one.trim().to_owned()).collect()),
        _ => Value::Text(text.to_owned()),
    })
}

fn homeless(key: &str, origin: &Origin) -> String {
    let home = KEYS.iter().find(|(path, _)| path.ends_with(&format!(".{key}")));
    match home {
        Some((path, _)) => format!(
            "{origin}: {key} stands outside its section; put it below [{}]",
            section_of(path)
        ),
        None => format!("{origin}: {key} stands outside a section and is not known; sections begin like [sms]"),
    }
}

fn unknown_section(section: &str, origin: &Origin) -> String {
    let sections = KEYS.iter().map(|(path, _)| section_of(path));
    let near = closest(section, sections)
        .map(|near| format!("; did you mean [{near}]?"))
        .unwrap_or_default();
    format!("{origin}: [{section}] is not a section{near}")
}

/// The key that was probably meant: the same name in another section, or the one that is spelled most like it.
fn nearest(path: &str) -> Option<&'static str> {
    let name = path.split_once('.').map_or(path, |(_, name)| name);
    let here = KEYS
        .iter()
        .map(|(known, _)| *known)
        .filter(|known| section_of(known) == section_of(path));
    closest(path, here)
        .or_else(|| {
            KEYS.iter()
                .map(|(known, _)| *known)
                .find(|known| known.ends_with(&format!(".{name}")))
        })
        .or_else(|| closest(path, KEYS.iter().map(|(known, _)| *known)))
}

fn closest(text: &str, among: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let (distance, best) = among.map(|known| (distance(text, known), known)).min()?;
    (distance <= 2.max(text.len() / 4)).then_some(best)
}

/// How many letters must be typed, dropped or changed to make `a` of `b` (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let change = corner + usize::from(left != *right);
            corner = row[j + 1];
            row[j + 1] = change.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

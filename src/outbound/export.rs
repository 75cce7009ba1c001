//! Everything that is stored about one customer, as one document: JSON, or the same as plain text.

use std::fmt::Write as _;

use serde::ser::{SerializeMap as _, Serializer};
use serde::{Deserialize as _, Serialize};
use serde_json::Value;

use crate::domain::business::Business;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::store::export::{PARTS, Row};
use crate::store::{self, StoreError, Tx};

/// The form of the document; another one would have another number.
const FORM: &str = "daybefore-customer-1";

/// The document.
#[derive(Debug)]
pub struct Export {
    business: Business,
    at: Instant,
    parts: Vec<(&'static str, Vec<Row>)>,
}

/// Everything about a customer of that business.
///
/// # Errors
/// When the database fails.
pub async fn export(tx: &mut Tx, business: &Business, customer: &Customer, now: Instant) -> Result<Export, StoreError> {
    let mut parts = Vec::with_capacity(PARTS.len());
    for part in PARTS {
        parts.push((part.name, store::export::rows(tx, part, &customer.id).await?));
    }
    Ok(Export {
        business: business.clone(),
        at: now,
        parts,
    })
}

/// A row as an object, its fields in their order.
struct Object<'a>(&'a Row);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Serialize for Export {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("form", FORM)?;
        map.serialize_entry("made_at", &self.at)?;
        map.serialize_entry("business", &self.business.name)?;
        map.serialize_entry("zone", &self.business.zone)?;
        for (name, rows) in &self.parts {
            let rows: Vec<_> = rows.iter().map(Object).collect();
            match rows.first() {
                // There is one customer.
                Some(only) if *name == "customer" => map.serialize_entry(name, only)?,
                _ => map.serialize_entry(name, &rows)?,
            }
        }
        map.end()
    }
}

impl Export {
    /// The same for whoever does not read JSON: what is empty is left out.
    #[must_use]
    pub fn as_text(&self) -> String {
        let mut text = format!(
            "{} ({})\nEverything that is stored about one customer, made {}.\n",
            self.business.name, self.business.zone, self.at
        );
        for (name, rows) in &self.parts {
            let heading = in_words(name);
            // Writing into a String can't fail.
            let _infallible = write!(text, "\n{heading}\n{}\n", "=".repeat(heading.chars().count()));
            if rows.is_empty() {
                text.push_str("nothing\n");
            }
            for row in rows {
                let filled = row.iter().filter(|(_, value)| !value.is_null());
                for (name, value) in filled {
                    let value = as_words(value);
                    let _infallible = writeln!(text, "{}: {}", in_words(name), value.replace('\n', "\n    "));
                }
                text.push('\n');
            }
        }
        text
    }
}

fn in_words(name: &str) -> String {
    name.replace('_', " ")
}

fn as_words(value: &Value) -> String {
    String::deserialize(value).unwrap_or_else(|_| value.to_string())
}

//! Many rows as one JSON text, and many ids as one bind.
//!
//! A row that crosses from the database's thread to its reader costs more than finding it does (docs/performance.md).
//! Whatever works on a batch hands its ids over as one list and gets its rows back as one text.

use serde_json::Value;

use super::error::StoreError;
use crate::domain::instant::Instant;

/// A list of ids, as `listed!` of `dialect.rs` reads it.
pub(super) fn list<T: AsRef<str>>(ids: impl IntoIterator<Item = T>) -> String {
    let mut text = String::from("[");
    for id in ids {
        if text.len() > 1 {
            text.push(',');
        }
        // Through `Value`: addresses are whatever people typed, quotes and all.
        text.push_str(&Value::from(id.as_ref()).to_string());
    }
    text.push(']');
    text
}

/// The rows of a text that `packed!` of `dialect.rs` made.
pub(super) fn rows<T: Unpack>(text: &str) -> Result<Vec<T>, StoreError> {
    let rows: Vec<Vec<Value>> =
        serde_json::from_str(text).map_err(|error| StoreError::Inconsistent(error.to_string()))?;
    rows.into_iter()
        .map(|row| T::unpack(&mut Values(row.into_iter())))
        .collect()
}

/// A row that can be read from its values, in the order of its columns.
pub(super) trait Unpack: Sized {
    fn unpack(values: &mut Values) -> Result<Self, StoreError>;
}

/// The values of one row, taken one after the other.
pub(super) struct Values(std::vec::IntoIter<Value>);

impl Values {
    pub(super) fn take<T: Field>(&mut self, column: &str) -> Result<T, StoreError> {
        let value = self.0.next().unwrap_or(Value::Null);
        T::read(value).ok_or_else(|| StoreError::Inconsistent(format!("{column} holds what it never should")))
    }
}

/// A column's type.
pub(super) trait Field: Sized {
    /// None: the value is not of this type.
    fn read(value: Value) -> Option<Self>;
}

impl Field for String {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl Field for i64 {
    fn read(value: Value) -> Option<Self> {
        value.as_i64()
    }
}

impl Field for bool {
    fn read(value: Value) -> Option<Self> {
        // SQLite has no booleans: they come as 0 and 1.
        value.as_bool().or_else(|| value.as_i64().map(|number| number != 0))
    }
}

impl Field for Instant {
    fn read(value: Value) -> Option<Self> {
        value.as_i64().map(Self::from_millis)
    }
}

impl<T: Field> Field for Option<T> {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::read(value).map(Some),
        }
    }
}

/// Rows of a few columns that need no struct.
macro_rules! unpack_tuple {
    ($($type:ident),+) => {
        impl<$($type: Field),+> Unpack for ($($type,)+) {
            fn unpack(values: &mut Values) -> Result<Self, StoreError> {
                Ok(($(values.take::<$type>("a column")?,)+))
            }
        }
    };
}
unpack_tuple!(A, B);

//! Many rows as one JSON text, and many values as one bind.
//!
//! A row that crosses from the database's thread to its reader costs more than finding it does (docs/performance.md).
//! Whatever works on a batch hands its values over as one text and gets its rows back as one.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use crate::domain::instant::Instant;

/// Many values as one bind: a list that `listed!` of `dialect.rs` reads, or rows and pairs that `each!` reads.
pub(super) fn text<T: Serialize + ?Sized>(values: &T) -> Result<String, StoreError> {
    serde_json::to_string(values).map_err(|error| StoreError::Inconsistent(error.to_string()))
}

/// A list as one bind that `listed!` of `dialect.rs` reads. It may come from one statement and go to the next unread.
#[derive(Clone, Debug)]
pub struct Listed(String);

impl Listed {
    /// A list of these.
    ///
    /// # Errors
    /// Never: texts can be written.
    pub fn of<T: AsRef<str>>(texts: &[T]) -> Result<Self, StoreError> {
        text(&texts.iter().map(AsRef::as_ref).collect::<Vec<&str>>()).map(Self)
    }

    /// A list that a statement has made.
    pub(super) const fn made(text: String) -> Self {
        Self(text)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The rows of a text that `packed!` of `dialect.rs` made.
pub(super) fn rows<T: Unpack>(text: &str) -> Result<Vec<T>, StoreError> {
    // A list that grows copies its rows again and again; the end of a row within a value only makes it a little longer.
    let expected = text.matches("],[").count() + 1;
    let mut json = serde_json::Deserializer::from_str(text);
    let rows = json.deserialize_seq(Rows::with_capacity(expected));
    let ended = |rows| json.end().map(|()| rows);
    rows.and_then(ended)
        .map_err(|error| StoreError::Inconsistent(error.to_string()))
}

/// A row that can be read from its values, in the order of its columns.
pub(super) trait Unpack: Sized {
    fn unpack<'de, A: SeqAccess<'de>>(values: Values<A>) -> Result<Self, A::Error>;
}

/// The values of one row, taken one after the other.
pub(super) struct Values<A>(A);

impl<'de, A: SeqAccess<'de>> Values<A> {
    pub(super) fn take<T: Field>(&mut self, column: &'static str) -> Result<T, A::Error> {
        let value = self.0.next_element_seed(Seed(PhantomData));
        let value = value.map_err(|error| A::Error::custom(format_args!("{column}: {error}")))?;
        value.ok_or_else(|| A::Error::missing_field(column))
    }
}

/// A column's type.
pub(super) trait Field: Sized {
    fn read<'de, D: Deserializer<'de>>(value: D) -> Result<Self, D::Error>;
}

impl Field for String {
    fn read<'de, D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        Self::deserialize(value)
    }
}

impl Field for i64 {
    fn read<'de, D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        Self::deserialize(value)
    }
}

impl Field for bool {
    /// SQLite has no booleans: they come as 0 and 1.
    fn read<'de, D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        i64::deserialize(value).map(|number| number != 0)
    }
}

impl Field for Instant {
    fn read<'de, D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        i64::deserialize(value).map(Self::from_millis)
    }
}

impl<T: Field> Field for Option<T> {
    fn read<'de, D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        value.deserialize_option(Nullable(PhantomData))
    }
}

/// Reads what is stored as the text that it prints and parses.
pub(super) fn read_text<'de, T, D>(value: D) -> Result<T, D::Error>
where
    T: std::str::FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    value.deserialize_str(Text(PhantomData))
}

/// Rows of a few columns that need no struct.
macro_rules! unpack_tuple {
    ($($type:ident),+) => {
        impl<$($type: Field),+> Unpack for ($($type,)+) {
            fn unpack<'de, Access: SeqAccess<'de>>(mut values: Values<Access>) -> Result<Self, Access::Error> {
                Ok(($(values.take::<$type>("a column")?,)+))
            }
        }
    };
}
unpack_tuple!(A, B);
unpack_tuple!(A, B, C);

struct Rows<T>(Vec<T>);

impl<T> Rows<T> {
    fn with_capacity(rows: usize) -> Self {
        Self(Vec::with_capacity(rows))
    }
}

impl<'de, T: Unpack> Visitor<'de> for Rows<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut rows: A) -> Result<Vec<T>, A::Error> {
        while let Some(Row(row)) = rows.next_element()? {
            self.0.push(row);
        }
        Ok(self.0)
    }
}

struct Row<T>(T);

impl<'de, T: Unpack> Deserialize<'de> for Row<T> {
    fn deserialize<D: Deserializer<'de>>(row: D) -> Result<Self, D::Error> {
        row.deserialize_seq(Columns(PhantomData)).map(Self)
    }
}

struct Columns<T>(PhantomData<T>);

impl<'de, T: Unpack> Visitor<'de> for Columns<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row's values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<T, A::Error> {
        T::unpack(Values(values))
    }
}

struct Seed<T>(PhantomData<T>);

impl<'de, T: Field> DeserializeSeed<'de> for Seed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<T, D::Error> {
        T::read(value)
    }
}

struct Nullable<T>(PhantomData<T>);

impl<'de, T: Field> Visitor<'de> for Nullable<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        T::read(value).map(Some)
    }
}

struct Text<T>(PhantomData<T>);

impl<T: std::str::FromStr<Err: fmt::Display>> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

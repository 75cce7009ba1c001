//! Local calendar values as they are stored: a date-time without a zone, and a date.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Pastes a calendar value with the one text form in which it is stored, printed and read.
macro_rules! local_value {
    ($(#[$doc:meta])* $name:ident($inner:ty), $format:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $inner);

        impl Deref for $name {
            type Target = $inner;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0.format($format))
            }
        }

        impl FromStr for $name {
            type Err = chrono::ParseError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                <$inner>::parse_from_str(text, $format).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

local_value! {
    /// A wall-clock moment in the business's zone, to the minute: `2026-12-15T09:00`.
    LocalDateTime(NaiveDateTime), "%Y-%m-%dT%H:%M"
}

local_value! {
    /// A calendar date: `2026-12-31`.
    LocalDate(NaiveDate), "%Y-%m-%d"
}

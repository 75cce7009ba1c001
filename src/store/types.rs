//! How our own types are stored: instants as BIGINT milliseconds, closed lists and local times as TEXT.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef};
use sqlx::{Decode, Encode, Sqlite, Type};

use super::packed::{Field, read_text};
use super::thread::EntryKind;
use crate::domain::attempt::AttemptState;
use crate::domain::business::BusinessKind;
use crate::domain::call::CallOutcome;
use crate::domain::case::{CaseSource, Cause};
use crate::domain::desk_item::DeskKind;
use crate::domain::import_run::{ImportKind, ImportState};
use crate::domain::instant::Instant;
use crate::domain::item::{BookingStatus, ItemKind, RenewalKind, RenewalStatus};
use crate::domain::link::LinkPurpose;
use crate::domain::local::{LocalDate, LocalDateTime};
use crate::domain::message::{Asks, Channel, Purpose, Reason, State};
use crate::domain::policy::PolicyKind;
use crate::domain::question::QuestionState;
use crate::domain::rating::Scale;
use crate::domain::record::Field as RecordField;
use crate::domain::replan::Hold;
use crate::domain::rule::{Anchor, OnlyIf};
use crate::domain::test_message::TestState;
use crate::domain::user::Role;

impl Type<Sqlite> for Instant {
    fn type_info() -> SqliteTypeInfo {
        <i64 as Type<Sqlite>>::type_info()
    }

    fn compatible(info: &SqliteTypeInfo) -> bool {
        <i64 as Type<Sqlite>>::compatible(info)
    }
}

impl Encode<'_, Sqlite> for Instant {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(self.millis(), buffer)
    }
}

impl Decode<'_, Sqlite> for Instant {
    fn decode(value: SqliteValueRef<'_>) -> Result<Self, BoxDynError> {
        <i64 as Decode<Sqlite>>::decode(value).map(Self::from_millis)
    }
}

/// Stores a type as the text it prints and parses.
macro_rules! stored_as_text {
    ($($type:ty),+ $(,)?) => { $(
        impl Type<Sqlite> for $type {
            fn type_info() -> SqliteTypeInfo {
                <str as Type<Sqlite>>::type_info()
            }

            fn compatible(info: &SqliteTypeInfo) -> bool {
                <str as Type<Sqlite>>::compatible(info)
            }
        }

        impl Encode<'_, Sqlite> for $type {
            fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
                Encode::<Sqlite>::encode(self.to_string(), buffer)
            }
        }

        impl Decode<'_, Sqlite> for $type {
            fn decode(value: SqliteValueRef<'_>) -> Result<Self, BoxDynError> {
                Ok(<&str as Decode<Sqlite>>::decode(value)?.parse()?)
            }
        }

        impl Field for $type {
            fn read<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
                read_text(value)
            }
        }
    )+ };
}

stored_as_text!(
    Anchor,
    Asks,
    AttemptState,
    BookingStatus,
    BusinessKind,
    CallOutcome,
    CaseSource,
    Cause,
    Channel,
    DeskKind,
    EntryKind,
    Hold,
    ImportKind,
    ImportState,
    ItemKind,
    LinkPurpose,
    LocalDate,
    LocalDateTime,
    OnlyIf,
    PolicyKind,
    Purpose,
    QuestionState,
    Reason,
    RecordField,
    RenewalKind,
    RenewalStatus,
    Role,
    Scale,
    State,
    TestState,
);

/// Reads a row into a struct whose fields are named, and ordered, as its columns.
macro_rules! row {
    ($type:ty { $($field:ident),+ $(,)? }) => {
        impl<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> for $type {
            fn from_row(row: &'r sqlx::sqlite::SqliteRow) -> Result<Self, sqlx::Error> {
                use sqlx::Row as _;
                Ok(Self { $($field: row.try_get(stringify!($field))?),+ })
            }
        }

        impl $crate::store::packed::Unpack for $type {
            fn unpack<'de, A: serde::de::SeqAccess<'de>>(
                mut values: $crate::store::packed::Values<A>,
            ) -> Result<Self, A::Error> {
                Ok(Self { $($field: values.take(stringify!($field))?),+ })
            }
        }
    };
}
pub(crate) use row;

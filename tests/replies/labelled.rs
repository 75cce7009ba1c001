//! The labelled answers of this folder, for whoever measures how well they are understood and whoever learns from them.

use std::fs;
use std::path::Path;

use chrono::{NaiveDate, NaiveTime};
use daybefore::domain::locale::Locale;
use daybefore::domain::message::Asks;
use daybefore::domain::rating::Scale;
use daybefore::domain::reply::{Action, Asked, Booked, Understood};
use serde::Deserialize;

/// An answer, and what a careful person would do with it.
#[derive(Debug, Deserialize)]
pub struct Labelled {
    pub locale: String,
    pub asked: Asks,
    /// Of a rating; nothing when it is 1 to 5.
    pub scale: Option<Scale>,
    /// The booked time.
    pub at: Option<String>,
    /// The booked day; nothing when it is that of the reminder which the authors had before them.
    pub on: Option<NaiveDate>,
    pub text: String,
    pub action: Action,
    pub score: Option<u8>,
    /// A person would be in no doubt.
    pub clear: bool,
}

impl Labelled {
    pub fn locale(&self) -> Option<Locale> {
        Locale::parse(&self.locale).ok()
    }

    pub fn question(&self) -> Asked {
        let asked = Asked::from(self.asked);
        Asked {
            scale: self.scale.unwrap_or(asked.scale),
            ..asked
        }
    }

    pub fn booked(&self) -> Booked {
        let time = self.at.as_deref();
        Booked {
            date: self.on.or_else(|| NaiveDate::from_ymd_opt(2026, 12, 15)),
            time: time.map(|time| NaiveTime::parse_from_str(time, "%H:%M").expect("a time")),
        }
    }

    /// Whether the program would do the right thing: for a rating, with the right score.
    pub fn is_right(&self, understood: Understood) -> bool {
        understood.action == self.action && (self.action != Action::Rating || understood.score == self.score)
    }
}

/// The files of a folder in this one, by name.
pub fn files(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replies").join(folder);
    let mut files: Vec<(String, String)> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            let path = entry.expect("a file").path();
            let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (stem, fs::read_to_string(path).expect("text"))
        })
        .collect();
    files.sort();
    files
}

//! A business: a garage or an agency, and the settings that everything of it is planned by.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::closed_list::closed_list;
use super::quiet_hours::{Calendar, QuietHours};
use super::zone::{ZoneError, Zones};

closed_list! {
    /// What a business does; names its preset of rules.
    BusinessKind { Garage = "garage", Insurance = "insurance" }
}

/// The owner of customers, items, rules and texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Business {
    /// Chosen by its user: lower-case letters, digits and `-`.
    pub id: String,
    pub kind: BusinessKind,
    pub name: String,
    /// IANA name.
    pub zone: String,
    /// Language tag of texts to customers who have none of their own.
    pub locale: String,
    /// ISO 3166 country whose numbers are written without a country code.
    pub region: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub address: Option<String>,
    pub sms_from: Option<String>,
    pub email_from: Option<String>,
    pub quiet_hours: QuietHours,
    pub holidays: BTreeSet<NaiveDate>,
    pub surveys_need_consent: bool,
    /// Where everybody who answered is invited to say so in public.
    pub review_url: Option<String>,
}

impl Business {
    /// A business of that kind and country, with the usual settings; its name, zone and locale are still to be set.
    #[must_use]
    pub fn new(id: String, kind: BusinessKind, region: &str) -> Self {
        let region = region.trim().to_uppercase();
        Self {
            id,
            kind,
            name: String::new(),
            zone: String::new(),
            locale: String::new(),
            phone: None,
            email: None,
            address: None,
            sms_from: None,
            email_from: None,
            quiet_hours: QuietHours::default(),
            holidays: BTreeSet::new(),
            // A satisfaction request is advertising in Germany (BGH VI ZR 225/17).
            surveys_need_consent: region == "DE",
            review_url: None,
            region,
        }
    }

    /// An id made of a business's name; empty where the name has no letter that an id can have.
    #[must_use]
    pub fn id_of(name: &str) -> String {
        let plain = name
            .nfkd()
            .filter(|c| !is_combining_mark(*c))
            .flat_map(char::to_lowercase);
        let mut id = String::new();
        for c in plain {
            if c.is_ascii_alphanumeric() {
                id.push(c);
            } else if !id.is_empty() && !id.ends_with('-') {
                id.push('-');
            }
        }
        id.truncate(40);
        id.trim_end_matches('-').to_owned()
    }

    /// The business's calendar under the given zone data.
    ///
    /// # Errors
    /// When the zone data does not know its zone.
    pub fn calendar(&self, zones: &Zones) -> Result<Calendar, ZoneError> {
        Ok(Calendar {
            zone: zones.zone(&self.zone)?,
            hours: self.quiet_hours,
            holidays: self.holidays.clone(),
        })
    }

    /// Whether an id can be used: it stands in commands, URLs and file names.
    #[must_use]
    pub fn id_fits(id: &str) -> bool {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !id.is_empty() && id.len() <= 60 && id.chars().all(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_made_of_a_name_and_fits() {
        for (name, id) in [
            ("Garage Müller & Söhne", "garage-muller-sohne"),
            ("  O'Neil's  Cars! ", "o-neil-s-cars"),
            ("Łódź Auto", "odz-auto"),
            ("車", ""),
        ] {
            assert_eq!(Business::id_of(name), id, "{name}");
            assert!(id.is_empty() || Business::id_fits(id));
        }
        assert_eq!(Business::id_of(&"a b".repeat(40)).len(), 40);
    }
}

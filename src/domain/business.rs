//! A business: a garage or an agency, and the settings that everything of it is planned by.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

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

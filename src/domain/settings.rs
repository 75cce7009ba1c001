//! A business's settings as people write them, for the command and for the desk.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, NaiveTime};
use url::Url;

use super::business::Business;
use super::email_address;
use super::locale::Locale;
use super::phone::{self, PhoneError, takes_replies};
use super::quiet_hours::Hours;
use super::zone::Zones;

/// Longest sender's name that phones show.
const LONGEST_NAME: usize = 11;

/// What can't be a setting, and how it is written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Wrong(pub String);

impl Wrong {
    fn because(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// The name that customers know.
pub fn name(text: &str) -> Result<String, Wrong> {
    super::user::name(text).ok_or_else(|| Wrong("it is empty, or too long: customers must know who writes".to_owned()))
}

/// The name of a time zone that the zone data knows.
pub fn zone(text: &str, zones: &Zones) -> Result<String, Wrong> {
    let zone = zones.zone(text.trim()).map_err(Wrong::because)?;
    Ok(zone.name().to_owned())
}

/// The tag of a locale that has texts.
pub fn locale(text: &str) -> Result<String, Wrong> {
    let locale = Locale::parse(text).map_err(Wrong::because)?;
    Ok(locale.tag().to_owned())
}

/// A country whose numbers can be read.
pub fn region(text: &str) -> Result<String, Wrong> {
    let region = text.trim().to_uppercase();
    match phone::parse("123456789", &region) {
        Err(error @ PhoneError::Region { .. }) => Err(Wrong::because(error)),
        _ => Ok(region),
    }
}

/// A number that texts name, as its business writes it.
pub fn phone(text: &str, region: &str) -> Result<String, Wrong> {
    let text = text.trim();
    phone::parse(text, region).map_err(Wrong::because)?;
    Ok(text.to_owned())
}

/// A mail address.
pub fn email(text: &str) -> Result<String, Wrong> {
    email_address::parse(text.trim()).map_err(Wrong::because)
}

/// A sender of mail: an address, or `Name <address>`.
pub fn email_from(text: &str) -> Result<String, Wrong> {
    let text = text.trim();
    email_address::parse(text).map_err(Wrong::because)?;
    Ok(text.to_owned())
}

/// A sender of texts: a number, a short code, a messaging service, or a name that phones show.
pub fn sms_from(text: &str, region: &str) -> Result<String, Wrong> {
    let text = text.trim();
    let is_short_code = (3..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let has_letter = text.bytes().any(|byte| byte.is_ascii_alphabetic());
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b" &-_+".contains(&byte);
    let is_name = has_letter && text.len() <= LONGEST_NAME && text.bytes().all(fits);
    let is_service = has_letter && takes_replies(text);
    if is_short_code || is_name || is_service {
        return Ok(text.to_owned());
    }
    let number = phone::parse(text, region).map_err(|error| {
        Wrong(format!(
            "{error}; a sender is a number like +49 171 3920012, or a name of at most {LONGEST_NAME} letters and digits"
        ))
    })?;
    Ok(number.e164)
}

/// A span of hours of one day.
pub fn hours(from: &str, to: &str) -> Result<(NaiveTime, NaiveTime), Wrong> {
    let time = |text: &str| {
        let text = text.trim();
        let parsed = NaiveTime::parse_from_str(text, "%H:%M");
        parsed.or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S")).ok()
    };
    let span = time(from).zip(time(to)).filter(|(from, to)| from < to);
    span.ok_or_else(|| Wrong(format!("`{from}-{to}` is no span of hours: write it like 08:00-20:00")))
}

/// Hours with another span, Sundays as they were.
#[must_use]
pub fn with_span(hours: Hours, (from, to): (NaiveTime, NaiveTime)) -> Hours {
    Hours { from, to, ..hours }
}

/// A place where the business is reviewed in public.
pub fn review_url(text: &str) -> Result<String, Wrong> {
    match Url::parse(text.trim()) {
        Ok(url) if matches!(url.scheme(), "https" | "http") && url.has_host() => Ok(url.into()),
        _ => Err(Wrong(
            "write a whole web address, like https://g.page/r/your-place/review".to_owned(),
        )),
    }
}

/// The dates in a text, whatever stands between them: `2026-12-25`, `25.12.2026`, `25/12/2026` (in the United States
/// `12/25/2026`). Returns all that is no date where something is none.
///
/// # Errors
/// Everything in it that is no date.
pub fn dates(text: &str, region: &str) -> Result<BTreeSet<NaiveDate>, Vec<String>> {
    let (mut dates, mut strange) = (BTreeSet::new(), Vec::new());
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')) {
        match date(word, region) {
            _ if word.is_empty() => {}
            Some(date) => {
                dates.insert(date);
            }
            None => strange.push(word.chars().take(40).collect()),
        }
    }
    if strange.is_empty() { Ok(dates) } else { Err(strange) }
}

fn date(word: &str, region: &str) -> Option<NaiveDate> {
    let slashed = if region == "US" { "%m/%d/%Y" } else { "%d/%m/%Y" };
    let parsed = ["%Y-%m-%d", "%d.%m.%Y", slashed]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(word, form).ok());
    parsed.filter(|date| (2000..=2100).contains(&date.year()))
}

/// Whether plans that were made for a business as it was may be others for what it is now.
#[must_use]
pub fn changes_plans(before: &Business, after: &Business) -> bool {
    let bears = |business: &Business| {
        let Business {
            zone,
            quiet_hours,
            holidays,
            surveys_need_consent,
            ..
        } = business.clone();
        // Its own address and number are where it is told of unhappy customers; a sender of its own is a lane.
        let told = (business.phone.clone(), business.email.clone());
        let senders = (business.sms_from.is_some(), business.email_from.is_some());
        let reviewed = business.review_url.is_some();
        (
            zone,
            quiet_hours,
            holidays,
            surveys_need_consent,
            told,
            senders,
            reviewed,
        )
    };
    bears(before) != bears(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holidays_are_read_as_people_paste_them() {
        let dates = |text: &str, region: &str| dates(text, region);
        let christmas: BTreeSet<NaiveDate> = ["2026-12-25", "2026-12-26"]
            .iter()
            .map(|d| d.parse().unwrap())
            .collect();
        for (text, region) in [
            ("2026-12-25\n2026-12-26", "DE"),
            ("25.12.2026, 26.12.2026", "DE"),
            (" 25/12/2026;\t26/12/2026 ,, ", "FR"),
            ("12/25/2026 12/26/2026", "US"),
            ("2026-12-26 2026-12-25 2026-12-25", "US"),
        ] {
            assert_eq!(dates(text, region), Ok(christmas.clone()), "{text}");
        }
        assert_eq!(dates("", "DE"), Ok(BTreeSet::new()));
        assert_eq!(
            dates("2026-12-25 Christmas 31.2.2026 2026-13-01 25.12.26", "DE"),
            Err(["Christmas", "31.2.2026", "2026-13-01", "25.12.26"]
                .map(str::to_owned)
                .to_vec())
        );
    }

    #[test]
    fn a_sender_of_texts_is_a_number_a_code_a_service_or_a_name() {
        let service = format!("MG{}", "0123456789abcdef".repeat(2));
        for (typed, kept) in [
            ("0171 3920012", "+491713920012"),
            ("+1 501 712 2661", "+15017122661"),
            ("80111", "80111"),
            ("Mueller", "Mueller"),
            (service.as_str(), service.as_str()),
        ] {
            assert_eq!(sms_from(typed, "DE").as_deref(), Ok(kept), "{typed}");
        }
        for typed in ["", "Garage Müller", "A name that is too long", "12"] {
            assert!(sms_from(typed, "DE").is_err(), "{typed}");
        }
    }

    #[test]
    fn hours_run_forward_within_a_day() {
        assert!(hours("08:00", "20:00").is_ok() && hours("08:00:00", "20:00").is_ok());
        for (from, to) in [("20:00", "08:00"), ("08:00", "08:00"), ("", "20:00"), ("8", "25:00")] {
            assert!(hours(from, to).is_err(), "{from}-{to}");
        }
    }

    #[test]
    fn a_name_and_an_address_change_no_plan() {
        let business = Business::new("b".to_owned(), super::super::business::BusinessKind::Garage, "DE");
        let mut after = business.clone();
        (after.name, after.address) = ("Other".to_owned(), Some("Street 1".to_owned()));
        assert!(!changes_plans(&business, &after));
        after.zone = "Europe/Paris".to_owned();
        assert!(changes_plans(&business, &after));
        let mut after = business.clone();
        after.sms_from = Some("+15017122661".to_owned());
        assert!(changes_plans(&business, &after), "it is another lane");
    }
}

//! Phone numbers as people write them, turned into E.164.
//!
//! The numbering plans come from libphonenumber (crate `phonenumber`); this module adds the habits of customer
//! lists (`clean`), and is lenient where those plans lag behind: a number of the right shape in a range that is
//! not assigned yet is taken, and the carrier has the last word. "Valid" never means "reachable".

mod clean;
mod plan;
#[cfg(test)]
mod tests;

pub(super) use clean::is_invisible;
use phonenumber::country;

use super::closed_list::closed_list;

closed_list! {
    /// What can be known of a number from its digits alone.
    PhoneKind {
        Mobile = "mobile",
        Landline = "landline",
        /// Mobile or fixed can't be told: all of North America, and ranges not assigned yet.
        Unknown = "unknown",
        /// Free-phone, shared-cost, internet and company numbers: somebody answers, but no text arrives.
        Other = "other",
    }
}

/// One number that somebody can be reached at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// `+`, country code and number, at most 15 digits (ITU-T E.164): `+491713920012`.
    pub e164: String,
    pub kind: PhoneKind,
    /// What was left out of the field, in one sentence for the person who wrote it.
    pub warning: Option<String>,
}

impl Phone {
    /// Whether it is worth trying to send a text here.
    #[must_use]
    pub const fn can_text(&self) -> bool {
        matches!(self.kind, PhoneKind::Mobile | PhoneKind::Unknown)
    }
}

/// Why a field holds no number that can be used. Each is one sentence with the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    #[error("the phone number is empty")]
    Empty,
    #[error("`{raw}` holds no phone number; leave the field empty when there is none")]
    NoNumber { raw: String },
    #[error(
        "`{raw}` was rounded by a spreadsheet and its last digits are lost; format the column as text and enter the number again"
    )]
    Rounded { raw: String },
    #[error("`{raw}` is too short for a number in {region}; write it with its country code, like {example}")]
    TooShort {
        raw: String,
        region: String,
        example: String,
    },
    #[error("`{raw}` is too long for a number in {region}; write one number in the field, like {example}")]
    TooLong {
        raw: String,
        region: String,
        example: String,
    },
    #[error(
        "`{raw}` is not in use as a number in {region}; check its digits, or write it with its country code, like {example}"
    )]
    NotInUse {
        raw: String,
        region: String,
        example: String,
    },
    #[error("`{raw}` begins with a country code that does not exist; write the number like {example}")]
    CountryCode { raw: String, example: String },
    #[error("`{raw}` is a premium-rate number; ask the customer for their own number")]
    Premium { raw: String },
    #[error("`{raw}` is a placeholder and no phone number; leave the field empty when there is none")]
    Placeholder { raw: String },
    #[error("`{region}` is not a region; use the two letters of a country, like DE or CA")]
    Region { region: String },
}

/// Reads one field of a customer list. `region` is the business's country (two letters, ISO 3166), in which numbers
/// without a country code are read.
///
/// Where the field holds several numbers the first that can receive texts counts, and the warning names the others.
///
/// # Errors
/// Says what is wrong with the first number of the field, or with `region`.
pub fn parse(raw: &str, region: &str) -> Result<Phone, PhoneError> {
    let home = home(region)?;
    let text = clean::tidy(raw);
    if text.is_empty() {
        return Err(PhoneError::Empty);
    }
    if clean::is_rounded(&text) {
        return Err(PhoneError::Rounded { raw: excerpt(raw) });
    }
    match clean::split(&text).as_slice() {
        [] => Err(PhoneError::NoNumber { raw: excerpt(raw) }),
        [only] => one(only, raw, home),
        several => first_good(&text, several, home),
    }
}

/// A number for log lines: country code and last four digits, `+49…0012`. Anything that is not E.164 becomes `…`.
#[must_use]
pub fn mask(e164: &str) -> String {
    let digits = e164.strip_prefix('+').unwrap_or_default();
    if digits.len() < 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return "…".to_owned();
    }
    format!(
        "+{}…{}",
        &digits[..plan::country_code_length(digits)],
        &digits[digits.len() - 4..]
    )
}

fn home(region: &str) -> Result<country::Id, PhoneError> {
    // People write UK; ISO 3166 and libphonenumber know GB.
    let known = match region.trim().to_ascii_uppercase().as_str() {
        "UK" => Ok(country::GB),
        other => other.parse(),
    };
    known.map_err(|_| PhoneError::Region {
        region: excerpt(region),
    })
}

/// The first number that can receive texts, else the first that can be used; the others go into the warning.
fn first_good(text: &str, parts: &[&str], home: country::Id) -> Result<Phone, PhoneError> {
    let read: Vec<_> = parts.iter().map(|part| one(part, part, home)).collect();
    // `0049 171 / 3920012` is one number after all.
    if let (Some(Err(_)), Ok(whole)) = (read.first(), one(text, text, home)) {
        return Ok(whole);
    }
    let texts = |read: &Result<Phone, PhoneError>| read.as_ref().is_ok_and(Phone::can_text);
    let Some(place) = read
        .iter()
        .position(texts)
        .or_else(|| read.iter().position(Result::is_ok))
    else {
        return read.into_iter().next().unwrap_or(Err(PhoneError::Empty));
    };
    let mut taken = read[place].clone()?;
    let others: Vec<_> = (0..parts.len())
        .filter(|at| *at != place && read[*at].as_ref().map_or(true, |other| other.e164 != taken.e164))
        .map(|at| format!("`{}`", parts[at].trim()))
        .collect();
    if !others.is_empty() {
        let note = format!(
            "several numbers in one field: took {}, left out {}",
            taken.e164,
            others.join(", ")
        );
        taken.warning = Some(note);
    }
    Ok(taken)
}

/// Reads what should be a single number; `raw` is what the error quotes.
fn one(text: &str, raw: &str, home: country::Id) -> Result<Phone, PhoneError> {
    let (text, extension) = clean::cut_extension(text);
    let warning = extension.map(|digits| format!("extension {digits} left out: only the main number can be reached"));
    let dialled = clean::dialled(text);
    let plain = plan::read(&dialled, home);
    // Words beside a number are remarks ("0171 3920012 (wife)") unless only they complete it ("1-800-FLOWERS").
    let found = match (plain, clean::keypad(text)) {
        (Err(fault), Some(spelled)) => plan::read(&spelled, home).map_err(|_| fault),
        (plain, _) => plain,
    };
    match found {
        Ok((e164, kind)) => Ok(Phone { e164, kind, warning }),
        Err(fault) => Err(explain(&fault, excerpt(raw))),
    }
}

fn explain(fault: &plan::Fault, raw: String) -> PhoneError {
    use plan::Fault;
    let example = plan::example(fault.region());
    match fault {
        Fault::NoNumber => PhoneError::NoNumber { raw },
        Fault::Placeholder => PhoneError::Placeholder { raw },
        Fault::Premium => PhoneError::Premium { raw },
        Fault::CountryCode => PhoneError::CountryCode { raw, example },
        Fault::TooShort(region) => PhoneError::TooShort {
            raw,
            region: region.clone(),
            example,
        },
        Fault::TooLong(region) => PhoneError::TooLong {
            raw,
            region: region.clone(),
            example,
        },
        Fault::NotInUse(region) => PhoneError::NotInUse {
            raw,
            region: region.clone(),
            example,
        },
    }
}

/// Whether an answer to this sender of text messages reaches anybody: a number and a messaging service can be answered,
/// a name can't. No sender at all is the sandbox's.
#[must_use]
pub fn takes_replies(sender: &str) -> bool {
    let service = sender
        .strip_prefix("MG")
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    service || !sender.chars().any(char::is_alphabetic)
}

/// What an error quotes: no control characters, and no more than fits on a line.
fn excerpt(raw: &str) -> String {
    let shown: String = raw
        .trim()
        .chars()
        .filter(|c| !c.is_control() && !clean::is_invisible(*c))
        .collect();
    match shown.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}

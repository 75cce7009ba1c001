//! Numbering plans: which digits are a number, and of what kind.

use std::sync::LazyLock;

use phonenumber::metadata::DATABASE;
use phonenumber::{Metadata, Type, country};

use super::PhoneKind;

/// Why digits are no number. The region is where they were looked up.
pub(super) enum Fault {
    NoNumber,
    Placeholder,
    Premium,
    CountryCode,
    TooShort(String),
    TooLong(String),
    NotInUse(String),
}

impl Fault {
    pub(super) fn region(&self) -> &str {
        match self {
            Self::TooShort(region) | Self::TooLong(region) | Self::NotInUse(region) => region,
            _ => "",
        }
    }
}

/// libphonenumber compiles its patterns when first used and keeps 100 of them; a list with customers of three or four
/// countries needs more, and would compile the same ones again for every row. This keeps all of them.
static PLANS: LazyLock<&phonenumber::metadata::Database> = LazyLock::new(|| {
    if let Ok(mut cache) = DATABASE.cache().lock() {
        cache.set_capacity(10_000);
    }
    &DATABASE
});

/// E.164 and kind of what is dialled from `home`.
pub(super) fn read(dialled: &str, home: country::Id) -> Result<(String, PhoneKind), Fault> {
    let digits = dialled.trim_start_matches('+');
    if digits.is_empty() {
        return Err(Fault::NoNumber);
    }
    if digits.len() > 4 && digits.bytes().all(|byte| Some(&byte) == digits.as_bytes().first()) {
        return Err(Fault::Placeholder);
    }
    if let Some(found) = bare_country_code(dialled, home) {
        return Ok(found);
    }
    lookup(&international(dialled, home), home)
}

/// Puts `+` for the digits dialled before a country code: those of home (`011` in Canada), or the `00` of most of
/// the world, which begins no number anywhere.
fn international(dialled: &str, home: country::Id) -> String {
    let prefix = PLANS.by_id(home.as_ref()).and_then(Metadata::international_prefix);
    let end = prefix
        .and_then(|prefix| prefix.find(dialled))
        .filter(|found| found.start() == 0)
        .map(|found| found.end());
    let rest = end.map(|end| &dialled[end..]).filter(|rest| !rest.starts_with('0'));
    match rest.or_else(|| dialled.strip_prefix("00")) {
        Some(rest) => format!("+{rest}"),
        None => dialled.to_owned(),
    }
}

/// `491713920012` in Germany: a spreadsheet has eaten the `+`. Taken so only when it makes a mobile number, since
/// many plans have area codes that look like their own country code.
fn bare_country_code(dialled: &str, home: country::Id) -> Option<(String, PhoneKind)> {
    let code = PLANS.by_id(home.as_ref())?.country_code().to_string();
    let national = dialled.strip_prefix(code.as_str())?;
    if national.len() < 8 || national.starts_with('0') {
        return None;
    }
    lookup(&format!("+{dialled}"), home)
        .ok()
        .filter(|(_, kind)| *kind == PhoneKind::Mobile)
}

fn lookup(dialled: &str, home: country::Id) -> Result<(String, PhoneKind), Fault> {
    let (code, national, range) = match as_written(dialled, home) {
        Some(found) => found,
        None => stripped(dialled, home)?,
    };
    let kind = match range {
        Some(Type::PremiumRate) => return Err(Fault::Premium),
        Some(Type::Mobile) => PhoneKind::Mobile,
        Some(Type::FixedLine) => PhoneKind::Landline,
        Some(Type::FixedLineOrMobile) => PhoneKind::Unknown,
        Some(_) => PhoneKind::Other,
        None => unassigned(&plans_of(code, &national, home), &national)?,
    };
    Ok((format!("+{code}{national}"), kind))
}

/// Country code, national number, and the range that it is in.
type Found = (u16, String, Option<Type>);

/// Digits that are in use just as they stand, or without home's trunk prefix.
/// The crate's own parser strips a trunk prefix wherever it sees one, even the 8 of +7 812.
fn as_written(dialled: &str, home: country::Id) -> Option<Found> {
    let in_use = |code: u16, national: &str| {
        let range = range(code, national, home)?;
        Some((code, national.to_owned(), Some(range)))
    };
    if let Some(digits) = dialled.strip_prefix('+') {
        let (code, national) = digits.split_at_checked(country_code_length(digits))?;
        return in_use(code.parse().ok()?, national);
    }
    let plan = PLANS.by_id(home.as_ref())?;
    let trunk = plan.national_prefix().and_then(|prefix| dialled.strip_prefix(prefix));
    trunk
        .and_then(|national| in_use(plan.country_code(), national))
        .or_else(|| in_use(plan.country_code(), dialled))
}

/// The same after the crate has dealt with carrier codes (Brazil), mobile infixes (Argentina) and doubled prefixes.
fn stripped(dialled: &str, home: country::Id) -> Result<Found, Fault> {
    let here = || home.as_ref().to_owned();
    // With a region it strips that region's trunk prefix from foreign numbers too: the 1 of +49 171 in Canada.
    let region = (!dialled.starts_with('+')).then_some(home);
    let parsed = phonenumber::parse_with(&PLANS, region, dialled).map_err(|error| match error {
        phonenumber::ParseError::InvalidCountryCode => Fault::CountryCode,
        phonenumber::ParseError::TooLong => Fault::TooLong(here()),
        _ => Fault::TooShort(here()),
    })?;
    let (code, national) = (parsed.code().value(), parsed.national().to_string());
    let range = range(code, &national, home);
    Ok((code, national, range))
}

fn range(code: u16, national: &str, home: country::Id) -> Option<Type> {
    plans_of(code, national, home)
        .iter()
        .find_map(|plan| typed(plan, national))
}

/// The plans that may hold the number: several countries share +1, +7, +44 and others, told apart by leading digits
/// where they have them. Home and the code's main country come first: they are nearly always right.
fn plans_of(code: u16, national: &str, home: country::Id) -> Vec<&'static Metadata> {
    let mut plans = PLANS.by_code(&code).unwrap_or_default();
    if plans.len() > 1 {
        plans.retain(|plan| match plan.leading_digits() {
            Some(pattern) => pattern.find(national).is_some_and(|found| found.start() == 0),
            None => true,
        });
        plans.sort_by_key(|plan| plan.id() != home.as_ref());
    }
    plans
}

/// The kind that a plan gives the number; the order is libphonenumber's, as ranges overlap.
fn typed(plan: &Metadata, national: &str) -> Option<Type> {
    const SPECIAL: [Type; 8] = [
        Type::PremiumRate,
        Type::TollFree,
        Type::SharedCost,
        Type::Voip,
        Type::PersonalNumber,
        Type::Pager,
        Type::Uan,
        Type::Voicemail,
    ];
    let is = |kind| {
        plan.descriptors()
            .get(kind)
            .is_some_and(|range| range.is_match(national))
    };
    if !plan.descriptors().general().is_match(national) {
        return None;
    }
    if let Some(kind) = SPECIAL.into_iter().find(|kind| is(*kind)) {
        return Some(kind);
    }
    match (is(Type::FixedLine), is(Type::Mobile)) {
        (true, true) => Some(Type::FixedLineOrMobile),
        (true, false) => Some(Type::FixedLine),
        (false, true) => Some(Type::Mobile),
        (false, false) => None,
    }
}

/// A number in no assigned range passes when it has the length and the first digit of a mobile number: new ranges
/// and the ones kept for films (+33 6 39 98, +44 7700 900) are such.
fn unassigned(plans: &[&Metadata], national: &str) -> Result<PhoneKind, Fault> {
    let Some(plan) = plans.first() else {
        return Err(Fault::CountryCode);
    };
    let region = || plan.id().to_owned();
    let mobile = plan.descriptors().get(Type::Mobile);
    let general = plan.descriptors().general();
    let lengths = match mobile.map(phonenumber::metadata::Descriptor::possible_length) {
        Some(lengths) if !lengths.is_empty() => lengths,
        _ => general.possible_length(),
    };
    let length = u16::try_from(national.len()).unwrap_or(u16::MAX);
    if lengths.first().is_some_and(|shortest| length < *shortest) {
        return Err(Fault::TooShort(region()));
    }
    if lengths.last().is_some_and(|longest| length > *longest) {
        return Err(Fault::TooLong(region()));
    }
    let first = |text: &str| text.bytes().next();
    let shaped = match plan.country_code() {
        // North America: area code and exchange both begin with 2 to 9 (NANPA).
        1 => length == 10 && [0, 3].iter().all(|at| matches!(national.as_bytes()[*at], b'2'..=b'9')),
        _ => mobile
            .and_then(|range| range.example())
            .is_some_and(|example| first(example) == first(national)),
    };
    if shaped && lengths.contains(&length) && general.is_match(national) {
        Ok(PhoneKind::Unknown)
    } else {
        Err(Fault::NotInUse(region()))
    }
}

/// A number to show in an error about `region`: from ranges kept for films where there are such.
pub(super) fn example(region: &str) -> String {
    let known = match region {
        "CA" => "+1 604 555 0123",
        "US" => "+1 212 555 0123",
        "FR" => "+33 6 39 98 00 12",
        "GB" => "+44 7700 900123",
        "" | "DE" => "+49 171 3920012",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let plan = PLANS.by_id(region);
    let mobile = plan.and_then(|plan| {
        plan.descriptors()
            .get(Type::Mobile)?
            .example()
            .map(|digits| (plan, digits))
    });
    match mobile {
        Some((plan, digits)) => format!("+{} {digits}", plan.country_code()),
        None => "+49 171 3920012".to_owned(),
    }
}

/// How many leading digits of an E.164 number are its country code (ITU-T E.164, list of country codes).
pub(super) fn country_code_length(digits: &str) -> usize {
    match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    }
}

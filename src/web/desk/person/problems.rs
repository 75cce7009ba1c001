//! What is wrong with a field, as a phrase and the names in it.

use serde_json::{Value, json};

use crate::domain::email_address::EmailError;
use crate::domain::phone::PhoneError;
use crate::domain::record::Problem;

/// The phrase that says what is wrong and how to mend it.
pub(super) fn phrase(problem: &Problem) -> Value {
    let (name, values) = match problem {
        Problem::NoName => ("wrong_no_name", json!({})),
        Problem::Locale => ("wrong_locale", json!({})),
        Problem::Channel => ("wrong_channel", json!({})),
        Problem::TooLong => ("wrong_too_long", json!({})),
        Problem::Phone(error) => of_phone(error),
        Problem::Email(error) => of_email(error),
    };
    json!({ "phrase": name, "values": values })
}

fn of_phone(error: &PhoneError) -> (&'static str, Value) {
    match error {
        // An empty field is no number, and no mistake.
        PhoneError::Empty => ("wrong_phone_none", json!({ "raw": "" })),
        PhoneError::NoNumber { raw } | PhoneError::Placeholder { raw } => ("wrong_phone_none", json!({ "raw": raw })),
        PhoneError::Rounded { raw } => ("wrong_phone_rounded", json!({ "raw": raw })),
        PhoneError::Premium { raw } => ("wrong_phone_premium", json!({ "raw": raw })),
        PhoneError::TooShort { raw, example, .. } => ("wrong_phone_short", json!({ "raw": raw, "example": example })),
        PhoneError::TooLong { raw, example, .. } => ("wrong_phone_long", json!({ "raw": raw, "example": example })),
        PhoneError::NotInUse { raw, example, .. } => {
            ("wrong_phone_not_in_use", json!({ "raw": raw, "example": example }))
        }
        PhoneError::CountryCode { raw, example } => {
            ("wrong_phone_country_code", json!({ "raw": raw, "example": example }))
        }
        PhoneError::Region { region } => ("wrong_phone_region", json!({ "region": region })),
    }
}

fn of_email(error: &EmailError) -> (&'static str, Value) {
    match error {
        EmailError::Empty => ("wrong_email_none", json!({ "raw": "" })),
        EmailError::NoAt { raw } | EmailError::NoName { raw } => ("wrong_email_none", json!({ "raw": raw })),
        EmailError::Several { raw } => ("wrong_email_several", json!({ "raw": raw })),
        EmailError::Character { raw, found } => (
            "wrong_email_character",
            json!({ "raw": raw, "found": found.to_string() }),
        ),
        EmailError::Dots { raw } => ("wrong_email_dots", json!({ "raw": raw })),
        EmailError::Domain { raw, domain } => ("wrong_email_domain", json!({ "raw": raw, "domain": domain })),
        EmailError::TooLong { raw } => ("wrong_email_long", json!({ "raw": raw })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Locale;
    use crate::texts::phrases::Phrases;

    #[test]
    fn every_mistake_has_its_phrase_with_its_names_filled_in() {
        let phrases = Phrases::of_desk(&Locale::parse("en").unwrap());
        let raw = || "what was typed".to_owned();
        let (region, example) = ("DE".to_owned(), "+49 1512 3456789".to_owned());
        let problems = [
            Problem::NoName,
            Problem::Locale,
            Problem::Channel,
            Problem::TooLong,
            Problem::Phone(PhoneError::NoNumber { raw: raw() }),
            Problem::Phone(PhoneError::Rounded { raw: raw() }),
            Problem::Phone(PhoneError::Premium { raw: raw() }),
            Problem::Phone(PhoneError::TooShort {
                raw: raw(),
                region: region.clone(),
                example: example.clone(),
            }),
            Problem::Phone(PhoneError::TooLong {
                raw: raw(),
                region: region.clone(),
                example: example.clone(),
            }),
            Problem::Phone(PhoneError::NotInUse {
                raw: raw(),
                region: region.clone(),
                example: example.clone(),
            }),
            Problem::Phone(PhoneError::CountryCode { raw: raw(), example }),
            Problem::Phone(PhoneError::Region { region }),
            Problem::Email(EmailError::NoAt { raw: raw() }),
            Problem::Email(EmailError::Several { raw: raw() }),
            Problem::Email(EmailError::Character {
                raw: raw(), found: 'ü'
            }),
            Problem::Email(EmailError::Dots { raw: raw() }),
            Problem::Email(EmailError::Domain {
                raw: raw(),
                domain: "example".to_owned(),
            }),
            Problem::Email(EmailError::TooLong { raw: raw() }),
        ];
        for problem in problems {
            let said = phrase(&problem);
            let name = said["phrase"].as_str().unwrap();
            let values = &said["values"];
            let text = phrases
                .say(name, |name| values[name].as_str().map(str::to_owned))
                .unwrap();
            for (name, value) in values.as_object().unwrap() {
                assert!(text.contains(value.as_str().unwrap()), "{name} in {text}");
            }
        }
    }
}

//! A customer's record as somebody at the desk types it: read with the parsers of the import, and compared with what
//! stood there.

use std::collections::BTreeMap;

use super::closed_list::closed_list;
use super::customer::Customer;
use super::email_address::{self, EmailError};
use super::locale::Locale;
use super::phone::{self, PhoneError};
use super::user;

/// Longest standing and longest notes, in characters.
const LONGEST_STANDING: usize = 60;
const LONGEST_NOTES: usize = 2_000;

closed_list! {
    /// What can be changed in a record.
    Field {
        Name = "name",
        Phone = "phone",
        Email = "email",
        Locale = "locale",
        Channel = "channel",
        Standing = "standing",
        Notes = "notes",
    }
}

/// The fields as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(default)]
pub struct Typed {
    pub name: String,
    pub phone: String,
    pub email: String,
    pub locale: String,
    pub channel: String,
    pub standing: String,
    pub notes: String,
}

/// Why a field can't be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    NoName,
    Phone(PhoneError),
    Email(EmailError),
    Locale,
    Channel,
    TooLong,
}

/// What was typed, as a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub customer: Customer,
    /// The field of the phone held more than the number that was taken.
    pub phone_is_part: bool,
}

impl Typed {
    /// What a form shows of a record before anything is typed.
    #[must_use]
    pub fn of(customer: &Customer) -> Self {
        let owned = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            name: customer.name.clone(),
            phone: owned(if customer.phone.is_some() {
                &customer.phone
            } else {
                &customer.phone_raw
            }),
            email: owned(&customer.email),
            locale: owned(&customer.locale),
            channel: customer
                .channel
                .map_or_else(String::new, |channel| channel.as_str().to_owned()),
            standing: owned(&customer.standing),
            notes: owned(&customer.notes),
        }
    }

    /// Reads the fields into the record that stood there `before`. What was not touched stays as it came in.
    ///
    /// # Errors
    /// What is wrong, by field; all of it at once.
    pub fn read(&self, before: &Customer, region: &str) -> Result<Read, BTreeMap<Field, Problem>> {
        let shown = Self::of(before);
        let mut problems = BTreeMap::new();
        let mut customer = before.clone();
        match user::name(&self.name) {
            Some(name) => customer.name = name,
            None if self.name.trim().is_empty() => drop(problems.insert(Field::Name, Problem::NoName)),
            None => drop(problems.insert(Field::Name, Problem::TooLong)),
        }
        let mut phone_is_part = false;
        if self.phone.trim() != shown.phone {
            match put_phone(&mut customer, self.phone.trim(), region) {
                Ok(is_part) => phone_is_part = is_part,
                Err(error) => drop(problems.insert(Field::Phone, Problem::Phone(error))),
            }
        }
        if self.email.trim() != shown.email {
            match email_address::parse(&self.email) {
                Ok(email) => customer.email = Some(email),
                Err(EmailError::Empty) => customer.email = None,
                Err(error) => drop(problems.insert(Field::Email, Problem::Email(error))),
            }
        }
        if self.locale != shown.locale {
            match Some(self.locale.trim())
                .filter(|tag| !tag.is_empty())
                .map(Locale::parse)
            {
                Some(Ok(locale)) => customer.locale = Some(locale.tag().to_owned()),
                Some(Err(_)) => drop(problems.insert(Field::Locale, Problem::Locale)),
                None => customer.locale = None,
            }
        }
        match Some(self.channel.as_str())
            .filter(|text| !text.is_empty())
            .map(str::parse)
        {
            Some(Ok(channel)) => customer.channel = Some(channel),
            Some(Err(_)) => drop(problems.insert(Field::Channel, Problem::Channel)),
            None => customer.channel = None,
        }
        if self.standing != shown.standing {
            customer.standing = plain(&self.standing, LONGEST_STANDING, Field::Standing, &mut problems)
                .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        // Browsers send lines as CR and LF, whatever they were given.
        if unix(&self.notes) != unix(&shown.notes) {
            customer.notes = plain(&self.notes, LONGEST_NOTES, Field::Notes, &mut problems);
        }
        if problems.is_empty() {
            Ok(Read {
                customer,
                phone_is_part,
            })
        } else {
            Err(problems)
        }
    }
}

/// Puts what was typed in place of the number. True: there was more in the field than the number that was taken.
fn put_phone(customer: &mut Customer, typed: &str, region: &str) -> Result<bool, PhoneError> {
    let read = match phone::parse(typed, region) {
        Ok(read) => Some(read),
        Err(PhoneError::Empty) => None,
        Err(error) => return Err(error),
    };
    let number = read.as_ref().map(|phone| phone.e164.clone());
    if number != customer.phone || number.is_none() {
        customer.phone_raw = number.is_some().then(|| typed.to_owned());
    }
    customer.phone_texts = read.as_ref().is_some_and(phone::Phone::can_text);
    customer.phone = number;
    Ok(read.is_some_and(|phone| phone.warning.is_some()))
}

fn unix(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// A text without what can't be seen; nothing where it is empty.
fn plain(text: &str, longest: usize, field: Field, problems: &mut BTreeMap<Field, Problem>) -> Option<String> {
    let text: String = unix(text).chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    if text.chars().count() > longest {
        problems.insert(field, Problem::TooLong);
    }
    Some(text).filter(|text| !text.is_empty())
}

/// What a record says in a field.
#[must_use]
pub fn value(customer: &Customer, field: Field) -> Option<String> {
    match field {
        Field::Name => Some(customer.name.clone()).filter(|name| !name.is_empty()),
        Field::Phone => customer.phone.clone(),
        Field::Email => customer.email.clone(),
        Field::Locale => customer.locale.clone(),
        Field::Channel => customer.channel.map(|channel| channel.as_str().to_owned()),
        Field::Standing => customer.standing.clone(),
        Field::Notes => customer.notes.clone(),
    }
}

/// What rows without a customer id are matched by: the name in lower case with single spaces.
#[must_use]
pub fn name_key(name: &str) -> String {
    name.split_whitespace()
        .map(str::to_lowercase)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The fields in which two records differ.
#[must_use]
pub fn differences(before: &Customer, after: &Customer) -> Vec<Field> {
    let differs = |field: &Field| value(before, *field) != value(after, *field);
    Field::ALL.iter().copied().filter(differs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::Channel;

    fn ana() -> Customer {
        Customer {
            name: "Ana Košir".to_owned(),
            phone: Some("+491713920012".to_owned()),
            phone_raw: Some("0171 / 392 00 12".to_owned()),
            phone_texts: true,
            email: Some("ana@example.com".to_owned()),
            locale: Some("de-AT".to_owned()),
            channel: Some(Channel::Email),
            standing: Some("regular".to_owned()),
            notes: Some("likes\nthe red one".to_owned()),
            ..Customer::unknown("c-1".to_owned(), "b-1".to_owned())
        }
    }

    #[test]
    fn what_nobody_touched_stays_as_it_came_in() {
        let mut typed = Typed::of(&ana());
        typed.notes = typed.notes.replace('\n', "\r\n");
        let read = typed.read(&ana(), "DE").unwrap();
        assert_eq!(read.customer, ana());
        assert!(differences(&ana(), &read.customer).is_empty());
    }

    #[test]
    fn a_number_is_read_as_the_import_reads_it_and_kept_as_it_was_typed() {
        let mut typed = Typed::of(&ana());
        typed.phone = " 0171 392 00 13 (office) ".to_owned();
        let read = typed.read(&ana(), "DE").unwrap();
        assert_eq!(read.customer.phone.as_deref(), Some("+491713920013"));
        assert_eq!(read.customer.phone_raw.as_deref(), Some("0171 392 00 13 (office)"));
        assert!(read.customer.phone_texts && !read.phone_is_part);
        assert_eq!(differences(&ana(), &read.customer), [Field::Phone]);

        typed.phone = "0171 3920013, 030 123456".to_owned();
        assert!(typed.read(&ana(), "DE").unwrap().phone_is_part);

        typed.phone = "0171 3920012".to_owned();
        let same = typed.read(&ana(), "DE").unwrap().customer;
        assert_eq!(same, ana(), "the same number in another spelling");

        typed.phone = String::new();
        let none = typed.read(&ana(), "DE").unwrap().customer;
        assert_eq!((none.phone, none.phone_raw, none.phone_texts), (None, None, false));
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let typed = Typed {
            name: " ".to_owned(),
            phone: "12".to_owned(),
            email: "ana".to_owned(),
            locale: "xx".to_owned(),
            channel: "pigeon".to_owned(),
            standing: "x".repeat(61),
            notes: "x".repeat(2_001),
        };
        let problems = typed.read(&ana(), "DE").unwrap_err();
        assert_eq!(problems.keys().copied().collect::<Vec<_>>(), Field::ALL);
        assert!(matches!(
            problems[&Field::Phone],
            Problem::Phone(PhoneError::TooShort { .. })
        ));
        assert!(matches!(
            problems[&Field::Email],
            Problem::Email(EmailError::NoAt { .. })
        ));
    }

    #[test]
    fn empty_fields_of_somebody_new_say_nothing() {
        let typed = Typed {
            name: "Tom  Weiß".to_owned(),
            ..Typed::default()
        };
        let nobody = Customer::unknown("c-2".to_owned(), "b-1".to_owned());
        let tom = typed.read(&nobody, "DE").unwrap().customer;
        assert_eq!(tom.name, "Tom Weiß");
        assert_eq!(differences(&nobody, &tom), [Field::Name]);
        assert_eq!(value(&tom, Field::Name).as_deref(), Some("Tom Weiß"));
        assert_eq!(value(&tom, Field::Email), None);
    }
}

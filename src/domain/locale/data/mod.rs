//! One row a locale, the language before its regions. The forms are CLDR's, with plain spaces and straight
//! apostrophes; the forms inside a sentence are ours.

mod de;
mod en;
mod es;
mod fr;
mod pl;

/// Every row. A new language is a file beside this one and a line here.
pub(super) fn rows() -> impl Iterator<Item = &'static Data> {
    [en::ROWS, de::ROWS, fr::ROWS, es::ROWS, pl::ROWS].into_iter().flatten()
}

/// What a locale writes. In patterns `{w}` is the weekday, `{d}` the day, `{m}` the month, `{y}` the year as
/// `year` writes it (or nothing), `{rel}` today or tomorrow, `{t}` the time.
#[derive(Clone, Copy)]
pub(super) struct Data {
    pub tag: &'static str,
    pub language: &'static str,
    /// As they stand in a date: genitive where the language has one.
    pub months: [&'static str; 12],
    /// Monday first.
    pub weekdays: [&'static str; 7],
    /// Weekdays after the preposition of `on`, where it changes them.
    pub weekdays_on: [&'static str; 7],
    /// The first of a month, `{d}` for the first.
    pub first: &'static str,
    /// A date that stands alone.
    pub date: &'static str,
    /// `{y}` with what joins it to the date.
    pub year: &'static str,
    /// A date inside a sentence.
    pub on: &'static str,
    /// A near date inside a sentence.
    pub near: &'static str,
    pub today: &'static str,
    pub tomorrow: &'static str,
    pub clock: Clock,
    /// Time inside a sentence, and where it differs for one o'clock.
    pub at: &'static str,
    pub at_one: &'static str,
    /// Between `on` and `at`, and between `near` and `at`.
    pub join: &'static str,
    pub join_near: &'static str,
    pub money: Money,
}

/// How times of the day are written.
#[derive(Clone, Copy)]
pub(super) enum Clock {
    /// `09:00`, or `09 h 00` with the separator ` h `.
    Hours24 { separator: &'static str },
    /// `9:00 AM`.
    Hours12 { am: &'static str, pm: &'static str },
}

/// How amounts are written.
#[derive(Clone, Copy)]
pub(super) struct Money {
    pub decimal: char,
    pub group: &'static str,
    /// Digits before the first group separator is used: Spanish and Polish leave four digits together.
    pub group_from: usize,
    /// `¤` is the symbol, `#` the number.
    pub pattern: &'static str,
    /// Currency codes with the symbol that this locale's readers know them by; others show the code.
    pub symbols: &'static [(&'static str, &'static str)],
    /// A code is letters, so it keeps its distance from the number where a symbol does not.
    pub pattern_code: &'static str,
}

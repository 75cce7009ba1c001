//! English. Without a region it is written as in the United States.

use super::{Clock, Data, Money};

pub(super) const ROWS: &[Data] = &[
    EN,
    Data { tag: "en-US", ..EN },
    Data {
        tag: "en-CA",
        clock: Clock::Hours12 { am: "a.m.", pm: "p.m." },
        money: dollars(&[("CAD", "$"), ("EUR", "€"), ("GBP", "£"), ("USD", "US$")]),
        ..EN
    },
    EN_GB,
    Data { tag: "en-IE", ..EN_GB },
    Data {
        tag: "en-ZA",
        money: dollars(&[("ZAR", "R"), ("EUR", "€"), ("GBP", "£"), ("USD", "US$")]),
        ..EN_GB
    },
    Data {
        tag: "en-IN",
        clock: AM_PM_LOWER,
        ..EN_GB
    },
    Data {
        tag: "en-AU",
        clock: AM_PM_LOWER,
        money: dollars(&[("AUD", "$"), ("EUR", "€"), ("GBP", "£"), ("USD", "US$")]),
        ..EN_GB
    },
    Data {
        tag: "en-NZ",
        clock: AM_PM_LOWER,
        money: dollars(&[("NZD", "$"), ("EUR", "€"), ("GBP", "£"), ("USD", "US$")]),
        ..EN_GB
    },
];

const AM_PM_LOWER: Clock = Clock::Hours12 { am: "am", pm: "pm" };

const fn dollars(symbols: &'static [(&'static str, &'static str)]) -> Money {
    Money { symbols, ..EN.money }
}

const EN: Data = Data {
    tag: "en",
    language: "en",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    weekdays: [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ],
    weekdays_on: [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ],
    first: "1",
    date: "{w}, {m} {d}{y}",
    year: ", {y}",
    on: "on {w}, {m} {d}{y}",
    near: "{rel}, {w}, {m} {d}{y}",
    today: "today",
    tomorrow: "tomorrow",
    clock: Clock::Hours12 { am: "AM", pm: "PM" },
    at: "at {t}",
    at_one: "at {t}",
    join: ", ",
    join_near: ", ",
    money: Money {
        decimal: '.',
        group: ",",
        group_from: 4,
        pattern: "¤#",
        symbols: &[("EUR", "€"), ("GBP", "£"), ("USD", "$")],
        pattern_code: "¤ #",
    },
};

/// English outside the United States: the day before the month, and mostly twenty-four hours.
const EN_GB: Data = Data {
    tag: "en-GB",
    date: "{w} {d} {m}{y}",
    year: " {y}",
    on: "on {w} {d} {m}{y}",
    near: "{rel}, {w} {d} {m}{y}",
    clock: Clock::Hours24 { separator: ":" },
    join: " ",
    money: Money {
        symbols: &[("EUR", "€"), ("GBP", "£"), ("USD", "US$")],
        ..EN.money
    },
    ..EN
};

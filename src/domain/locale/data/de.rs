//! German.

use super::{Clock, Data, Money};

pub(super) const ROWS: &[Data] = &[
    DE,
    Data {
        tag: "de-AT",
        months: [
            "Jänner",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        money: Money {
            pattern: "¤ #",
            pattern_code: "¤ #",
            ..DE.money
        },
        ..DE
    },
    Data {
        tag: "de-CH",
        money: Money {
            decimal: '.',
            group: "'",
            pattern: "¤ #",
            pattern_code: "¤ #",
            ..DE.money
        },
        ..DE
    },
];

const DE: Data = Data {
    tag: "de",
    language: "de",
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    weekdays: [
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
        "Samstag",
        "Sonntag",
    ],
    weekdays_on: [
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
        "Samstag",
        "Sonntag",
    ],
    first: "1",
    date: "{w}, {d}. {m}{y}",
    year: " {y}",
    on: "am {w}, {d}. {m}{y}",
    near: "{rel}, {w}, {d}. {m}{y}",
    today: "heute",
    tomorrow: "morgen",
    clock: Clock::Hours24 { separator: ":" },
    at: "um {t} Uhr",
    at_one: "um {t} Uhr",
    join: ", ",
    join_near: ", ",
    money: Money {
        decimal: ',',
        group: ".",
        group_from: 4,
        pattern: "# ¤",
        symbols: &[("EUR", "€"), ("GBP", "£"), ("USD", "$")],
        pattern_code: "# ¤",
    },
};

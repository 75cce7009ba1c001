//! French.

use super::{Clock, Data, Money};

pub(super) const ROWS: &[Data] = &[
    FR,
    Data {
        tag: "fr-CH",
        money: Money {
            decimal: '.',
            ..FR.money
        },
        ..FR
    },
    Data {
        tag: "fr-CA",
        clock: Clock::Hours24 { separator: " h " },
        money: Money {
            symbols: &[("CAD", "$"), ("EUR", "€"), ("GBP", "£"), ("USD", "$US")],
            ..FR.money
        },
        ..FR
    },
];

const FR: Data = Data {
    tag: "fr",
    language: "fr",
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    weekdays: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    weekdays_on: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    first: "1er",
    date: "{w} {d} {m}{y}",
    year: " {y}",
    on: "le {w} {d} {m}{y}",
    near: "{rel}, {w} {d} {m}{y}",
    today: "aujourd'hui",
    tomorrow: "demain",
    clock: Clock::Hours24 { separator: ":" },
    at: "à {t}",
    at_one: "à {t}",
    join: " ",
    join_near: ", ",
    money: Money {
        decimal: ',',
        group: " ",
        group_from: 4,
        pattern: "# ¤",
        symbols: &[("EUR", "€"), ("GBP", "£GB"), ("USD", "$US")],
        pattern_code: "# ¤",
    },
};

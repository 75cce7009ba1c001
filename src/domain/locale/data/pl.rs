//! Polish.

use super::{Clock, Data, Money};

pub(super) const ROWS: &[Data] = &[PL];

const PL: Data = Data {
    tag: "pl",
    language: "pl",
    months: [
        "stycznia",
        "lutego",
        "marca",
        "kwietnia",
        "maja",
        "czerwca",
        "lipca",
        "sierpnia",
        "września",
        "października",
        "listopada",
        "grudnia",
    ],
    weekdays: [
        "poniedziałek",
        "wtorek",
        "środa",
        "czwartek",
        "piątek",
        "sobota",
        "niedziela",
    ],
    weekdays_on: [
        "w poniedziałek",
        "we wtorek",
        "w środę",
        "w czwartek",
        "w piątek",
        "w sobotę",
        "w niedzielę",
    ],
    first: "1",
    date: "{w}, {d} {m}{y}",
    year: " {y}",
    on: "{w} {d} {m}{y}",
    near: "{rel}, {w} {d} {m}{y}",
    today: "dziś",
    tomorrow: "jutro",
    clock: Clock::Hours24 { separator: ":" },
    at: "o {t}",
    at_one: "o {t}",
    join: " ",
    join_near: ", ",
    money: Money {
        decimal: ',',
        group: " ",
        group_from: 5,
        pattern: "# ¤",
        symbols: &[("PLN", "zł"), ("EUR", "€"), ("GBP", "GBP"), ("USD", "USD")],
        pattern_code: "# ¤",
    },
};

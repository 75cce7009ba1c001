//! Spanish. Regions of the Americas differ in the clock and in money.

use super::{Clock, Data, Money};

pub(super) const ROWS: &[Data] = &[
    ES,
    Data {
        tag: "es-419",
        clock: AM_PM,
        money: NORTHERN,
        ..ES
    },
    Data {
        tag: "es-US",
        clock: AM_PM,
        money: NORTHERN,
        ..ES
    },
    Data {
        tag: "es-MX",
        clock: AM_PM,
        money: Money {
            symbols: &[("MXN", "$"), ("EUR", "€"), ("USD", "USD")],
            ..NORTHERN
        },
        ..ES
    },
    Data {
        tag: "es-CO",
        clock: AM_PM,
        money: Money {
            symbols: &[("COP", "$")],
            ..SOUTHERN
        },
        ..ES
    },
    Data {
        tag: "es-AR",
        money: Money {
            symbols: &[("ARS", "$")],
            ..SOUTHERN
        },
        ..ES
    },
    Data {
        tag: "es-CL",
        money: Money {
            symbols: &[("CLP", "$")],
            ..SOUTHERN
        },
        ..ES
    },
];

const AM_PM: Clock = Clock::Hours12 { am: "a.m.", pm: "p.m." };

/// Numbers as in the United States.
const NORTHERN: Money = Money {
    decimal: '.',
    group: ",",
    group_from: 4,
    pattern: "¤#",
    symbols: &[("USD", "$"), ("EUR", "€")],
    pattern_code: "¤ #",
};

/// Numbers as in Spain, the currency first.
const SOUTHERN: Money = Money {
    group_from: 4,
    pattern: "¤ #",
    symbols: &[],
    pattern_code: "¤ #",
    ..ES.money
};

const ES: Data = Data {
    tag: "es",
    language: "es",
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    weekdays: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    weekdays_on: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    first: "1",
    date: "{w}, {d} de {m}{y}",
    year: " de {y}",
    // In running text the comma after the weekday would cut the sentence.
    on: "el {w} {d} de {m}{y}",
    near: "{rel}, {w} {d} de {m}{y}",
    today: "hoy",
    tomorrow: "mañana",
    clock: Clock::Hours24 { separator: ":" },
    at: "a las {t}",
    at_one: "a la {t}",
    join: " ",
    join_near: ", ",
    money: Money {
        decimal: ',',
        group: ".",
        group_from: 5,
        pattern: "# ¤",
        symbols: &[("EUR", "€"), ("GBP", "GBP"), ("USD", "US$")],
        pattern_code: "# ¤",
    },
};

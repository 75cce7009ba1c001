//! The figures as a table to take along. docs/satisfaction.md says what its columns are: they stay as they are.

use super::super::super::csv::{Cell, table};
use crate::domain::satisfaction::Estimate;
use crate::outbound::satisfaction::{Figures, Months};

const COLUMNS: [&str; 26] = [
    "group",
    "name",
    "sent",
    "delivered",
    "answered",
    "response_percent",
    "response_low",
    "response_high",
    "csat_n",
    "csat_percent",
    "csat_low",
    "csat_high",
    "csat_mean",
    "csat_mean_low",
    "csat_mean_high",
    "nps_n",
    "nps",
    "nps_low",
    "nps_high",
    "ces_n",
    "ces_mean",
    "ces_mean_low",
    "ces_mean_high",
    "ces_percent",
    "ces_low",
    "ces_high",
];

/// The whole period, its months, its services: a row each.
pub(super) fn sheet(months: &Months) -> String {
    let mut rows = vec![row("all", "", &months.whole)];
    for (month, figures) in &months.by_month {
        rows.push(row("month", &month.format("%Y-%m").to_string(), figures));
    }
    for (service, figures) in &months.by_service {
        rows.push(row("service", service.as_deref().unwrap_or_default(), figures));
    }
    table(&COLUMNS, &rows)
}

fn row(group: &str, name: &str, figures: &Figures) -> Vec<Cell> {
    let mut row = vec![Cell::text(group), Cell::text(name), Cell::count(figures.sent)];
    row.push(Cell::count(figures.response.delivered));
    row.push(Cell::count(figures.response.answered));
    row.extend(estimate(figures.response.rate, 1));
    row.push(Cell::count(figures.csat.n));
    row.extend(estimate(figures.csat.satisfied, 1));
    row.extend(estimate(figures.csat.mean, 2));
    row.push(Cell::count(figures.nps.n));
    row.extend(estimate(figures.nps.score, 1));
    row.push(Cell::count(figures.ces.n));
    row.extend(estimate(figures.ces.mean, 2));
    row.extend(estimate(figures.ces.easy, 1));
    row
}

/// Nobody answered: no number, and never a nought.
fn estimate(estimate: Option<Estimate>, decimals: u8) -> [Cell; 3] {
    let Some(estimate) = estimate.map(|estimate| estimate.rounded(i32::from(decimals))) else {
        return [Cell::Empty, Cell::Empty, Cell::Empty];
    };
    [estimate.value, estimate.low, estimate.high].map(|number| Cell::Number(number, usize::from(decimals)))
}

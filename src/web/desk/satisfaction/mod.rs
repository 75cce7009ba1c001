//! How satisfied customers are: the figures of the last months, what they wrote, and what was at the bottom of complaints.

mod comments;
mod sheet;

use axum::extract::{Query, State};
use axum::response::{Html, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::csv;
use super::super::error::WebError;
use super::super::staff::Staff;
use super::render;
use super::rows::bounds;
use crate::app::App;
use crate::domain::case::Cause;
use crate::domain::chart::{Axis, bars, trend};
use crate::domain::instant::Instant;
use crate::domain::satisfaction::Estimate;
use crate::outbound::plan::Desk;
use crate::outbound::satisfaction::{Figures, Months, first_day, months};
use crate::store::{self, Tx};

/// How many months can be shown. The first one is what is shown unasked.
const PERIODS: [u32; 5] = [12, 24, 6, 3, 1];

/// How many questions a page counts: so many are read within its time.
const MOST_COUNTED: i64 = 6_000;

/// Which months, and where the page of comments begins: before this moment and this answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in super::super) struct Wanted {
    months: String,
    before: Option<i64>,
    before_id: String,
}

impl Wanted {
    fn months(&self) -> u32 {
        let wanted = self.months.parse().ok();
        wanted.filter(|wanted| PERIODS.contains(wanted)).unwrap_or(PERIODS[0])
    }
}

/// What a page of that business counts.
struct Period {
    desk: Desk,
    today: NaiveDate,
    first: NaiveDate,
    count: u32,
}

impl Period {
    async fn load(tx: &mut Tx, app: &App, staff: &Staff, wanted: &Wanted) -> Result<Self, WebError> {
        let business = staff.business().ok_or(WebError::NotFound)?;
        let desk = Desk::load(tx, &app.dispatcher.zones, &business.id).await?;
        let today = desk.calendar.zone.date(app.dispatcher.clock.now());
        let count = wanted.months();
        Ok(Self {
            first: first_day(today, count),
            desk,
            today,
            count,
        })
    }

    fn from(&self) -> Instant {
        bounds(&self.desk.calendar, self.first).0
    }

    async fn months(&self, tx: &mut Tx, most: i64) -> Result<Months, WebError> {
        let period = (self.today, self.count);
        Ok(months(tx, &self.desk.business.id, &self.desk.calendar.zone, period, most).await?)
    }
}

/// `GET /satisfaction`.
pub(in super::super) async fn satisfaction(
    staff: Staff,
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, WebError> {
    let mut tx = app.store().read().await?;
    let period = Period::load(&mut tx, &app, &staff, &wanted).await?;
    let mut page = staff.page();
    page["here"] = json!("satisfaction");
    page["months"] = json!(period.count);
    page["periods"] = json!(PERIODS);
    page["first"] = json!(period.first);
    page["is_first"] = json!(wanted.before.is_none());
    if wanted.before.is_none() {
        let counted = period.months(&mut tx, MOST_COUNTED).await?;
        let causes =
            store::customer_case::causes(&mut tx, &period.desk.business.id, period.from(), Instant::FAR).await?;
        page["figures"] = shown(&counted);
        page["most"] = json!(MOST_COUNTED);
        page["causes"] = of_causes(&causes);
    }
    page["comments"] = comments::page(&mut tx, &period, wanted.before, &wanted.before_id).await?;
    render("satisfaction.html", &staff.locale()?, &page)
}

/// `GET /satisfaction.csv`.
pub(in super::super) async fn satisfaction_csv(
    staff: Staff,
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let mut tx = app.store().read().await?;
    let period = Period::load(&mut tx, &app, &staff, &wanted).await?;
    // Who takes the figures along can wait for all of them.
    let counted = period.months(&mut tx, i64::MAX).await?;
    Ok(csv::download("satisfaction", sheet::sheet(&counted)))
}

/// The figures as a page has them.
fn shown(months: &Months) -> Value {
    let row = |figures: &Figures| json!(figures.clone().rounded());
    let by_month = |(month, figures): &(NaiveDate, Figures)| json!([month, row(figures)]);
    let by_service = |(service, figures): &(Option<String>, Figures)| json!([service, row(figures)]);
    json!({
        "whole": row(&months.whole), "cut_at": months.cut_at,
        "by_month": months.by_month.iter().map(by_month).collect::<Vec<_>>(),
        "by_service": months.by_service.iter().map(by_service).collect::<Vec<_>>(),
        "charts": charts(months),
    })
}

/// A chart for each measure that somebody was asked for, the response rate first.
fn charts(months: &Months) -> Value {
    let chart = |name: &str, n: u32, axis: Axis, of: fn(&Figures) -> Option<Estimate>| {
        let values: Vec<_> = months.by_month.iter().map(|(_, figures)| of(figures)).collect();
        (n > 0).then(|| json!({ "name": name, "trend": trend(&values, axis) }))
    };
    let whole = &months.whole;
    let charts = [
        chart("response", whole.response.delivered, Axis::PERCENT, |figures| {
            figures.response.rate
        }),
        chart("csat", whole.csat.n, Axis::PERCENT, |figures| figures.csat.satisfied),
        chart("nps", whole.nps.n, Axis::NPS, |figures| figures.nps.score),
        chart("ces", whole.ces.n, Axis::CES, |figures| figures.ces.mean),
    ];
    charts.into_iter().flatten().collect()
}

fn of_causes(causes: &[(Cause, i64)]) -> Value {
    let counts: Vec<u32> = causes
        .iter()
        .map(|(_, count)| u32::try_from(*count).unwrap_or(u32::MAX))
        .collect();
    json!({ "rows": causes, "chart": bars(&counts) })
}

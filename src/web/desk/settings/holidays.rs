//! The days on which a business sends nothing: several are added at once, by pasting them.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;

use super::super::super::acted::Acted;
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::back;
use super::super::acting::plan_again;
use super::business::again;
use super::{Errors, Said, owned, page, shown, zone_of};
use crate::app::App;
use crate::domain::settings as read;
use crate::outbound::settings;
use crate::store;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    /// Days to add.
    dates: String,
    /// A day to remove.
    remove: Option<NaiveDate>,
}

/// `GET /settings/holidays`.
pub(super) async fn show(staff: Staff, State(app): State<App>, Query(said): Query<Said>) -> Result<Response, WebError> {
    form(&app, &staff, "", &[], said.notice()).await
}

/// `POST /settings/holidays`.
pub(super) async fn save(
    State(app): State<App>,
    Acted { staff, form: fields }: Acted<Fields>,
) -> Result<Response, WebError> {
    let id = owned(&staff)?.id.clone();
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let before = store::business::find(&mut tx, &id).await?.ok_or(WebError::NotFound)?;
    let mut after = before.clone();
    let done = match fields.remove {
        Some(day) => {
            after.holidays.remove(&day);
            "holiday_removed"
        }
        None => match read::dates(&fields.dates, &before.region) {
            Ok(days) => {
                after.holidays.extend(days);
                "holidays_added"
            }
            Err(strange) => {
                drop(tx);
                return form(&app, &staff, &fields.dates, &strange, None).await;
            }
        },
    };
    let replans = settings::save(&mut tx, &before, &after, &staff.user.name, now).await?;
    tx.commit().await?;
    if replans {
        plan_again(&app, &id, now).await;
    }
    let said = if before == after { "unchanged" } else { done };
    Ok(back("/settings/holidays", &after, said).into_response())
}

async fn form(
    app: &App,
    staff: &Staff,
    typed: &str,
    strange: &[String],
    notice: Option<&str>,
) -> Result<Response, WebError> {
    let business = owned(staff)?;
    let today = zone_of(&app.dispatcher.zones, business)?.date(app.dispatcher.clock.now());
    let (past, coming): (Vec<NaiveDate>, Vec<NaiveDate>) = business.holidays.iter().partition(|day| **day < today);
    let mut errors = Errors::new();
    if !strange.is_empty() {
        errors.insert("dates", "dates_wrong");
    }
    let mut page = page(staff, "holidays", notice);
    page["coming"] = json!(coming);
    page["past"] = json!(past);
    page["typed"] = json!(typed);
    page["strange"] = json!(strange.join(", "));
    page["again"] = again(app, business).await?;
    shown("settings_holidays.html", staff, &errors, page)
}

//! What a business is called, where it is, when it writes; and what a change of that does to what is planned.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::super::acted::Acted;
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::plan_again;
use super::super::acting::{back, written};
use super::{Errors, Said, owned, page, shown, zone_of};
use crate::app::App;
use crate::domain::business::Business;
use crate::domain::locale::Locale;
use crate::domain::settings::{self as read, Wrong, with_span};
use crate::domain::zone::Zones;
use crate::outbound::settings;
use crate::store;

/// What was typed. A box that is ticked says something, one that is not is not there.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Fields {
    name: String,
    address: String,
    phone: String,
    email: String,
    zone: String,
    locale: String,
    region: String,
    review_url: String,
    service_from: String,
    service_to: String,
    survey_from: String,
    survey_to: String,
    surveys_need_consent: Option<String>,
}

impl Fields {
    fn of(business: &Business) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let time = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
        let hours = business.quiet_hours;
        Self {
            name: business.name.clone(),
            address: text(&business.address),
            phone: text(&business.phone),
            email: text(&business.email),
            zone: business.zone.clone(),
            locale: business.locale.clone(),
            region: business.region.clone(),
            review_url: text(&business.review_url),
            service_from: time(hours.service.from),
            service_to: time(hours.service.to),
            survey_from: time(hours.survey.from),
            survey_to: time(hours.survey.to),
            surveys_need_consent: business.surveys_need_consent.then(|| "yes".to_owned()),
        }
    }

    /// The business as the fields say it is to be.
    fn read(&self, before: &Business, zones: &Zones) -> Result<Business, Errors> {
        let mut wrong = Errors::new();
        let mut after = before.clone();
        let mut take = |field: &'static str, phrase: &'static str, said: Result<String, Wrong>| {
            said.inspect_err(|_| {
                wrong.insert(field, phrase);
            })
            .ok()
        };
        let whole = |said: Option<String>, before: &str| said.unwrap_or_else(|| before.to_owned());
        after.name = whole(
            take("name", "business_name_missing", read::name(&self.name)),
            &before.name,
        );
        after.zone = whole(
            take("zone", "zone_unknown", read::zone(&self.zone, zones)),
            &before.zone,
        );
        after.locale = whole(
            take("locale", "locale_unknown", read::locale(&self.locale)),
            &before.locale,
        );
        after.region = whole(
            take("region", "region_unknown", read::region(&self.region)),
            &before.region,
        );
        let region = after.region.clone();
        after.address = written(&self.address).map(str::to_owned);
        after.phone = written(&self.phone).and_then(|text| take("phone", "phone_wrong", read::phone(text, &region)));
        after.email = written(&self.email).and_then(|text| take("email", "email_wrong", read::email(text)));
        after.review_url =
            written(&self.review_url).and_then(|text| take("review_url", "review_url_wrong", read::review_url(text)));
        after.surveys_need_consent = self.surveys_need_consent.is_some();
        let hours = &mut after.quiet_hours;
        match read::hours(&self.service_from, &self.service_to) {
            Ok(span) => hours.service = with_span(hours.service, span),
            Err(_) => {
                wrong.insert("service", "hours_wrong");
            }
        }
        match read::hours(&self.survey_from, &self.survey_to) {
            Ok(span) => {
                hours.survey = with_span(hours.survey, span);
                hours.marketing = with_span(hours.marketing, span);
            }
            Err(_) => {
                wrong.insert("survey", "hours_wrong");
            }
        }
        if wrong.is_empty() { Ok(after) } else { Err(wrong) }
    }
}

/// `GET /settings`.
pub(super) async fn show(staff: Staff, State(app): State<App>, Query(said): Query<Said>) -> Result<Response, WebError> {
    let fields = Fields::of(owned(&staff)?);
    form(&app, &staff, &fields, &Errors::new(), said.notice()).await
}

/// `POST /settings`.
pub(super) async fn save(
    State(app): State<App>,
    Acted { staff, form: fields }: Acted<Fields>,
) -> Result<Response, WebError> {
    let id = owned(&staff)?.id.clone();
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let before = store::business::find(&mut tx, &id).await?.ok_or(WebError::NotFound)?;
    let after = match fields.read(&before, &app.dispatcher.zones) {
        Ok(after) => after,
        Err(errors) => {
            drop(tx);
            return form(&app, &staff, &fields, &errors, None).await;
        }
    };
    let replans = settings::save(&mut tx, &before, &after, &staff.user.name, now).await?;
    tx.commit().await?;
    if replans {
        plan_again(&app, &id, now).await;
    }
    let said = if before == after { "unchanged" } else { "saved" };
    Ok(back("/settings", &after, said).into_response())
}

async fn form(
    app: &App,
    staff: &Staff,
    fields: &Fields,
    errors: &Errors,
    notice: Option<&str>,
) -> Result<Response, WebError> {
    let business = owned(staff)?;
    let mut page = page(staff, "business", notice);
    let mut zones: Vec<_> = app.dispatcher.zones.names().filter(|name| name.contains('/')).collect();
    zones.sort();
    page["fields"] = json!(fields);
    page["zones"] = json!(zones);
    page["locales"] = locales(business);
    page["again"] = again(app, business).await?;
    shown("settings.html", staff, errors, page)
}

/// What a business can write in: every tag with data of its own, and the one that it has.
fn locales(business: &Business) -> Value {
    let mut known: Vec<_> = Locale::known().collect();
    known.extend(Locale::parse(&business.locale).ok());
    known.sort_by_key(|locale| locale.tag().to_owned());
    known.dedup_by_key(|locale| locale.tag().to_owned());
    let one = |locale: &Locale| {
        let region = locale.tag().split_once('-').map(|(_, region)| region.to_owned());
        json!({ "tag": locale.tag(), "language": locale.language(), "region": region })
    };
    known.iter().map(one).collect()
}

/// What the last change of settings has done to what was planned, or is doing.
pub(super) async fn again(app: &App, business: &Business) -> Result<Value, WebError> {
    let replan = store::replan::find(&mut app.store().read().await?, &business.id).await?;
    let zone = zone_of(&app.dispatcher.zones, business)?;
    Ok(replan.map_or(Value::Null, |replan| {
        json!({
            "at": zone.local(replan.asked_at), "under_way": replan.ended_at.is_none(), "done": replan.done,
            "planned": replan.planned, "moved": replan.moved, "skipped": replan.skipped,
        })
    }))
}

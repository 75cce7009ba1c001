//! What the pages behind a respond link say, from what stands in the database.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::{frame, render};
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, BookingStatus, Item, ItemKind, Renewal, RenewalKind};
use crate::domain::locale::Locale;
use crate::domain::message::{Channel, Purpose};
use crate::domain::rating::Scale;
use crate::domain::respond::{Choices, News};
use crate::inbound::page::Page;
use crate::inbound::wishes::{self, Wish};
use crate::store::Tx;
use crate::texts::phrases::Phrases;
use crate::web::error::WebError;

/// What the page takes up of the request, and says about it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said<'a> {
    /// The name of the phrase that tells what was done.
    pub notice: Option<&'a str>,
    /// The name of the phrase that tells why nothing was.
    pub problem: Option<&'a str>,
    /// The score to show as chosen.
    pub chosen: Option<i64>,
    /// Words that were not taken yet, to be kept in their field.
    pub words: &'a str,
}

/// The phrase that thanks for a yes.
pub(super) fn thanks_for_accepting(page: &Page) -> &'static str {
    match page.message.item_kind {
        ItemKind::Booking => "thanks_confirmed",
        ItemKind::Case => "thanks_solved",
        _ => "thanks_renew",
    }
}

/// The page itself.
pub(super) fn respond(page: &Page, said: &Said<'_>, status: StatusCode, now: Instant) -> Result<Response, WebError> {
    let choices = page.choices(now);
    let scale = page.scale();
    let range = scale.map_or(0..=0, Scale::range);
    let chosen = said.chosen.or(page.score).filter(|score| range.contains(score));
    let [least, most, score] = [
        range.start().to_string(),
        range.end().to_string(),
        page.score.map_or_else(String::new, |score| score.to_string()),
    ];
    let when = when(page, now);
    let values = [
        ("when", when.as_str()),
        ("least", &least),
        ("most", &most),
        ("score", &score),
    ];
    let notice = said.notice.or_else(|| standing_notice(page, choices.as_ref()));
    let mut view = frame(page, &values, notice, said.problem)?;
    let heading = heading(page, choices.as_ref());
    view["heading"] = view["t"][heading].clone();
    view["revision"] = page.revision().into();
    view["text"] = said.words.into();
    view["details"] = details(page, &view["t"]);
    view["rate"] = json!(page.takes_rating(now).then(|| json!({
        "scores": range.collect::<Vec<_>>(), "chosen": chosen,
    })));
    view["buttons"] = buttons(page, choices.as_ref(), &view["t"]);
    view["ask"] = ask(page, choices.as_ref(), said, &view["t"]);
    view["cancel"] = choices.is_some_and(|choices| choices.cancel).into();
    render(status, "respond.html", &view)
}

/// The second look before a visit is cancelled.
pub(super) fn cancel(page: &Page, now: Instant) -> Result<Response, WebError> {
    let mut view = frame(page, &[("when", &when(page, now))], None, None)?;
    view["revision"] = page.revision().into();
    render(StatusCode::OK, "cancel.html", &view)
}

/// Which purposes on which channels.
pub(super) async fn preferences(tx: &mut Tx, page: &Page, notice: Option<&str>) -> Result<Response, WebError> {
    let stands = wishes::wishes(tx, page).await?;
    let mut view = frame(page, &[], notice, None)?;
    let mut channels: Vec<Channel> = stands.iter().map(|wish| wish.channel).collect();
    channels.dedup();
    let label = |name: &str| view["t"][name].clone();
    let boxes = |purpose: Purpose| -> Vec<Value> {
        let of_purpose = stands.iter().filter(|wish| wish.purpose == purpose);
        of_purpose
            .map(|wish| {
                json!({
                    "name": format!("{}.{purpose}", wish.channel), "on": wish.wanted,
                    "channel": label(by(wish.channel)), "fixed": !wish.wanted && !wishes::can_give(page, wish.channel),
                })
            })
            .collect()
    };
    let rows: Vec<_> = Purpose::ALL
        .iter()
        .map(|purpose| json!({ "label": label(about(*purpose)), "boxes": boxes(*purpose) }))
        .collect();
    let any_fixed = stands
        .iter()
        .any(|wish| !wish.wanted && !wishes::can_give(page, wish.channel));
    let names: Vec<_> = channels.iter().map(|channel| label(by(*channel))).collect();
    view["rows"] = rows.into();
    view["channels"] = names.into();
    view["any_fixed"] = any_fixed.into();
    render(StatusCode::OK, "preferences.html", &view)
}

/// What stood beside the box that was ticked or cleared.
pub(super) fn wording(page: &Page, wish: Wish) -> String {
    let phrases = page.locale().map(|locale| Phrases::of_pages(&locale).filled(&[]));
    let phrase = |name: &str| phrases.as_ref().and_then(|phrases| phrases.get(name)).cloned();
    let words = ["preferences", about(wish.purpose), by(wish.channel)].map(phrase);
    words.into_iter().flatten().collect::<Vec<_>>().join(" / ")
}

const fn by(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "by_email",
        Channel::Sms | Channel::Call => "by_sms",
    }
}

const fn about(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Service => "about_service",
        Purpose::Survey => "about_survey",
        Purpose::Marketing => "about_marketing",
    }
}

/// The item's time or date as the customer reads it.
fn when(page: &Page, now: Instant) -> String {
    let today = page.desk.calendar.zone.date(now);
    let write = |locale: &Locale| match &page.item {
        Some(Item::Booking(booking)) => locale.on_at(booking.starts.0, today),
        Some(Item::Renewal(renewal)) => locale.on(renewal.ends_on.0, today),
        Some(Item::Case(_) | Item::Reply(_)) | None => String::new(),
    };
    page.locale().as_ref().map(write).unwrap_or_default()
}

/// The phrase that says how things stand.
fn heading(page: &Page, choices: Option<&Choices>) -> &'static str {
    let news = choices.map_or(News::Over, |choices| choices.news);
    match (&page.item, news) {
        (Some(Item::Booking(booking)), news) => visit(booking, news),
        (Some(Item::Renewal(renewal)), News::AsTold | News::Moved) => due(renewal),
        (Some(Item::Case(_)), News::AsTold) => "case_asked",
        (Some(Item::Case(case)), _) if case.is_open() => "case_open",
        _ => "renewal_over",
    }
}

const fn visit(booking: &Booking, news: News) -> &'static str {
    match (news, booking.status) {
        (News::Cancelled, _) => "visit_cancelled",
        (News::Over, _) => "visit_over",
        (_, BookingStatus::ChangeRequested) => "visit_pending",
        (_, BookingStatus::Confirmed) => "visit_confirmed",
        (News::Moved, _) => "visit_moved",
        (News::AsTold, _) => "visit_ahead",
    }
}

const fn due(renewal: &Renewal) -> &'static str {
    match renewal.kind {
        RenewalKind::Policy => "policy_ahead",
        RenewalKind::Warranty => "warranty_ahead",
        RenewalKind::Inspection => "inspection_ahead",
        RenewalKind::Service => "service_ahead",
    }
}

/// What was answered before, or has changed, where the heading does not say it.
fn standing_notice(page: &Page, choices: Option<&Choices>) -> Option<&'static str> {
    let moved = choices.is_some_and(|choices| choices.news == News::Moved);
    match &page.item {
        _ if page.score.is_some() => Some("thanks_rating"),
        Some(Item::Renewal(_)) if page.is_accepted() => Some("thanks_renew"),
        Some(Item::Renewal(_)) if moved => Some("renewal_moved"),
        _ => None,
    }
}

/// Service, vehicle or thing, as far as the message named them.
fn details(page: &Page, t: &Value) -> Value {
    let named = |thing: &Option<String>| thing.clone().filter(|_| page.names_things);
    let lines = match &page.item {
        Some(Item::Booking(booking)) => vec![
            ("service", booking.service.clone()),
            ("vehicle", named(&booking.vehicle)),
        ],
        Some(Item::Renewal(renewal)) => vec![("subject", named(&renewal.subject))],
        Some(Item::Case(_) | Item::Reply(_)) | None => Vec::new(),
    };
    let known = lines
        .into_iter()
        .filter_map(|(name, value)| Some(json!([t[name], value?])));
    known.collect()
}

fn buttons(page: &Page, choices: Option<&Choices>, t: &Value) -> Value {
    let label = match page.message.item_kind {
        ItemKind::Booking => "confirm",
        ItemKind::Case => "solved_yes",
        _ => "renew",
    };
    let offered = choices.is_some_and(|choices| choices.accept);
    let accept = offered.then(|| json!({ "act": "accept", "label": t[label] }));
    accept.into_iter().collect()
}

/// The field for the customer's own words.
fn ask(page: &Page, choices: Option<&Choices>, said: &Said<'_>, t: &Value) -> Value {
    let Some(choices) = choices.filter(|choices| choices.ask) else {
        return Value::Null;
    };
    let (summary, label, hint) = match (&page.item, choices.news) {
        (Some(Item::Booking(_)), News::Cancelled) => ("new_date", "change_words", "change_hint"),
        (Some(Item::Booking(_)), _) => ("change", "change_words", "change_hint"),
        (Some(Item::Case(_)), _) => ("solved_no", "call_words", ""),
        _ => ("call_me", "call_words", ""),
    };
    json!({
        "act": "ask", "summary": t[summary], "label": t[label], "hint": t.get(hint),
        "open": said.problem == Some("words_none"),
    })
}

//! `/r/{token}`: the customer's page for one message. GET shows it, POST does what its buttons say.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;

use super::form::Form;
use super::show::{self, Said};
use super::{gone, token};
use crate::app::App;
use crate::domain::link::LinkPurpose;
use crate::inbound::page::{self, Answer, Page};
use crate::inbound::wishes::{self, Wish};
use crate::store::Tx;
use crate::web::error::WebError;

/// Longest wish or comment that is kept, in characters; the form's own limit.
const LONGEST_WORDS: usize = 1000;

/// The page, or one of the pages behind it: `?page=cancel`, `?page=preferences`. `?score=4` chooses a score and saves
/// nothing.
pub(in crate::web) async fn show(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Result<Response, WebError> {
    let query: Vec<(String, String)> = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect();
    let asked = |name: &str| {
        query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().read().await?;
    let Some(page) = open(&app, &mut tx, &uri).await? else {
        return gone(&headers);
    };
    let said = Said {
        chosen: asked("score").and_then(|score| score.parse().ok()),
        ..Said::default()
    };
    match asked("page") {
        Some("cancel") if page.choices(now).is_some_and(|choices| choices.cancel) => show::cancel(&page, now),
        Some("preferences") => show::preferences(&mut tx, &page, None).await,
        _ => show::respond(&page, &said, StatusCode::OK, now),
    }
}

/// Does what a button says, and shows what holds then.
pub(in crate::web) async fn act(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, WebError> {
    let form = Form::read(&headers, &body);
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let Some(page) = open(&app, &mut tx, &uri).await? else {
        return gone(&headers);
    };
    if form.get("do") == Some("preferences") {
        let wanted = wanted(&form);
        let wording = |wish: Wish| show::wording(&page, wish);
        wishes::prefer(&mut tx, &page, &wanted, wording, now).await?;
        let response = show::preferences(&mut tx, &page, Some("thanks_preferences")).await?;
        tx.commit().await?;
        app.tell_senders();
        return Ok(response);
    }
    let words = words(&form);
    let mut said = Said {
        words: words.as_deref().unwrap_or_default(),
        chosen: form.get("score").and_then(|score| score.parse().ok()),
        ..Said::default()
    };
    let (answer, thanks) = match (form.get("do"), &words, said.chosen) {
        (Some("accept"), ..) => (Answer::Accept, show::thanks_for_accepting(&page)),
        (Some("ask"), Some(words), _) => (Answer::Ask(words), "thanks_change"),
        (Some("cancel"), ..) => (Answer::Cancel, "thanks_cancelled"),
        (Some("rate"), comment, Some(score)) => {
            let comment = comment.as_deref();
            (Answer::Rate { score, comment }, "thanks_rating")
        }
        (asked, ..) => {
            said.problem = match asked {
                Some("ask") => Some("words_none"),
                Some("rate") => Some("rating_none"),
                _ => None,
            };
            return show::respond(&page, &said, StatusCode::UNPROCESSABLE_ENTITY, now);
        }
    };
    let seen = form.get("revision").and_then(|revision| revision.parse().ok());
    let acted = if seen == Some(page.revision()) {
        page::answer(&mut tx, &app.dispatcher.zones, &page, answer, now).await?
    } else {
        None
    };
    if acted.is_none() {
        // What the customer saw is not what holds: they look again before anything is done.
        said.problem = Some("changed");
        return show::respond(&page, &said, StatusCode::CONFLICT, now);
    }
    let Some(page) = open(&app, &mut tx, &uri).await? else {
        return gone(&headers);
    };
    tx.commit().await?;
    app.wake.all();
    let said = Said {
        notice: Some(thanks),
        chosen: said.chosen,
        ..Said::default()
    };
    show::respond(&page, &said, StatusCode::OK, now)
}

async fn open(app: &App, tx: &mut Tx, uri: &Uri) -> Result<Option<Page>, WebError> {
    let now = app.dispatcher.clock.now();
    Ok(page::open(tx, &app.dispatcher.zones, token(uri), LinkPurpose::Respond, now).await?)
}

/// The customer's words; none where there is nothing to read.
fn words(form: &Form) -> Option<String> {
    let text: String = form.get("words")?.trim().chars().take(LONGEST_WORDS).collect();
    let text = text.replace("\r\n", "\n");
    (!text.is_empty()).then_some(text)
}

/// The boxes of the preferences page that were shown, and whether they were ticked.
fn wanted(form: &Form) -> Vec<Wish> {
    let ticked: Vec<_> = form.all("on").collect();
    form.all("shown")
        .filter_map(|name| {
            let (channel, purpose) = name.split_once('.')?;
            Some(Wish {
                channel: channel.parse().ok()?,
                purpose: purpose.parse().ok()?,
                wanted: ticked.contains(&name),
            })
        })
        .collect()
}

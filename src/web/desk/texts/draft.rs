//! A text while it is edited: which one, what is typed, and saving it. Its page is `view`.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::acted::Acted;
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::desk_of;
use super::examples::parts;
use super::locale_of;
use super::view::View;
use crate::app::App;
use crate::domain::business::Business;
use crate::domain::locale::Locale;
use crate::domain::message::Channel;
use crate::domain::policy::{OwnText, PolicyKind};
use crate::outbound::draft::{attempt, built_in};
use crate::outbound::plan::Desk;
use crate::outbound::policy;
use crate::store::{self, Tx};
use crate::texts::{Part, Template, catalogue};

/// What can be said of an act: each has a phrase `said_…`.
const NOTICES: [&str; 3] = ["text_saved", "text_built_in", "text_same"];

/// Which wording is shown, and for whom.
#[derive(Debug, Default, Deserialize)]
pub(in super::super::super) struct Shown {
    #[serde(default)]
    locale: String,
    #[serde(default)]
    example: String,
    /// The change whose earlier wording is to be looked at.
    from: Option<String>,
    said: Option<String>,
}

/// What is edited.
#[derive(Clone, Copy)]
pub(super) struct Edited {
    pub template: &'static Template,
    pub channel: Channel,
    pub locale: Locale,
}

impl Edited {
    fn new(template: &str, channel: &str, locale: &str, business: &Business) -> Result<Self, WebError> {
        let template = catalogue::find(template).ok_or(WebError::NotFound)?;
        let channel = channel.parse().map_err(|_| WebError::NotFound)?;
        if parts(template, channel).is_empty() {
            return Err(WebError::NotFound);
        }
        Ok(Self {
            template,
            channel,
            locale: locale_of(locale, business)?,
        })
    }

    fn parts(self) -> Vec<Part> {
        parts(self.template, self.channel)
    }

    /// What is used now, by part, and whether it is the business's own.
    async fn in_force(
        self,
        tx: &mut Tx,
        app: &App,
        business: &Business,
    ) -> Result<Vec<(Part, String, bool)>, WebError> {
        let texts = app.dispatcher.texts.texts(tx).await?;
        let source = |part: Part| {
            let (place, source) = texts.source(&business.id, self.template.name, self.locale, part)?;
            let is_own = place.business.is_some() && place.locale == self.locale.tag();
            Some((part, source, is_own))
        };
        Ok(self.parts().into_iter().filter_map(source).collect())
    }
}

/// `GET /texts/{template}/{channel}`.
pub(in super::super::super) async fn text(
    State(app): State<App>,
    staff: Staff,
    Path((template, channel)): Path<(String, String)>,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let mut tx = app.store().read().await?;
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let edited = Edited::new(&template, &channel, &shown.locale, &desk.business)?;
    let in_force = edited.in_force(&mut tx, &app, &desk.business).await?;
    let mut drafts: Vec<_> = in_force.iter().map(|(part, body, _)| (*part, body.clone())).collect();
    if let Some(change) = &shown.from {
        earlier(&mut tx, &desk.business, change, edited, &mut drafts).await?;
    }
    let notice = NOTICES.iter().find(|notice| Some(**notice) == shown.said.as_deref());
    let page = json!({ "notice": notice, "brought_back": shown.from.is_some() });
    let view = View {
        edited,
        drafts: &drafts,
        in_force: &in_force,
        example: &shown.example,
    };
    let page = view.page(&mut tx, &app, &staff, &desk, page).await?;
    Ok(page.into_response())
}

/// Puts the wording from before a change into the fields.
async fn earlier(
    tx: &mut Tx,
    business: &Business,
    change: &str,
    edited: Edited,
    drafts: &mut [(Part, String)],
) -> Result<(), WebError> {
    let change = store::policy_change::find(tx, change).await?;
    let change = change.filter(|change| change.business_id == business.id && change.what == PolicyKind::Texts);
    let change = change.ok_or(WebError::NotFound)?;
    let was: Vec<OwnText> = serde_json::from_str(&change.was)?;
    for (part, draft) in drafts {
        let of_it = was.iter().find(|text| {
            text.template == edited.template.name && text.locale == edited.locale.tag() && text.part == part.as_str()
        });
        if let Some(text) = of_it {
            let usual = || built_in(edited.template.name, edited.locale, *part);
            *draft = text.body.clone().or_else(usual).unwrap_or_default();
        }
    }
    Ok(())
}

/// What is to be done with a draft.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    #[default]
    Preview,
    Save,
    BuiltIn,
}

#[derive(Debug, Deserialize)]
pub(in super::super::super) struct Draft {
    #[serde(default)]
    step: Step,
    #[serde(default)]
    locale: String,
    #[serde(default)]
    example: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    sms: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    call: String,
}

impl Draft {
    fn of(&self, part: Part) -> &str {
        match part {
            Part::Sms => &self.sms,
            Part::Subject => &self.subject,
            Part::Body => &self.body,
            Part::Call => &self.call,
        }
    }
}

/// `POST /texts/{template}/{channel}`.
pub(in super::super::super) async fn save(
    State(app): State<App>,
    Path((template, channel)): Path<(String, String)>,
    Acted { staff, form }: Acted<Draft>,
) -> Result<Response, WebError> {
    staff.only_owner()?;
    let now = app.dispatcher.clock.now();
    let mut tx = if form.step == Step::Preview {
        app.store().read().await?
    } else {
        app.store().write().await?
    };
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let edited = Edited::new(&template, &channel, &form.locale, &desk.business)?;
    let in_force = edited.in_force(&mut tx, &app, &desk.business).await?;
    let drafts: Vec<_> = edited
        .parts()
        .into_iter()
        .map(|part| (part, form.of(part).to_owned()))
        .collect();
    let is_current = version(&in_force)? == form.version;
    let mut refused = false;
    if form.step != Step::Preview && is_current {
        let texts = if form.step == Step::BuiltIn {
            Some(without_own(edited))
        } else {
            let tried = attempt(&mut tx, &desk.business.id, edited.template.name, edited.locale, &drafts).await?;
            tried.is_usable().then_some(tried.drafts)
        };
        if let Some(texts) = texts {
            let saved = policy::save_texts(&mut tx, &desk.business.id, &texts, Some(&staff.user.name), now).await?;
            tx.commit().await?;
            let said = match (saved, form.step) {
                (false, _) => "text_same",
                (true, Step::BuiltIn) => "text_built_in",
                (true, _) => "text_saved",
            };
            return Ok(to_page(&desk.business, edited, &form.example, said).into_response());
        }
        refused = true;
    }
    let meanwhile = if is_current {
        None
    } else {
        Some(last_change(&mut tx, &desk).await?)
    };
    let status = if form.step == Step::Preview && meanwhile.is_none() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let view = View {
        edited,
        drafts: &drafts,
        in_force: &in_force,
        example: &form.example,
    };
    let page = json!({ "refused": refused, "changed_by": meanwhile });
    let page = view.page(&mut tx, &app, &staff, &desk, page).await?;
    Ok((status, page).into_response())
}

fn without_own(edited: Edited) -> Vec<OwnText> {
    let parts = edited.parts().into_iter();
    parts
        .map(|part| OwnText {
            template: edited.template.name.to_owned(),
            locale: edited.locale.tag().to_owned(),
            part: part.to_string(),
            body: None,
        })
        .collect()
}

fn to_page(business: &Business, edited: Edited, example: &str, said: &str) -> Redirect {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("business", &business.id)
        .append_pair("locale", edited.locale.tag())
        .append_pair("example", example)
        .append_pair("said", said)
        .finish();
    Redirect::to(&format!("/texts/{}/{}?{query}", edited.template.name, edited.channel))
}

pub(super) fn version(in_force: &[(Part, String, bool)]) -> Result<String, WebError> {
    Ok(policy::version(in_force)?)
}

/// Who changed texts last, and when.
async fn last_change(tx: &mut Tx, desk: &Desk) -> Result<Value, WebError> {
    let last = store::policy_change::page(tx, &desk.business.id, None, 20).await?;
    let of_texts = last.iter().find(|change| change.what == PolicyKind::Texts);
    Ok(of_texts.map_or(
        json!({}),
        |change| json!({ "who": change.changed_by, "at": desk.calendar.zone.local(change.at) }),
    ))
}

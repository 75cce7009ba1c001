//! The desk: what goes out, what went wrong, who is to be phoned, and why a message fared as it did.

mod acting;
mod calls;
mod cases;
mod changes;
mod day;
mod live;
mod lookup;
mod outbox;
mod overview;
mod paging;
mod person;
mod phone;
mod rows;
mod rules;
mod satisfaction;
pub(super) mod settings;
mod story;
mod talk;
mod texts;
mod visits;
mod words;

use std::sync::LazyLock;

use axum::http::Uri;
use axum::response::{Html, Response};
use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};

use self::words::Words;
use super::error::WebError;
use super::kept::Kept;
use crate::domain::locale::Locale;

pub(super) use calls::{calls, made};
pub(super) use cases::{assign, case, cases, close};
pub(super) use changes::{change as policy_change, changes};
pub(super) use day::day;
pub(super) use live::{events, script};
pub(super) use lookup::{booking, bookings, customer, customers, renewal, renewals};
pub(super) use outbox::{act, act_on_all, outbox, resume, tomorrow};
pub(super) use overview::overview;
pub(super) use person::{
    add, as_json, as_text, change, consent, edit, erase, erasure, new, note, number_is_right, strike, tell,
};
pub(super) use phone::{answer, open_link, phone, phones, sample};
pub(super) use rules::{add as add_rule, change as change_rule, edit as edit_rule, rules};
pub(super) use satisfaction::{satisfaction, satisfaction_csv};
pub(super) use story::story;
pub(super) use talk::{assign as take, done, inbox, new as new_talk, seen, settle, talk, who, write};
pub(super) use texts::{save as save_text, script as text_preview, text, texts};
pub(super) use visits::routes as visits;

/// Every page, parsed once.
static PAGES: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    for (name, file) in [
        ("style", STYLE),
        ("script", live::SCRIPT),
        ("text_preview", texts::SCRIPT),
    ] {
        pages.add_global(name, file.address());
    }
    pages.add_template("base.html", include_str!("../../../templates/desk/base.html"))?;
    pages.add_template("rows.html", include_str!("../../../templates/desk/rows.html"))?;
    pages.add_template("overview.html", include_str!("../../../templates/desk/overview.html"))?;
    pages.add_template("day.html", include_str!("../../../templates/desk/day.html"))?;
    pages.add_template("lookup.html", include_str!("../../../templates/desk/lookup.html"))?;
    pages.add_template("customers.html", include_str!("../../../templates/desk/customers.html"))?;
    pages.add_template("customer.html", include_str!("../../../templates/desk/customer.html"))?;
    pages.add_template(
        "customer_edit.html",
        include_str!("../../../templates/desk/customer_edit.html"),
    )?;
    pages.add_template(
        "customer_consent.html",
        include_str!("../../../templates/desk/customer_consent.html"),
    )?;
    pages.add_template(
        "customer_erase.html",
        include_str!("../../../templates/desk/customer_erase.html"),
    )?;
    pages.add_template("bookings.html", include_str!("../../../templates/desk/bookings.html"))?;
    pages.add_template("renewals.html", include_str!("../../../templates/desk/renewals.html"))?;
    pages.add_template("item.html", include_str!("../../../templates/desk/item.html"))?;
    pages.add_template(
        "visit_parts.html",
        include_str!("../../../templates/desk/visit_parts.html"),
    )?;
    pages.add_template(
        "visit_form.html",
        include_str!("../../../templates/desk/visit_form.html"),
    )?;
    pages.add_template(
        "visit_preview.html",
        include_str!("../../../templates/desk/visit_preview.html"),
    )?;
    pages.add_template(
        "story_lines.html",
        include_str!("../../../templates/desk/story_lines.html"),
    )?;
    pages.add_template("story.html", include_str!("../../../templates/desk/story.html"))?;
    pages.add_template("steer.html", include_str!("../../../templates/desk/steer.html"))?;
    pages.add_template("outbox.html", include_str!("../../../templates/desk/outbox.html"))?;
    pages.add_template(
        "outbox_sure.html",
        include_str!("../../../templates/desk/outbox_sure.html"),
    )?;
    pages.add_template(
        "outbox_tomorrow.html",
        include_str!("../../../templates/desk/outbox_tomorrow.html"),
    )?;
    pages.add_template("chart.html", include_str!("../../../templates/desk/chart.html"))?;
    pages.add_template(
        "satisfaction.html",
        include_str!("../../../templates/desk/satisfaction.html"),
    )?;
    pages.add_template("users.html", include_str!("../../../templates/desk/users.html"))?;
    pages.add_template(
        "settings_parts.html",
        include_str!("../../../templates/desk/settings_parts.html"),
    )?;
    pages.add_template("settings.html", include_str!("../../../templates/desk/settings.html"))?;
    pages.add_template(
        "settings_holidays.html",
        include_str!("../../../templates/desk/settings_holidays.html"),
    )?;
    pages.add_template(
        "settings_senders.html",
        include_str!("../../../templates/desk/settings_senders.html"),
    )?;
    pages.add_template(
        "settings_keys.html",
        include_str!("../../../templates/desk/settings_keys.html"),
    )?;
    pages.add_template("user.html", include_str!("../../../templates/desk/user.html"))?;
    pages.add_template("user_link.html", include_str!("../../../templates/desk/user_link.html"))?;
    pages.add_template("profile.html", include_str!("../../../templates/desk/profile.html"))?;
    pages.add_template("import.html", include_str!("../../../templates/desk/import.html"))?;
    pages.add_template(
        "import_run.html",
        include_str!("../../../templates/desk/import_run.html"),
    )?;
    pages.add_template("sign_in.html", include_str!("../../../templates/desk/sign_in.html"))?;
    pages.add_template("set_up.html", include_str!("../../../templates/desk/set_up.html"))?;
    pages.add_template("welcome.html", include_str!("../../../templates/desk/welcome.html"))?;
    pages.add_template("gone.html", include_str!("../../../templates/desk/gone.html"))?;
    pages.add_template("acts.html", include_str!("../../../templates/desk/acts.html"))?;
    pages.add_template("inbox.html", include_str!("../../../templates/desk/inbox.html"))?;
    pages.add_template("thread.html", include_str!("../../../templates/desk/thread.html"))?;
    pages.add_template("talk.html", include_str!("../../../templates/desk/talk.html"))?;
    pages.add_template("cases.html", include_str!("../../../templates/desk/cases.html"))?;
    pages.add_template("case.html", include_str!("../../../templates/desk/case.html"))?;
    pages.add_template("calls.html", include_str!("../../../templates/desk/calls.html"))?;
    pages.add_template("policy.html", include_str!("../../../templates/desk/policy.html"))?;
    pages.add_template("rules.html", include_str!("../../../templates/desk/rules.html"))?;
    pages.add_template("rule_form.html", include_str!("../../../templates/desk/rule_form.html"))?;
    pages.add_template(
        "rule_effect.html",
        include_str!("../../../templates/desk/rule_effect.html"),
    )?;
    pages.add_template("texts.html", include_str!("../../../templates/desk/texts.html"))?;
    pages.add_template("text.html", include_str!("../../../templates/desk/text.html"))?;
    pages.add_template("changes.html", include_str!("../../../templates/desk/changes.html"))?;
    pages.add_template("change.html", include_str!("../../../templates/desk/change.html"))?;
    pages.add_template("error.html", include_str!("../../../templates/desk/error.html"))?;
    pages.add_template("phone.html", include_str!("../../../templates/desk/phone.html"))?;
    Ok(pages)
});

/// The style of every page.
const STYLE: Kept = Kept::style("/desk.css", include_str!("../../../templates/desk/desk.css"));

/// `GET /desk.css`.
pub(super) async fn style(asked: Uri) -> Response {
    STYLE.answer(&asked)
}

/// A page in the reader's language.
pub(super) fn render(name: &str, language: &Locale, page: &serde_json::Value) -> Result<Html<String>, WebError> {
    let pages = PAGES.as_ref().map_err(|error| WebError::Internal(error.to_string()))?;
    let t = Value::from_dyn_object(Words::of(language));
    Ok(Html(pages.get_template(name)?.render(context! { t, ..Serde(page) })?))
}

#[cfg(test)]
mod tests {
    use super::outbox::Show;
    use super::*;
    use crate::carrier::remedy::Remedy;
    use crate::domain::attempt::AttemptState;
    use crate::domain::call::CallOutcome;
    use crate::domain::case::Cause;
    use crate::domain::coming::{Coming, Ending};
    use crate::domain::desk_item::DeskKind;
    use crate::domain::item::{BookingStatus, ItemKind, RenewalKind, RenewalStatus};
    use crate::domain::locale::languages;
    use crate::domain::message::{Asks, Channel, Purpose, Reason, State};
    use crate::domain::replan::Hold;
    use crate::domain::reply::Intent;
    use crate::domain::rule::Anchor;
    use crate::outbound::notice;
    use crate::outbound::steering::Act;
    use crate::texts::catalogue;
    use crate::texts::phrases::Phrases;

    #[test]
    fn every_page_can_be_read_and_an_empty_desk_shows() {
        assert!(PAGES.as_ref().is_ok(), "{:?}", PAGES.as_ref().err());
        let page = serde_json::json!({ "businesses": [] });
        for (language, heading) in [("en", "No business yet"), ("pl", "Nie ma jeszcze firmy")] {
            let shown = render("overview.html", &Locale::parse(language).unwrap(), &page);
            assert!(shown.is_ok_and(|Html(shown)| shown.contains(heading)), "{language}");
        }
    }

    /// The names in `t("…")` of a template, and those that begin with a prefix and end with a value.
    fn said(template: &str) -> impl Iterator<Item = (&str, bool)> {
        template.split("t(\"").skip(1).filter_map(|rest| {
            let (name, after) = rest.split_once('"')?;
            Some((name, after.trim_start().starts_with('~')))
        })
    }

    #[test]
    fn every_phrase_of_a_page_is_there_and_every_name_of_a_list_has_one() {
        let phrases = Phrases::of_desk(&Locale::parse("en").unwrap());
        let is_there = |name: &str| phrases.say(name, |_| None).is_some();
        let pages = PAGES.as_ref().unwrap();
        for (page, template) in pages.templates() {
            for (name, is_prefix) in said(template.source()) {
                assert!(is_prefix || is_there(name), "{page} says {name}");
            }
        }
        // The footer is a part of mails.
        let messages = catalogue::TEMPLATES
            .iter()
            .filter(|template| template.name != "mail_footer");
        let listed = State::ALL.iter().map(|state| format!("state_{state}"));
        let listed = listed.chain(Reason::ALL.iter().map(|reason| format!("reason_{reason}")));
        let listed = listed.chain(Hold::ALL.iter().map(|hold| format!("hold_{hold}")));
        let listed = listed.chain(Channel::ALL.iter().map(|channel| format!("channel_{channel}")));
        let listed = listed.chain(DeskKind::ALL.iter().map(|kind| format!("waits_{kind}")));
        let listed = listed.chain(BookingStatus::ALL.iter().map(|status| format!("booking_{status}")));
        let listed = listed.chain(RenewalStatus::ALL.iter().map(|status| format!("renewal_{status}")));
        let listed = listed.chain(RenewalKind::ALL.iter().map(|kind| format!("kind_{kind}")));
        let listed = listed.chain(Purpose::ALL.iter().map(|purpose| format!("purpose_{purpose}")));
        let listed = listed.chain(Intent::ALL.iter().map(|intent| format!("intent_{intent}")));
        let listed = listed.chain(CallOutcome::ALL.iter().map(|outcome| format!("outcome_{outcome}")));
        let listed = listed.chain(Cause::ALL.iter().map(|cause| format!("cause_{cause}")));
        let listed = listed.chain(
            Act::ALL
                .iter()
                .flat_map(|act| [format!("act_{act}"), format!("did_{act}")]),
        );
        let listed = listed.chain(story::EVENTS.iter().map(|event| format!("past_{event}")));
        let listed = listed.chain(story::FIELDS.iter().map(|field| format!("past_field_{field}")));
        let listed = listed.chain(story::WAYS.iter().map(|way| format!("way_{way}")));
        let listed = listed.chain(story::SOURCES.iter().map(|source| format!("source_{source}")));
        let listed = listed.chain(Anchor::ALL.iter().map(|anchor| format!("story_anchor_{anchor}")));
        let listed = listed.chain(AttemptState::ALL.iter().map(|state| format!("attempt_{state}")));
        let listed = listed.chain(ItemKind::ALL.iter().map(|kind| format!("story_item_{kind}")));
        let listed = listed.chain(notice::TEMPLATES.iter().map(|template| format!("notice_{template}")));
        let listed = listed.chain(outbox::reasons());
        let listed = listed.chain(Remedy::ALL.iter().map(|remedy| format!("remedy_{remedy}")));
        let listed = listed.chain(
            Show::ALL
                .iter()
                .flat_map(|show| [format!("show_{show}"), format!("range_{show}")]),
        );
        let listed = listed.chain(languages().into_iter().map(|language| format!("language_{language}")));
        let listed = listed.chain(Coming::ALL.iter().map(|coming| format!("coming_{coming}")));
        let listed = listed.chain(Ending::ALL.iter().map(|ending| format!("ending_{ending}")));
        let listed = listed.chain(Asks::ALL.iter().map(|asks| format!("phone_asks_{asks}")));
        let listed = listed.chain(messages.map(|template| format!("message_{}", template.name)));
        for name in listed {
            assert!(is_there(&name), "{name}");
        }
    }
}

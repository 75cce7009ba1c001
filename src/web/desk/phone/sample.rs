//! A made-up customer is reminded at once, or taken away again.

use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

use super::super::super::acted::Acted;
use super::super::super::error::WebError;
use super::super::acting::back;
use crate::app::App;
use crate::domain::message::Channel;
use crate::outbound::sample::{self, Sample};
use crate::texts::phrases::Phrases;

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    Send,
    Remove,
}

#[derive(Debug, Deserialize)]
pub(in super::super::super) struct Wanted {
    act: Act,
}

/// `POST /phone/sample`.
pub(in super::super::super) async fn sample(
    State(app): State<App>,
    Acted { staff, form }: Acted<Wanted>,
) -> Result<Redirect, WebError> {
    if !app.dispatcher.is_sandbox(Channel::Sms) {
        return Err(WebError::NotFound);
    }
    let business = staff.business().ok_or(WebError::NotFound)?;
    let now = app.dispatcher.clock.now();
    let (page, said) = match form.act {
        Act::Send => {
            let name = Phrases::of_desk(&staff.locale()?).say("phone_sample_name", |_| None);
            match sample::send(&app.dispatcher, &business.id, &name.unwrap_or_default(), now).await? {
                Sample::Goes(customer) => (format!("/phone/{customer}"), "phone_sample_goes"),
                Sample::Waits(customer) => (format!("/phone/{customer}"), "phone_sample_waits"),
                Sample::Nothing => ("/phone".to_owned(), "phone_sample_nothing"),
            }
        }
        Act::Remove => {
            sample::take_away(&app.dispatcher, &business.id, now).await?;
            ("/phone".to_owned(), "phone_sample_removed")
        }
    };
    app.tell_senders();
    Ok(back(&page, business, said))
}

//! Finding a message whose outcome is unknown among those that the provider has.

use chrono::TimeDelta;

use super::resource::{Message, Page};
use super::{AskError, Found, Lookup, Twilio, answer};

/// The provider's clock and ours may differ by this much. Too little would send a message twice where this machine's
/// clock runs ahead; too much costs nothing, since messages that we know of already are not taken for this one.
const CLOCK_SLACK: TimeDelta = TimeDelta::minutes(10);
/// Pages of 100 texts to one customer. Beyond that the list is no list of that customer's texts.
const MOST_PAGES: usize = 10;

/// Everything that could be the message, oldest first.
///
/// # Errors
/// When the provider can't be asked, or when its list does not end: half a list proves nothing.
pub(super) async fn find(twilio: &Twilio, lookup: &Lookup) -> Result<Vec<Found>, AskError> {
    let since = lookup.started_at - CLOCK_SLACK;
    let mut matching: Vec<Message> = Vec::new();
    let mut request = twilio.requests.list(lookup);
    for _ in 0..MOST_PAGES {
        let page: Page = answer::json(twilio.ask(request).await?).await?;
        matching.extend(
            page.messages
                .into_iter()
                .filter(|message| message.could_be(lookup, since)),
        );
        match page.next_page_uri {
            Some(uri) => request = twilio.requests.next(&uri)?,
            None => return Ok(oldest_first(matching)),
        }
    }
    Err(AskError::Failed(format!("the list has more than {MOST_PAGES} pages")))
}

fn oldest_first(mut messages: Vec<Message>) -> Vec<Found> {
    messages.sort_by_key(Message::created);
    messages.into_iter().filter_map(found).collect()
}

fn found(message: Message) -> Option<Found> {
    let met = message
        .updated()
        .unwrap_or(crate::domain::instant::Instant::from_millis(0));
    let receipt = message.receipt(met);
    Some(Found {
        provider_id: message.sid?,
        receipt,
    })
}

//! What customers have sent: the provider's list is asked where its webhooks may have failed: it tries
//! once again and then no more (<https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides>).

use super::resource::{Message, Page};
use super::{AskError, Received, Twilio, answer};
use crate::domain::instant::Instant;

/// Pages of 1,000 messages to one number, the newest first: more in two days is no business of this kind.
const MOST_PAGES: usize = 50;

/// Everything to `number` since `since`, oldest first.
///
/// # Errors
/// When the provider can't be asked.
pub(super) async fn received(twilio: &Twilio, number: &str, since: Instant) -> Result<Vec<Received>, AskError> {
    let mut found = Vec::new();
    let mut request = twilio.requests.list_to(number, since.utc().date_naive());
    for _ in 0..MOST_PAGES {
        let page: Page = answer::json(twilio.ask(request).await?).await?;
        found.extend(page.messages.into_iter().filter_map(Message::into_received));
        match page.next_page_uri {
            Some(uri) => request = twilio.requests.next(&uri)?,
            None => break,
        }
    }
    found.retain(|received: &Received| received.at.is_none_or(|at| at >= since));
    found.sort_by_key(|received| received.at);
    Ok(found)
}

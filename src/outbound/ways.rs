//! How a customer can answer a message: which links its text gets, and whether a reply to its sender arrives.
//!
//! The links have a placeholder for a token here, whether the text is only shown or really goes: tokens are made when
//! a message leaves (`dispatch::links`).

use super::dispatch::Settings;
use crate::domain::link::{LinkPurpose, PLACEHOLDER};
use crate::domain::message::Channel;
use crate::domain::phone::takes_replies;
use crate::outbound::notice::ANSWER;
use crate::outbound::recipient::is_alert;
use crate::texts::{Texts, Ways};

/// Whether an answer to a message on `channel` from `sender` reaches us: a mail's answer is its link.
#[must_use]
pub fn can_reply(channel: Channel, sender: &str) -> bool {
    channel != Channel::Sms || takes_replies(sender)
}

/// What one message's text is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    pub link: Option<String>,
    pub unsubscribe_link: Option<String>,
    by_reply: bool,
}

impl Offered {
    /// What a message made of `template` offers on `channel`. `by_reply`: a text message can be answered (`can_reply`).
    ///
    /// Mails carry both links. A text message carries one where nothing else is left or where it is long anyway: a link
    /// costs a segment more.
    #[must_use]
    pub fn new(settings: &Settings, template: &str, channel: Channel, by_reply: bool) -> Self {
        // Whoever holds a customer's link speaks for the customer: the business gets none. What somebody wrote stays as
        // it is.
        let to_customer = !is_alert(template) && template != ANSWER;
        let linked = match channel {
            _ if !to_customer => false,
            Channel::Email => true,
            Channel::Sms => !by_reply || Texts::links_in_sms(template),
            Channel::Call => false,
        };
        let url = |purpose: LinkPurpose| {
            let public_url = settings.public_url.as_deref()?;
            Some(purpose.url(public_url, PLACEHOLDER))
        };
        Self {
            link: linked.then(|| url(LinkPurpose::Respond)).flatten(),
            unsubscribe_link: (to_customer && channel == Channel::Email)
                .then(|| url(LinkPurpose::Unsubscribe))
                .flatten(),
            by_reply,
        }
    }

    /// The same, for texts.
    #[must_use]
    pub fn ways(&self) -> Ways<'_> {
        Ways {
            link: self.link.as_deref(),
            unsubscribe_link: self.unsubscribe_link.as_deref(),
            by_reply: self.by_reply,
        }
    }
}

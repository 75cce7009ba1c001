//! A customer: who they are and how they can be reached.

use serde::Serialize;

use super::message::Channel;

/// Somebody who gets messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Customer {
    pub id: String,
    pub business_id: String,
    pub external_id: Option<String>,
    pub name: String,
    /// E.164.
    pub phone: Option<String>,
    /// As it came in, so that nothing is lost when it can't be read.
    pub phone_raw: Option<String>,
    /// The number can receive texts: a mobile, or one that can't be told from a mobile.
    pub phone_texts: bool,
    pub email: Option<String>,
    pub locale: Option<String>,
    /// The channel the customer asked for; tried first where a rule offers it.
    pub channel: Option<Channel>,
    pub standing: Option<String>,
    pub notes: Option<String>,
    pub erased: bool,
}

impl Customer {
    /// Somebody of whom nothing is known yet, or any more.
    #[must_use]
    pub const fn unknown(id: String, business_id: String) -> Self {
        Self {
            id,
            business_id,
            external_id: None,
            name: String::new(),
            phone: None,
            phone_raw: None,
            phone_texts: false,
            email: None,
            locale: None,
            channel: None,
            standing: None,
            notes: None,
            erased: false,
        }
    }

    /// Where a message on that channel goes, or nothing when there is no usable address.
    #[must_use]
    pub fn address(&self, channel: Channel) -> Option<&str> {
        match channel {
            Channel::Sms => self.phone.as_deref().filter(|_| self.phone_texts),
            Channel::Call => self.phone.as_deref(),
            Channel::Email => self.email.as_deref(),
        }
    }
}

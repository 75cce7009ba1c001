//! What an operator must do before a stopped sender can go on, by the code with which it was stopped.

use crate::domain::closed_list::closed_list;
use crate::domain::message::Channel;

closed_list! {
    /// What mends a stopped sender.
    Remedy {
        /// The provider refuses the account or its key.
        SmsAccount = "sms_account",
        SmsTrial = "sms_trial",
        /// Nothing answers where the provider should: its address or the account's name is wrong.
        SmsAddress = "sms_address",
        /// Our number or name can't send texts.
        SmsSender = "sms_sender",
        /// It may not send texts yet.
        SmsRegistration = "sms_registration",
        SmsCountry = "sms_country",
        /// A text was taken for spam.
        SmsSpam = "sms_spam",
        /// Automatic answers go round in circles.
        SmsLoop = "sms_loop",
        /// The provider can't call us back.
        SmsCallback = "sms_callback",
        /// The mail server refuses our login.
        MailLogin = "mail_login",
        /// It can't be spoken with.
        MailServer = "mail_server",
        /// It refuses our sender or all our mail.
        MailSender = "mail_sender",
        Other = "other",
    }
}

impl Remedy {
    /// By the code of Twilio's API or HTTP, or of SMTP.
    #[must_use]
    pub const fn of(channel: Channel, code: Option<i64>) -> Self {
        match (channel, code) {
            (Channel::Sms, Some(code)) => Self::of_text(code),
            (Channel::Email, Some(530 | 534 | 535 | 538)) => Self::MailLogin,
            (Channel::Email, None) => Self::MailServer,
            (Channel::Email, Some(_)) => Self::MailSender,
            _ => Self::Other,
        }
    }

    const fn of_text(code: i64) -> Self {
        match code {
            20003 | 30002 | 401 | 402 | 403 => Self::SmsAccount,
            20404 | 300..=399 | 404 | 405 | 407 => Self::SmsAddress,
            21608 | 63015 => Self::SmsTrial,
            21212 | 21603 | 21606 | 21703 | 21705 | 30024 | 63007 => Self::SmsSender,
            30018 | 30032 | 30034 | 30035 => Self::SmsRegistration,
            21408 => Self::SmsCountry,
            30007 => Self::SmsSpam,
            14107 => Self::SmsLoop,
            11200 | 21609 | 57012 => Self::SmsCallback,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_who_has_to_do_what() {
        for (channel, code, remedy) in [
            (Channel::Sms, Some(20003), Remedy::SmsAccount),
            (Channel::Sms, Some(401), Remedy::SmsAccount),
            (Channel::Sms, Some(302), Remedy::SmsAddress),
            (Channel::Sms, Some(30034), Remedy::SmsRegistration),
            (Channel::Sms, Some(99999), Remedy::Other),
            (Channel::Sms, None, Remedy::Other),
            (Channel::Email, Some(535), Remedy::MailLogin),
            (Channel::Email, Some(550), Remedy::MailSender),
            (Channel::Email, None, Remedy::MailServer),
            (Channel::Call, None, Remedy::Other),
        ] {
            assert_eq!(Remedy::of(channel, code), remedy, "{channel} {code:?}");
        }
    }
}

//! What a Twilio webhook about a customer's message says
//! (<https://www.twilio.com/docs/messaging/guides/webhook-request>).

use super::Received;

/// The name under which a pool of numbers stands in the pairs: then the number itself was chosen by the provider.
pub const SERVICE_PAIR: &str = "MessagingServiceSid";

/// Reads the pairs of a webhook, which are stored whole but for the body: the set grows without notice. Nothing where it names no
/// message or no numbers. Nothing is trimmed.
#[must_use]
pub fn received(pairs: &[(String, String)]) -> Option<Received> {
    let value = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| pairs.iter().find(|(key, value)| key == name && !value.is_empty()))
            .map(|(_, value)| value.clone())
    };
    Some(Received {
        provider_id: value(&["MessageSid", "SmsMessageSid", "SmsSid"])?,
        sender: value(&["From"])?,
        recipient: value(&["To"])?,
        body: value(&["Body"]).unwrap_or_default(),
        media: value(&["NumMedia"])
            .and_then(|count| count.parse().ok())
            .unwrap_or_default(),
        opt_out_type: value(&["OptOutType"]).unwrap_or_default().to_ascii_uppercase(),
        at: None,
        pairs: pairs.iter().filter(|(name, _)| name != "Body").cloned().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::received;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn everything_is_kept_as_it_came_but_the_body() {
        let all = pairs(&[
            ("MessageSid", "SM1"),
            ("From", "+38640123456"),
            ("To", "+15017122661"),
            ("Body", " STOP "),
            ("NumMedia", "2"),
            ("OptOutType", "stop"),
            ("NewInNovember", ""),
        ]);
        let received = received(&all).expect("a message");
        assert_eq!(received.body, " STOP ");
        assert_eq!((received.media, received.opt_out_type.as_str()), (2, "STOP"));
        assert_eq!(received.pairs.len(), all.len() - 1);
        assert!(received.pairs.iter().all(|(name, _)| name != "Body"));
    }

    #[test]
    fn the_old_name_of_the_id_does_and_an_empty_body_is_a_message() {
        let old = received(&pairs(&[
            ("MessageSid", ""),
            ("SmsSid", "SM1"),
            ("From", "+1"),
            ("To", "+2"),
        ]));
        assert_eq!(
            old.map(|old| (old.provider_id, old.body)),
            Some(("SM1".to_owned(), String::new()))
        );
    }

    #[test]
    fn what_names_no_message_or_no_numbers_is_none() {
        assert_eq!(received(&pairs(&[("From", "+1"), ("To", "+2"), ("Body", "C")])), None);
        assert_eq!(received(&pairs(&[("MessageSid", "SM1"), ("To", "+2")])), None);
    }
}

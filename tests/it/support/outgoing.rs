//! Messages as dispatch would hand them over.

use daybefore::carrier::{CalendarPart, Content, Mail, Outgoing};
use daybefore::domain::instant::Instant;
use daybefore::domain::invitation::{Invitation, Method, Party, invitation};

/// 2026-11-22T04:00:00Z, the moment of every attempt in the suite.
pub const NOW: Instant = Instant::from_millis(1_795_320_000_000);

/// A text to Anna.
pub fn text(attempt: &str, text: &str) -> Outgoing {
    Outgoing {
        attempt_id: attempt.to_owned(),
        message_id: format!("message-of-{attempt}"),
        from: String::new(),
        to: "+38640123456".to_owned(),
        content: Content::Sms { text: text.to_owned() },
        now: NOW,
    }
}

/// A mail to somebody at example.com, with umlauts wherever they can stand.
pub fn mail(message: &str, to: &str) -> Outgoing {
    Outgoing {
        attempt_id: format!("attempt-of-{message}"),
        message_id: message.to_owned(),
        from: String::new(),
        to: to.to_owned(),
        content: Content::Email(Box::new(Mail {
            subject: "Erinnerung: Ölwechsel für Ihren Wagen morgen um 9:00 bei Garage Müller & Söhne".to_owned(),
            text: "Guten Tag\n\nbis morgen um 9:00.\n.\nGarage Müller\n".to_owned(),
            html: "<p>Guten Tag</p>\n<p>bis morgen um 9:00.</p>\n".to_owned(),
            to_name: "Ana Košir".to_owned(),
            calendar: None,
            unsubscribe_mailbox: None,
            by_hand: false,
            in_reply_to: None,
            unsubscribe_url: Some("https://garage.example/u/0123456789abcdef".to_owned()),
        })),
        now: NOW,
    }
}

/// The same with an invitation of the given method and sequence.
pub fn mail_with_invitation(message: &str, to: &str, method: Method, sequence: u32) -> Outgoing {
    let mut outgoing = mail(message, to);
    let body = invitation(&Invitation {
        method,
        uid: "booking-1@garage.example".to_owned(),
        sequence,
        now: NOW,
        starts_at: Instant::from_millis(NOW.millis() + 86_400_000),
        ends_at: Instant::from_millis(NOW.millis() + 90_000_000),
        organizer: Party {
            name: "Garage Müller".to_owned(),
            address: "desk@garage.example".to_owned(),
        },
        attendee: Party {
            name: "Ana Košir".to_owned(),
            address: to.to_owned(),
        },
        summary: "Ölwechsel; Reifen, vorn".to_owned(),
        location: Some("Hauptstraße 1, 8000 Zürich".to_owned()),
    });
    if let Content::Email(mail) = &mut outgoing.content {
        mail.calendar = Some(CalendarPart {
            method: method.as_str(),
            body,
        });
    }
    outgoing
}

//! A mail as bytes: what `smtp` sends and `sandbox` writes down.
//!
//! Structure: `mixed(alternative(text, html, text/calendar), invite.ics)`; without a calendar part the
//! alternative alone. Names and subjects come from customers' data, so every header value is cleaned of line ends
//! before it is encoded (RFC 2047), and none can begin another header.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use url::Url;

use super::{CalendarPart, Failure, Mail, Outcome, Outgoing};

/// RFC 5322, 2.1.1 ends lines at 998 octets, and this header is better not folded.
const LONGEST_URL: usize = 900;

/// A mail that can be sent, and the Message-ID it has got.
pub(super) struct Built {
    pub(super) message: Message,
    pub(super) message_id: String,
}

/// Builds the mail. `from` stands in where `Outgoing.from` is empty.
///
/// The Message-ID is made of `Outgoing.message_id` and the sender's domain alone, so that all attempts share it and
/// mailboxes can drop a repeat (RFC 5322, 3.6.4).
///
/// # Errors
/// The outcome to report: a bad address of the receiver, a bad one of ours (an operator must act), or a part that
/// can't be encoded.
pub(super) fn build(outgoing: &Outgoing, mail: &Mail, from: &str) -> Result<Built, Outcome> {
    let from = if outgoing.from.is_empty() { from } else { &outgoing.from };
    let from = mailbox(from).ok_or_else(|| Outcome::Stop {
        spent: false,
        failure: failed("our own address is not valid"),
    })?;
    let to: Address = outgoing.to.trim().parse().map_err(|_| Outcome::Rejected {
        bad_address: true,
        failure: failed("the mail address is not valid"),
    })?;
    let message_id = format!("<{}@{}>", id_part(&outgoing.message_id), from.email.domain());
    let name = clean(&mail.to_name);
    let mut builder = Message::builder()
        .from(from)
        .to(Mailbox::new((!name.is_empty()).then_some(name), to))
        .subject(clean(&mail.subject))
        .date(date(outgoing))
        .message_id(Some(message_id.clone()));
    if !mail.by_hand {
        // RFC 3834: whoever answers automatically must not answer us. Outlook knows its own header only.
        builder = builder
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"));
    }
    if let Some(answered) = mail.in_reply_to.as_deref().and_then(message_id_of) {
        builder = builder.in_reply_to(answered.clone()).references(answered);
    }
    if let Some(url) = unsubscribe(mail) {
        // Folded by hand: two addresses would make a long line.
        let mailbox = mail.unsubscribe_mailbox.as_deref().and_then(mailto);
        let also = mailbox.map_or_else(String::new, |mailbox| format!(",\r\n <{mailbox}>"));
        builder = builder.raw_header(header("List-Unsubscribe", &format!("<{url}>{also}")));
        // RFC 8058 allows one-click for HTTPS only.
        if url.scheme() == "https" {
            builder = builder.raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
    }
    let message = match &mail.calendar {
        Some(part) => builder.multipart(with_calendar(mail, part)?),
        None if mail.by_hand => builder.singlepart(SinglePart::plain(mail.text.clone())),
        None => builder.multipart(alternative(mail)),
    };
    Ok(Built {
        message: message.map_err(|error| Outcome::Faulty {
            failure: failed(&error.to_string()),
        })?,
        message_id,
    })
}

/// Text first, then HTML: readers take the last part that they understand.
fn alternative(mail: &Mail) -> MultiPart {
    let parts = MultiPart::alternative().singlepart(SinglePart::plain(mail.text.clone()));
    if mail.html.is_empty() {
        parts
    } else {
        parts.singlepart(SinglePart::html(mail.html.clone()))
    }
}

/// The calendar goes twice: as an alternative for programs that show buttons, as a file for those that don't.
fn with_calendar(mail: &Mail, part: &CalendarPart) -> Result<MultiPart, Outcome> {
    let faulty = |text: &str| Outcome::Faulty { failure: failed(text) };
    // RFC 6047, 2.4: the parameter repeats the METHOD property.
    let inline = ContentType::parse(&format!("text/calendar; charset=UTF-8; method={}", part.method))
        .map_err(|_| faulty("the calendar part's method is no word"))?;
    let file = ContentType::parse("application/ics; name=\"invite.ics\"").map_err(|_| faulty("no content type"))?;
    // Base64 on both: other encodings leave line ends to whoever decodes them, and iCalendar wants CRLF.
    let body = Body::new_with_encoding(part.body.clone(), ContentTransferEncoding::Base64)
        .map_err(|_| faulty("the calendar part can't be encoded"))?;
    let inline = SinglePart::builder().content_type(inline).body(body.clone());
    let file = Attachment::new("invite.ics".to_owned()).body(body, file);
    Ok(MultiPart::mixed()
        .multipart(alternative(mail).singlepart(inline))
        .singlepart(file))
}

/// A Message-ID as another mail may name it; none where it is no such thing.
fn message_id_of(id: &str) -> Option<String> {
    let inner = id.trim().trim_start_matches('<').trim_end_matches('>');
    let is_one = inner.contains('@')
        && inner.len() <= LONGEST_URL
        && inner
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b','));
    is_one.then(|| format!("<{inner}>"))
}

/// `Name <a@b>` or `a@b`.
pub(super) fn mailbox(text: &str) -> Option<Mailbox> {
    let text = clean(text);
    let Some((name, rest)) = text.rsplit_once('<') else {
        return Some(Mailbox::new(None, text.parse().ok()?));
    };
    let address = rest.strip_suffix('>')?.trim().parse().ok()?;
    let name = name.trim().trim_matches('"').trim();
    Some(Mailbox::new((!name.is_empty()).then(|| name.to_owned()), address))
}

fn unsubscribe(mail: &Mail) -> Option<Url> {
    let url = Url::parse(mail.unsubscribe_url.as_deref()?).ok()?;
    // A parsed URL is ASCII without blanks or brackets, so that it can stand in a header as it is.
    (matches!(url.scheme(), "https" | "http") && url.as_str().len() <= LONGEST_URL).then_some(url)
}

/// `mailto:` for an address; every mark in it that could end it is percent-encoded.
fn mailto(mailbox: &str) -> Option<Url> {
    let address = self::mailbox(mailbox)?.email;
    let mut url = Url::parse("mailto:").ok()?;
    url.set_path(address.as_ref());
    url.query_pairs_mut().append_pair("subject", "unsubscribe");
    let is_plain = url.as_str().is_ascii() && !url.as_str().contains(['<', '>', ' ', ',']);
    (is_plain && url.as_str().len() <= LONGEST_URL).then_some(url)
}

fn date(outgoing: &Outgoing) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(outgoing.now.millis()).unwrap_or_default())
}

/// A header of constants or checked URLs; it needs no encoding and is not folded.
fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.to_owned(), value.to_owned())
}

/// One line: control characters, line ends among them, become blanks.
fn clean(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim().to_owned()
}

/// An RFC 5322 `id-left`: our ids are UUIDs, but a header is no place to rely on that.
fn id_part(id: &str) -> String {
    id.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' || c == '.' {
                c
            } else {
                '_'
            }
        })
        .collect()
}

fn failed(text: &str) -> Failure {
    Failure {
        code: None,
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests;

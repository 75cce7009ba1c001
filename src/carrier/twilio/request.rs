//! The requests, in the form that the published `OpenAPI` description asks for (twilio/twilio-oai, `twilio_api_v2010`).
//!
//! Everything that is the same for all messages is made once: URLs, and the encoded parts of the form.

use chrono::NaiveDate;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request};
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::{AskError, Lookup, Outgoing, Settings, SetupError};

/// The version is part of the path, and of every URL that the provider hands back.
const VERSION: &str = "2010-04-01";
/// Messages asked for at once when looking for one; the API allows 1,000.
const PAGE_SIZE: &str = "100";
/// The same where all are wanted.
const LONG_PAGE: &str = "1000";

/// Builds every request of one account.
pub(super) struct Requests {
    /// `…/2010-04-01/Accounts/{id}`.
    account: Url,
    /// `…/Messages.json` below it.
    messages: Url,
    /// The path of `base_url`, without a slash at its end; mostly empty.
    base_path: String,
    from: String,
    callback: Option<Callback>,
    /// `&ValidityPeriod=…`, or nothing.
    validity: String,
}

/// The encoded callback parameter, with room for the attempt's id.
struct Callback {
    before: String,
    after: String,
}

impl Requests {
    /// # Errors
    /// When the base URL is no http(s) URL, the validity is out of range, or the account is empty.
    pub(super) fn new(settings: &Settings) -> Result<Self, SetupError> {
        let base_path = base(&settings.base_url)?.path().trim_end_matches('/').to_owned();
        let mut account = base(&settings.base_url)?;
        if settings.account_sid.is_empty() {
            return Err(SetupError::setting("sms.account_sid", "is empty"));
        }
        account.set_path(&base_path);
        extend(&mut account, &[VERSION, "Accounts", &settings.account_sid]);
        let mut messages = account.clone();
        extend(&mut messages, &["Messages.json"]);
        let validity = match settings.validity_seconds {
            None => String::new(),
            Some(seconds @ 1..=36_000) => format!("&ValidityPeriod={seconds}"),
            Some(_) => return Err(SetupError::setting("sms.validity_seconds", "must be 1 to 36000")),
        };
        let callback = settings.status_callback.as_ref().map(Callback::new);
        Ok(Self {
            account,
            messages,
            base_path,
            from: settings.from.clone(),
            callback,
            validity,
        })
    }

    /// Host and base path, for a person.
    pub(super) fn place(&self) -> String {
        format!("{}{}", self.account.origin().ascii_serialization(), self.base_path)
    }

    /// `POST Messages.json`.
    pub(super) fn create(&self, outgoing: &Outgoing, text: &str) -> Request {
        let mut body = String::with_capacity(192 + outgoing.to.len() + 2 * text.len());
        append(&mut body, "To=", &outgoing.to);
        let from = self.sender(&outgoing.from);
        append(
            &mut body,
            if is_service(from) {
                "&MessagingServiceSid="
            } else {
                "&From="
            },
            from,
        );
        append(&mut body, "&Body=", text);
        body.push_str(&self.validity);
        if let Some(callback) = &self.callback {
            callback.write(&mut body, &outgoing.attempt_id);
        }
        let mut request = Request::new(Method::POST, self.messages.clone());
        request.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        *request.body_mut() = Some(body.into());
        request
    }

    /// `GET Messages.json`, filtered to what could be the looked-up message.
    ///
    /// Not by `DateSent`, which is empty on a message that still waits, and not by `From` behind a messaging
    /// service, which chooses the sender itself.
    pub(super) fn list(&self, lookup: &Lookup) -> Request {
        let mut query = Serializer::new(String::new());
        query.append_pair("To", &lookup.to);
        let from = self.sender(&lookup.from);
        if !is_service(from) {
            query.append_pair("From", from);
        }
        query.append_pair("PageSize", PAGE_SIZE);
        self.page(&query.finish())
    }

    /// `GET Messages.json`, everything to one of our numbers since a day (GMT): the filter knows no hours, and its
    /// inequality is part of the parameter's name.
    pub(super) fn list_to(&self, number: &str, since: NaiveDate) -> Request {
        let mut query = Serializer::new(String::new());
        query
            .append_pair("To", number)
            .append_pair("DateSent>", &since.to_string())
            .append_pair("PageSize", LONG_PAGE);
        self.page(&query.finish())
    }

    /// The newest message alone: the cheapest question that needs valid credentials.
    pub(super) fn newest(&self) -> Request {
        self.page("PageSize=1")
    }

    /// `GET Messages/{sid}.json`.
    pub(super) fn fetch(&self, provider_id: &str) -> Request {
        Request::new(
            Method::GET,
            self.resource(&["Messages", &format!("{provider_id}.json")]),
        )
    }

    /// `GET Accounts/{sid}.json`.
    pub(super) fn account(&self) -> Request {
        let mut url = self.account.clone();
        url.set_path(&format!("{}.json", self.account.path()));
        Request::new(Method::GET, url)
    }

    /// The page that `next_page_uri` points to.
    ///
    /// Twilio gives it relative to the host. Behind a base path some give it with that path and some without, so
    /// that a path which begins with the version gets the base path put before it.
    ///
    /// # Errors
    /// When it points to another host: our credentials do not go there.
    pub(super) fn next(&self, uri: &str) -> Result<Request, AskError> {
        let uri = if uri.starts_with(&format!("/{VERSION}")) {
            format!("{}{uri}", self.base_path)
        } else {
            uri.to_owned()
        };
        let url = self.messages.join(&uri).ok();
        match url.filter(|url| url.origin() == self.account.origin()) {
            Some(url) => Ok(Request::new(Method::GET, url)),
            None => Err(AskError::Failed("the list goes on at another host".to_owned())),
        }
    }

    fn page(&self, query: &str) -> Request {
        let mut url = self.messages.clone();
        url.set_query(Some(query));
        Request::new(Method::GET, url)
    }

    fn resource(&self, below: &[&str]) -> Url {
        let mut url = self.account.clone();
        extend(&mut url, below);
        url
    }

    fn sender<'a>(&'a self, from: &'a str) -> &'a str {
        if from.is_empty() { &self.from } else { from }
    }
}

impl Callback {
    /// `m` goes behind an existing query and before a fragment: `#rc=…` are the provider's own retry settings.
    fn new(url: &Url) -> Self {
        let mut before = url.clone();
        before.set_fragment(None);
        let joint = if url.query().is_none() { '?' } else { '&' };
        let fragment = url
            .fragment()
            .map(|fragment| format!("#{fragment}"))
            .unwrap_or_default();
        let encode = |text: &str| byte_serialize(text.as_bytes()).collect();
        Self {
            before: encode(&format!("{before}{joint}m=")),
            after: encode(&fragment),
        }
    }

    /// The id is encoded twice, once for the URL in the parameter and once for the form. Ours are plain anyway.
    fn write(&self, body: &mut String, attempt_id: &str) {
        body.push_str("&StatusCallback=");
        body.push_str(&self.before);
        for part in byte_serialize(attempt_id.as_bytes()) {
            body.extend(byte_serialize(part.as_bytes()));
        }
        body.push_str(&self.after);
    }
}

/// A messaging service's id, `MG` and 32 hexadecimal digits, instead of a sender.
pub(super) fn is_service(from: &str) -> bool {
    from.strip_prefix("MG")
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn append(body: &mut String, name: &str, value: &str) {
    body.push_str(name);
    body.extend(byte_serialize(value.as_bytes()));
}

fn extend(url: &mut Url, below: &[&str]) {
    // Only URLs like `mailto:` have no path segments, and `base` lets none of them in.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(below);
    }
}

/// The configured base, without the version that people copy along with it.
fn base(text: &str) -> Result<Url, SetupError> {
    let trimmed = text.trim().trim_end_matches('/').trim_end_matches(VERSION);
    let url = Url::parse(trimmed).map_err(|error| SetupError::setting("sms.base_url", error))?;
    if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
        return Err(SetupError::setting(
            "sms.base_url",
            "must be http(s)://host, or with a path, and nothing behind it",
        ));
    }
    Ok(url)
}

#[cfg(test)]
mod tests;

//! The mail server's URL.

use lettre::transport::smtp::authentication::Credentials;
use url::Url;

use super::SetupError;

/// When a connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encryption {
    /// Never, because the URL says so.
    None,
    /// From the STARTTLS command on (RFC 3207), and not at all when the server does not offer it.
    StartTls,
    /// From the first byte (RFC 8314).
    Implicit,
}

/// Where and as whom to connect.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) credentials: Option<Credentials>,
}

impl Target {
    /// Reads `smtp://`, `smtps://` and `?tls=none`.
    ///
    /// # Errors
    /// When it is no such URL. The text of the error never repeats the URL, which holds the password.
    pub(super) fn parse(text: &str) -> Result<Self, SetupError> {
        let bad = |problem: &str| SetupError::setting("email.smtp_url", problem);
        let url = Url::parse(text.trim()).map_err(|error| bad(&error.to_string()))?;
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or_else(|| bad("has no host"))?;
        let encryption = match (url.scheme(), tls_option(&url)?.as_deref()) {
            ("smtps", None) => Encryption::Implicit,
            ("smtp", None | Some("required")) => Encryption::StartTls,
            ("smtp", Some("none")) => Encryption::None,
            ("smtp" | "smtps", Some(_)) => return Err(bad("?tls can be none or required, with smtp:// only")),
            _ => return Err(bad("must begin with smtp:// or smtps://")),
        };
        let usual = match encryption {
            Encryption::None => 25,
            Encryption::StartTls => 587,
            Encryption::Implicit => 465,
        };
        Ok(Self {
            // An IPv6 address stands in brackets in a URL, and without them everywhere else.
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(usual),
            encryption,
            credentials: credentials(&url).map_err(bad)?,
        })
    }
}

/// The value of `tls`, and nothing else besides: a misspelt option must not pass for the default.
fn tls_option(url: &Url) -> Result<Option<String>, SetupError> {
    let mut found = None;
    for (name, value) in url.query_pairs() {
        if name != "tls" {
            return Err(SetupError::setting("email.smtp_url", "the only option is ?tls="));
        }
        found = Some(value.into_owned());
    }
    Ok(found)
}

fn credentials(url: &Url) -> Result<Option<Credentials>, &'static str> {
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, Some(password)) => Ok(Some(Credentials::new(decode(user)?, decode(password)?))),
        (_, None) => Err("names a user without a password"),
    }
}

/// Percent-decoding (RFC 3986, 2.1). Not that of forms, where a plus is a blank: passwords have plus signs.
fn decode(text: &str) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let (byte, after) = match (first, tail) {
            (b'%', [high, low, after @ ..]) => (hex(*high)? << 4 | hex(*low)?, after),
            (b'%', _) => return Err("ends inside a % escape"),
            _ => (*first, tail),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| "user or password is not UTF-8")
}

fn hex(digit: u8) -> Result<u8, &'static str> {
    let value = char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok());
    value.ok_or("has a % that no two hexadecimal digits follow; write it as %25")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_and_the_tls_option_choose_encryption_and_port() {
        let read = |text: &str| {
            Target::parse(text)
                .map(|target| (target.host, target.port, target.encryption))
                .unwrap()
        };
        assert_eq!(
            read("smtp://mail.example.com"),
            ("mail.example.com".to_owned(), 587, Encryption::StartTls)
        );
        assert_eq!(
            read("smtps://mail.example.com"),
            ("mail.example.com".to_owned(), 465, Encryption::Implicit)
        );
        assert_eq!(
            read("smtp://[::1]:2525?tls=none"),
            ("::1".to_owned(), 2525, Encryption::None)
        );
        assert_eq!(read("smtp://localhost:25/?tls=required").2, Encryption::StartTls);
    }

    #[test]
    fn user_and_password_are_percent_decoded_and_a_plus_stays() {
        let target = Target::parse("smtp://anna%40garage.example:p%2Fw+%C5%BE%25@mail.example.com").unwrap();
        let expected = Credentials::new("anna@garage.example".to_owned(), "p/w+ž%".to_owned());
        assert_eq!(target.credentials, Some(expected));
        assert_eq!(Target::parse("smtp://mail.example.com").unwrap().credentials, None);
    }

    #[test]
    fn what_is_no_mail_server_is_refused_without_repeating_the_password() {
        for text in [
            "mail.example.com:587",
            "https://u:secret@mail.example.com",
            "smtp://",
            "smtp://u@mail.example.com",
            "smtp://u:secret%2@mail.example.com",
            "smtp://u:secret@mail.example.com?tls=maybe",
            "smtp://u:secret@mail.example.com?ssl=none",
            "smtps://u:secret@mail.example.com?tls=none",
        ] {
            let error = Target::parse(text).unwrap_err().to_string();
            assert!(
                error.starts_with("email.smtp_url: ") && !error.contains("secret"),
                "{text}: {error}"
            );
        }
    }
}

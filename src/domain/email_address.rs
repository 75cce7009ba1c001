//! Email addresses as people write them, in the one form that is stored and compared.
//!
//! The shape is the one of HTML's `input type=email` (WHATWG HTML, "valid e-mail address"), which is what
//! mailboxes in use look like, with the lengths of RFC 5321 (4.5.3.1) and no dots where RFC 5322 forbids them.

use url::Host;

use super::phone::is_invisible;

/// Why a field holds no usable address. Each is one sentence with the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    #[error("the email address is empty")]
    Empty,
    #[error("`{raw}` has no `@`; write the address like name@example.com, or leave the field empty")]
    NoAt { raw: String },
    #[error("`{raw}` holds several addresses; keep the one that reaches the customer")]
    Several { raw: String },
    #[error("`{raw}` has `{found}` where none may be; write the address like name@example.com")]
    Character { raw: String, found: char },
    #[error(
        "`{raw}` has a dot too many, or one in the wrong place, before the `@`; check the address with the customer"
    )]
    Dots { raw: String },
    #[error("`{raw}` has nothing before the `@`; check the address with the customer")]
    NoName { raw: String },
    #[error("`{domain}` in `{raw}` can't be the domain of an address; it looks like example.com")]
    Domain { raw: String, domain: String },
    #[error("`{raw}` is too long for an address; at most 64 characters before the `@` and 254 in all")]
    TooLong { raw: String },
}

/// Reads one field of a customer list: `name@example.com`, also as `Name <name@example.com>` or `mailto:` link.
///
/// The result is trimmed, its domain in lower case and, when international, in the ASCII form that every mail server
/// takes (`müller.example` becomes `xn--mller-kva.example`). It holds no line break: it is safe in a mail header.
///
/// # Errors
/// Says what is wrong with the address.
pub fn parse(raw: &str) -> Result<String, EmailError> {
    let visible: String = raw.trim().chars().filter(|c| !is_invisible(*c)).collect();
    let address = bare(&visible);
    if address.is_empty() {
        return Err(EmailError::Empty);
    }
    let shown = || excerpt(raw);
    if address.matches('@').count() > 1 {
        return Err(EmailError::Several { raw: shown() });
    }
    let (name, domain) = address
        .split_once('@')
        .ok_or_else(|| EmailError::NoAt { raw: shown() })?;
    check_name(name, &shown)?;
    let domain = ascii_domain(domain).ok_or_else(|| EmailError::Domain {
        raw: shown(),
        domain: excerpt(domain),
    })?;
    if name.len() > 64 || name.len() + 1 + domain.len() > 254 {
        return Err(EmailError::TooLong { raw: shown() });
    }
    Ok(format!("{name}@{domain}"))
}

/// An address for log lines: first letter and domain, `l…@example.com`. Anything else becomes `…`.
#[must_use]
pub fn mask(address: &str) -> String {
    match address.split_once('@') {
        Some((name, domain)) => format!(
            "{}…@{domain}",
            name.chars().next().map(String::from).unwrap_or_default()
        ),
        None => "…".to_owned(),
    }
}

/// Without display name, link scheme and the punctuation that is copied along.
fn bare(text: &str) -> &str {
    let inner = match text.rsplit_once('<') {
        Some((_, rest)) => rest.split_once('>').map_or(rest, |(inner, _)| inner),
        None => text,
    };
    let inner = inner.trim().trim_matches(['"', '\'']);
    let scheme = inner
        .get(..7)
        .is_some_and(|start| start.eq_ignore_ascii_case("mailto:"));
    let inner = if scheme { &inner[7..] } else { inner };
    inner.trim().trim_end_matches(['.', ',', ';'])
}

fn check_name(name: &str, shown: &dyn Fn() -> String) -> Result<(), EmailError> {
    // Letters outside ASCII are allowed by RFC 6531, but most servers refuse them: nearly always a typing error.
    let good = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    if let Some(found) = name.chars().find(|c| !good(*c)) {
        return Err(match found {
            ',' | ';' => EmailError::Several { raw: shown() },
            found => EmailError::Character {
                raw: shown(),
                found: if found.is_control() { ' ' } else { found },
            },
        });
    }
    if name.is_empty() {
        return Err(EmailError::NoName { raw: shown() });
    }
    if name.starts_with('.') || name.ends_with('.') || name.contains("..") {
        return Err(EmailError::Dots { raw: shown() });
    }
    Ok(())
}

/// The domain in ASCII and lower case; nothing when it can't be one on the public network.
fn ascii_domain(domain: &str) -> Option<String> {
    let Ok(Host::Domain(ascii)) = Host::parse(domain) else {
        return None;
    };
    let label = |label: &str| {
        let edge = label.starts_with('-') || label.ends_with('-');
        let ldh = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=63).contains(&label.len()) && !edge && ldh
    };
    let (_, top) = ascii.rsplit_once('.')?;
    let top_is_name = top.len() > 1 && !top.bytes().all(|byte| byte.is_ascii_digit());
    (ascii.split('.').all(label) && top_is_name && ascii.len() <= 253).then_some(ascii)
}

/// What an error quotes: no control characters, and no more than fits on a line.
fn excerpt(raw: &str) -> String {
    raw.trim()
        .chars()
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .take(80)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_an_address_gives_the_same_address() {
        for raw in [
            "Lena.Vogt@example.com",
            " Lena.Vogt@Example.COM\n",
            "Lena Vogt <Lena.Vogt@example.com>",
            "\"Vogt, Lena\" <Lena.Vogt@example.com>",
            "mailto:Lena.Vogt@example.com",
            "Lena.Vogt@example.com;",
            "\u{202A}Lena.Vogt@example.com\u{202C}",
            "<Lena.Vogt@example.com>",
            "'Lena.Vogt@example.com'",
        ] {
            assert_eq!(parse(raw).as_deref(), Ok("Lena.Vogt@example.com"), "{raw:?}");
        }
    }

    #[test]
    fn an_international_domain_is_kept_in_its_ascii_form() {
        assert_eq!(parse("post@Müller.example").unwrap(), "post@xn--mller-kva.example");
        assert_eq!(
            parse("post@xn--mller-kva.example").unwrap(),
            "post@xn--mller-kva.example"
        );
    }

    #[test]
    fn unusual_names_that_exist_are_taken() {
        for raw in [
            "o'brien+garage@example.org",
            "a@b.example.net",
            "x_1-2@sub-domain.example.com",
            "#@example.com",
        ] {
            assert_eq!(parse(raw).unwrap(), raw);
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_its_remedy() {
        assert_eq!(
            parse("lena.vogt(at)example.com").unwrap_err().to_string(),
            "`lena.vogt(at)example.com` has no `@`; write the address like name@example.com, or leave the field empty"
        );
        for (raw, says) in [
            ("", "empty"),
            ("a@example.com, b@example.com", "several"),
            ("a@example.com b@example.com", "several"),
            ("lena vogt@example.com", "has ` `"),
            ("lena@vogt@example.com", "several"),
            ("lena@example", "can't be the domain"),
            ("lena@example,com", "can't be the domain"),
            ("lena@example..com", "can't be the domain"),
            ("lena@-example.com", "can't be the domain"),
            ("lena@192.0.2.1", "can't be the domain"),
            ("lena@[192.0.2.1]", "can't be the domain"),
            ("lena@exa_mple.com", "can't be the domain"),
            ("lena@example.1", "can't be the domain"),
            ("@example.com", "nothing before"),
            ("lena..vogt@example.com", "dot"),
            (".lena@example.com", "dot"),
            ("jürgen@example.com", "has `ü`"),
            ("a\r\nBcc: b@example.com", "where none may be"),
        ] {
            let error = parse(raw).expect_err(raw).to_string();
            assert!(error.contains(says), "{raw:?}: {error}");
            assert!(!error.contains(['\r', '\n']), "{raw:?}: {error:?}");
        }
        assert!(parse(&format!("{}@example.com", "a".repeat(65))).is_err());
    }

    #[test]
    fn a_masked_address_keeps_one_letter_and_the_domain() {
        assert_eq!(mask("lena.vogt@example.com"), "l…@example.com");
        assert_eq!(mask("nonsense"), "…");
    }
}

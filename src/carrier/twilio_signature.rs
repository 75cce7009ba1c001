//! Whether a webhook really comes from the provider: `X-Twilio-Signature`.
//!
//! The scheme is that of twilio-python's `request_validator.py` and twilio-node's `webhooks.ts`, with their
//! tolerances: Twilio itself is not consistent about the port, and about `'` in a query. Source:
//! <https://www.twilio.com/docs/usage/security>. `SignalWire` signs forms the same way with its signing key.
//!
//! A signature has no time in it: a replay verifies too, and the receiver has to recognise repeats by the ids inside.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// What the provider sent besides the URL.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// A GET: the URL alone is signed.
    Empty,
    /// The decoded pairs of a form, all of them, untrimmed, in any order.
    Form(&'a [(String, String)]),
    /// Any other body, byte for byte. The URL must carry its hash as `bodySHA256`, or it does not verify.
    Raw(&'a [u8]),
}

/// Whether `signature` is that of this request under one of `tokens`.
///
/// - `tokens`: the account's auth token; several while one is being replaced. None verifies nothing.
/// - `url`: what the provider was told to call, with the query as received. Build it from the configured
///   public URL, never from `Host` or `X-Forwarded-*`, which the caller can choose.
/// - `signature`: the header's value, base64.
///
/// Signatures are compared in constant time.
#[must_use]
pub fn verify(tokens: &[SecretString], url: &str, signature: &str, payload: Payload<'_>) -> bool {
    let Ok(signature) = STANDARD.decode(signature.trim()) else {
        return false;
    };
    // The provider does not sign its own `#rc=…` overrides.
    let url = url.split_once('#').map_or(url, |(before, _)| before);
    let fields = match payload {
        Payload::Empty => String::new(),
        Payload::Form(pairs) => joined(pairs),
        Payload::Raw(body) if hash_matches(url, body) => String::new(),
        Payload::Raw(_) => return false,
    };
    let urls = variants(url);
    // An empty token is a gap in the configuration; signing with it is open to everybody.
    tokens
        .iter()
        .filter(|token| !token.expose_secret().is_empty())
        .any(|token| {
            urls.iter().any(|url| {
                verifies(
                    token.expose_secret().as_bytes(),
                    &[url.as_bytes(), fields.as_bytes()],
                    &signature,
                )
            })
        })
}

/// Names in byte order, each distinct value of a repeated name in order, and nothing in between.
fn joined(pairs: &[(String, String)]) -> String {
    let mut fields: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, value) in pairs {
        fields.entry(name).or_default().insert(value);
    }
    fields
        .iter()
        .flat_map(|(name, values)| values.iter().flat_map(move |value| [*name, *value]))
        .collect()
}

/// Whether the body is the one whose hash the signed URL carries: otherwise any body would pass.
fn hash_matches(url: &str, body: &[u8]) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let Some((_, claimed)) = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "bodySHA256")
    else {
        return false;
    };
    // No secret is compared here, so that an ordinary comparison does.
    let claimed = claimed.to_ascii_lowercase();
    let actual = Sha256::digest(body)
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    actual == claimed
}

/// `url` in every spelling that the provider may have signed.
fn variants(url: &str) -> Vec<String> {
    let mut found = vec![url.to_owned()];
    found.extend(other_port(url));
    for url in found.clone() {
        let Some((path, query)) = url.split_once('?') else {
            continue;
        };
        for query in [query.replace('\'', "%27"), query.replace("%27", "'")] {
            let other = format!("{path}?{query}");
            if !found.contains(&other) {
                found.push(other);
            }
        }
    }
    found
}

/// `url` without its port, or with its scheme's when it has none. By hand: a URL parser would also re-encode it.
fn other_port(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host_starts = authority.rfind('@').map_or(0, |at| at + 1);
    // The colons inside an IPv6 address are no port.
    let host_ends = authority.rfind(']').map_or(host_starts, |at| at + 1);
    let authority = if let Some(colon) = authority[host_ends..].find(':') {
        authority[..host_ends + colon].to_owned()
    } else {
        let port = if scheme.eq_ignore_ascii_case("https") { 443 } else { 80 };
        format!("{authority}:{port}")
    };
    Some(format!("{scheme}://{authority}{path}"))
}

/// HMAC-SHA1 of the parts; the comparison is the crate's, in constant time.
fn verifies(token: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token) else {
        return false;
    };
    for part in parts {
        mac.update(part);
    }
    mac.verify_slice(signature).is_ok()
}

#[cfg(test)]
mod tests;

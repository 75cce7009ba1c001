//! The provider's side of a webhook: its signature, made by other code than the one that verifies it.

use base64::Engine as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

/// Signs a form as Twilio does: the URL, then each name and value, sorted by name.
pub fn signature(secret: &str, url: &str, pairs: &[(String, String)]) -> String {
    let mut sorted = pairs.to_vec();
    sorted.sort();
    let signed = sorted
        .iter()
        .fold(url.to_owned(), |text, (name, value)| text + name + value);
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("any key fits");
    mac.update(signed.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

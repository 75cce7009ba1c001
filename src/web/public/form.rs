//! What a form has sent, in either encoding that browsers and mail programs use.

use axum::http::{HeaderMap, header};

/// The fields of a form, in their order.
#[derive(Debug, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body, URL-encoded or as multipart (RFC 7578). What can't be read has no fields.
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        let kind = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        Self(match boundary(kind) {
            Some(boundary) => parts(&String::from_utf8_lossy(body), boundary),
            None => url::form_urlencoded::parse(body).into_owned().collect(),
        })
    }

    /// The first field of that name.
    pub(super) fn get<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// Every field of that name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The boundary of a multipart body; none of another kind.
fn boundary(kind: &str) -> Option<&str> {
    let mut parameters = kind.split(';').map(str::trim);
    if !parameters.next()?.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (name.trim().eq_ignore_ascii_case("boundary") && !value.is_empty()).then_some(value)
    })
}

fn parts(body: &str, boundary: &str) -> Vec<(String, String)> {
    let delimiter = format!("--{boundary}");
    body.split(delimiter.as_str()).skip(1).filter_map(part).collect()
}

fn part(text: &str) -> Option<(String, String)> {
    // Mail programs have been seen with bare line feeds.
    let text = text.replace("\r\n", "\n");
    let (head, value) = text.split_once("\n\n")?;
    let name = head.lines().find_map(|line| {
        let (header, rest) = line.split_once(':')?;
        if !header.trim().eq_ignore_ascii_case("content-disposition") {
            return None;
        }
        let name = rest
            .split(';')
            .find_map(|parameter| parameter.trim().strip_prefix("name="))?;
        Some(name.trim_matches('"').to_owned())
    })?;
    Some((name, value.strip_suffix('\n').unwrap_or(value).to_owned()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(kind: &'static str, body: &str) -> Form {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        Form::read(&headers, body.as_bytes())
    }

    #[test]
    fn both_encodings_of_the_one_click_body_are_read() {
        // RFC 8058, 8.1 and 8.2.
        let multipart = "--FormBoundary\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n\
            --FormBoundary--\r\n";
        for (kind, body) in [
            ("multipart/form-data; boundary=FormBoundary", multipart.to_owned()),
            (
                "Multipart/Form-Data;boundary=\"FormBoundary\"",
                multipart.replace('\r', ""),
            ),
            (
                "application/x-www-form-urlencoded",
                "List-Unsubscribe=One-Click".to_owned(),
            ),
            ("text/plain", "List-Unsubscribe=One-Click".to_owned()),
        ] {
            assert_eq!(read(kind, &body).get("List-Unsubscribe"), Some("One-Click"), "{kind}");
        }
    }

    #[test]
    fn several_fields_and_odd_bodies_are_read() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"on\"\r\n\r\na\r\nb\r\n--b\r\n\
            content-disposition: form-data; name=on\r\nContent-Type: text/plain\r\n\r\nz\r\n--b--";
        let form = read("multipart/form-data; boundary=b", body);
        assert_eq!(form.all("on").collect::<Vec<_>>(), ["a\nb", "z"]);
        let form = read("application/x-www-form-urlencoded", "on=a&on=%C3%A9&x&=y");
        assert_eq!(form.all("on").collect::<Vec<_>>(), ["a", "é"]);
        for (kind, body) in [
            ("multipart/form-data", "--b"),
            ("multipart/form-data; boundary=b", "--b--b\n\n\n--b"),
        ] {
            assert_eq!(read(kind, body).get("on"), None);
        }
        assert_eq!(read("image/png", "\u{0}\u{1}").get("on"), None);
    }
}

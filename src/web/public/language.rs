//! Which language a stranger's browser asks for.

use axum::http::{HeaderMap, header};

use crate::domain::locale::Locale;

/// The language of pages for readers whose browser wants none of ours.
const USUAL: &str = "en";

/// The language that the browser likes best among those we write (RFC 9110, 12.5.4).
pub(in crate::web) fn preferred(headers: &HeaderMap) -> Option<Locale> {
    let wanted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut ranges: Vec<(f32, Locale)> = wanted.split(',').take(20).filter_map(range).collect();
    // A stable sort: of equals the first named counts.
    ranges.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    let best = ranges.into_iter().next().map(|(_, locale)| locale);
    best.or_else(|| Locale::parse(USUAL).ok())
}

fn range(text: &str) -> Option<(f32, Locale)> {
    let mut parts = text.split(';');
    let locale = Locale::parse(parts.next()?.trim()).ok()?;
    let quality = parts
        .find_map(|part| part.trim().strip_prefix("q="))
        .map_or(1.0, |quality| quality.trim().parse().unwrap_or(0.0));
    (quality > 0.0).then_some((quality, locale))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_best_liked_language_that_we_write_is_used() {
        for (wanted, tag) in [
            ("", "en"),
            ("*", "en"),
            ("sl, hr;q=0.9", "en"),
            ("de-AT,de;q=0.8,en;q=0.5", "de-AT"),
            ("en;q=0.2, fr;q=0.9", "fr"),
            ("pl;q=0, es;q=0.1", "es"),
            ("de;q=high, fr;q=0.1", "fr"),
            ("\u{7f}", "en"),
        ] {
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_str(wanted) {
                headers.insert(header::ACCEPT_LANGUAGE, value);
            }
            assert_eq!(preferred(&headers).unwrap().tag(), tag, "{wanted}");
        }
    }
}

//! A text that was sent, cut where its links are, for pages that show it as a phone does.

use super::link::{LinkPurpose, PLACEHOLDER};

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Piece<'a> {
    Words {
        text: &'a str,
    },
    /// A link to a customer's own page, of which the secret part was never kept.
    Own {
        purpose: LinkPurpose,
        /// The link up to its secret part.
        text: &'a str,
        /// The score that it chooses.
        score: Option<i64>,
    },
    /// Any other page.
    Web {
        url: &'a str,
    },
}

/// What may stand right behind a link without being a part of it.
const AFTER: [char; 9] = ['.', ',', ';', ':', '!', '?', ')', '>', '"'];

/// The pieces of a text, in order.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((start, end)) = next_link(rest) {
        if start > 0 {
            pieces.push(Piece::Words { text: &rest[..start] });
        }
        let url = &rest[start..end];
        pieces.push(own(url).unwrap_or(Piece::Web { url }));
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words { text: rest });
    }
    pieces
}

/// Where the first link begins and ends. Nothing but `http` and `https` is one.
fn next_link(text: &str) -> Option<(usize, usize)> {
    let start = ["https://", "http://"]
        .iter()
        .filter_map(|scheme| text.find(scheme))
        .min()?;
    let link = text[start..]
        .split([' ', '\n', '\r', '\t', '<', '>', '"'])
        .next()
        .unwrap_or_default();
    Some((start, start + link.trim_end_matches(AFTER).len()))
}

fn own(url: &str) -> Option<Piece<'_>> {
    let (before, query) = url.split_once(PLACEHOLDER)?;
    let purpose = LinkPurpose::ALL
        .iter()
        .find(|purpose| before.ends_with(purpose.path()))?;
    Some(Piece::Own {
        purpose: *purpose,
        text: before,
        score: query.strip_prefix("?score=").and_then(|score| score.parse().ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_its_links_are() {
        let respond = LinkPurpose::Respond.url("https://a.example/d", PLACEHOLDER);
        let text = format!("Good? {respond}?score=4\nBad? {respond}. See https://b.example/x?y=1, or not.");
        let own = |score| Piece::Own {
            purpose: LinkPurpose::Respond,
            text: "https://a.example/d/r/",
            score,
        };
        let words = |text| Piece::Words { text };
        assert_eq!(
            pieces(&text),
            [
                words("Good? "),
                own(Some(4)),
                words("\nBad? "),
                own(None),
                words(". See "),
                Piece::Web {
                    url: "https://b.example/x?y=1"
                },
                words(", or not."),
            ]
        );
    }

    #[test]
    fn what_is_no_page_is_no_link_and_nothing_is_lost() {
        for text in [
            "",
            "javascript:alert(1)",
            "mailto:a@b.example",
            "ftp://x",
            "Ende. \u{1f600}",
        ] {
            let kept: String = pieces(text)
                .iter()
                .map(|piece| match piece {
                    Piece::Words { text } => *text,
                    Piece::Own { .. } | Piece::Web { .. } => panic!("{text}"),
                })
                .collect();
            assert_eq!(kept, text);
        }
        assert_eq!(pieces("http://"), [Piece::Web { url: "http://" }], "shown as it is");
    }
}

//! The HTML part of a mail, made from its text: paragraphs, line breaks and links that can be clicked.

/// The paragraphs of a text as HTML. Everything is escaped; addresses of the web become links.
pub(super) fn paragraphs(text: &str) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        html.push_str("<p>");
        for (at, line) in paragraph.lines().enumerate() {
            if at > 0 {
                html.push_str("<br>\n");
            }
            linked(&mut html, line);
        }
        html.push_str("</p>\n");
    }
    html
}

fn linked(html: &mut String, line: &str) {
    let mut rest = line;
    while let Some(start) = next_url(rest) {
        let (before, from) = rest.split_at(start);
        let (url, after) = from.split_at(url_length(from));
        escape(html, before);
        html.push_str("<a href=\"");
        escape(html, url);
        html.push_str("\">");
        escape(html, url);
        html.push_str("</a>");
        rest = after;
    }
    escape(html, rest);
}

/// The same paragraphs with a row of scores in place of the first bare link: each opens the page with its score chosen,
/// and saves nothing, since machines open links before people do (docs/links.md).
pub(super) fn with_scores(html: &str, link: &str, scores: impl Iterator<Item = i64>) -> String {
    let mut url = String::new();
    escape(&mut url, link);
    let bare = format!("<a href=\"{url}\">{url}</a>");
    let row: Vec<_> = scores
        .map(|score| format!("<a class=\"score\" href=\"{url}?score={score}\">{score}</a>"))
        .collect();
    html.replacen(&bare, &row.join("\n"), 1)
}

/// Only `http` and `https`: no other scheme can become a link.
fn next_url(text: &str) -> Option<usize> {
    [text.find("https://"), text.find("http://")]
        .into_iter()
        .flatten()
        .min()
}

/// An address ends at a space or a mark that can't be part of it; punctuation at its end belongs to the sentence.
fn url_length(text: &str) -> usize {
    let end = text
        .find(|char: char| char.is_whitespace() || "<>\"'`".contains(char))
        .unwrap_or(text.len());
    text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')']).len()
}

/// Escapes text for element content and quoted attributes.
pub(super) fn escape(html: &mut String, text: &str) {
    for char in text.chars() {
        match char {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(char),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_lines_are_kept() {
        assert_eq!(paragraphs("a\nb\n\nc"), "<p>a<br>\nb</p>\n<p>c</p>\n");
    }

    #[test]
    fn everything_is_escaped() {
        let html = paragraphs("<script>alert('x')</script> & \"q\"");
        assert_eq!(
            html,
            "<p>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot;</p>\n"
        );
    }

    #[test]
    fn a_rating_is_one_of_a_row_of_links() {
        let html = with_scores(
            &paragraphs("Here:\nhttps://a.example/r/x"),
            "https://a.example/r/x",
            1..=2,
        );
        assert_eq!(
            html,
            "<p>Here:<br>\n<a class=\"score\" href=\"https://a.example/r/x?score=1\">1</a>\n\
             <a class=\"score\" href=\"https://a.example/r/x?score=2\">2</a></p>\n"
        );
    }

    #[test]
    fn web_addresses_become_links_and_nothing_else_does() {
        assert_eq!(
            paragraphs("See https://a.example/r/1?x=1&y=2. javascript:alert(1)"),
            "<p>See <a href=\"https://a.example/r/1?x=1&amp;y=2\">https://a.example/r/1?x=1&amp;y=2</a>. \
             javascript:alert(1)</p>\n"
        );
        assert_eq!(
            paragraphs("(http://b.example/\"onload=x)"),
            "<p>(<a href=\"http://b.example/\">http://b.example/</a>&quot;onload=x)</p>\n"
        );
    }
}

//! What a provider says, made fit for a log line and for the desk.
//!
//! Providers repeat phone numbers and mail addresses in their error texts, and those texts end up in rows and logs.

/// Longer texts are cut: an HTML error page is no help to anybody.
const LONGEST: usize = 200;
/// Shorter runs of digits are codes (`21610`, `550`), longer ones are phone numbers.
const SHORTEST_NUMBER: usize = 7;

/// One line of at most 200 characters in which numbers and addresses can no longer be read.
///
/// Of a run of seven digits or more the last two stay; of a mail address the domain stays.
pub(super) fn line(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(|word| numbers(&addresses(word))).collect();
    let joined = words.join(" ");
    match joined.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &joined[..end]),
        None => joined,
    }
}

/// `<anna@example.com>:` becomes `<…@example.com>:`.
fn addresses(word: &str) -> String {
    let Some((local, domain)) = word.rsplit_once('@') else {
        return word.to_owned();
    };
    // Whatever stands before the local part (a bracket, a quote, `rfc822;`) is kept, so that the text still reads well.
    let start = local.rfind(['<', '"', '\'', '(', ':', ';', '=']).map_or(0, |at| at + 1);
    format!("{}…@{domain}", &local[..start])
}

/// `+38640123456` becomes `+*********56`. Blanks have been taken as word ends before: providers print E.164.
fn numbers(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut digits = String::new();
    for c in word.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
        } else {
            flush(&mut digits, &mut out);
            out.push(c);
        }
    }
    flush(&mut digits, &mut out);
    out
}

/// Moves a finished run of digits over, starred when it is long enough to be somebody's number.
fn flush(digits: &mut String, out: &mut String) {
    let hidden = if digits.len() < SHORTEST_NUMBER {
        0
    } else {
        digits.len() - 2
    };
    out.extend(std::iter::repeat_n('*', hidden));
    out.push_str(&digits[hidden..]);
    digits.clear();
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn numbers_and_addresses_are_hidden_and_codes_stay() {
        assert_eq!(
            line("The 'To' number +38640123456 is not valid (21211)"),
            "The 'To' number +*********56 is not valid (21211)"
        );
        assert_eq!(
            line("550 5.1.1 <anna@example.com>: unknown"),
            "550 5.1.1 <…@example.com>: unknown"
        );
        assert_eq!(line("rfc822;b.c@x.org gone"), "rfc822;…@x.org gone");
    }

    #[test]
    fn a_page_becomes_one_short_line() {
        let page = "<html>\r\n<body>ž".repeat(100);
        let text = line(&page);
        assert!(!text.contains('\n'));
        assert_eq!(text.chars().count(), 201);
    }
}

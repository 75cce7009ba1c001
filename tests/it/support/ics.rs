//! An independent reader of iCalendar text (RFC 5545, 3.1): it shares no code with the writer.

/// A content line: name, parameters as written, value as written.
pub type Line = (String, String, String);

/// The content lines, unfolded.
///
/// # Panics
/// When the text breaks the rules of the outer form: CRLF, 75 octets, nested components, a colon in every line.
pub fn lines(ics: &str) -> Vec<Line> {
    assert!(ics.ends_with("\r\n"), "the last line is ended");
    assert!(!ics.replace("\r\n", "").contains(['\r', '\n']), "no bare line end");
    assert!(ics.split("\r\n").all(|line| line.len() <= 75), "no line over 75 octets");
    let unfolded = ics.replace("\r\n ", "");
    let lines: Vec<Line> = unfolded.trim_end().split("\r\n").map(split).collect();
    let mut open = Vec::new();
    for (name, _, value) in &lines {
        match name.as_str() {
            "BEGIN" => open.push(value),
            "END" => assert_eq!(open.pop(), Some(value), "components are nested"),
            _ => assert!(!open.is_empty(), "{name} stands outside"),
        }
    }
    assert!(open.is_empty(), "every component is ended");
    lines
}

/// The value of the first line of that name.
pub fn value(ics: &str, name: &str) -> Option<String> {
    lines(ics).into_iter().find(|line| line.0 == name).map(|line| line.2)
}

fn split(line: &str) -> Line {
    let mut quoted = false;
    let colon = line.find(|c| {
        quoted ^= c == '"';
        c == ':' && !quoted
    });
    let (head, value) = line.split_at(colon.unwrap_or_else(|| panic!("no colon in {line}")));
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    (name.to_owned(), parameters.to_owned(), value[1..].to_owned())
}

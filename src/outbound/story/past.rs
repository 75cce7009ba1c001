//! A line of the history, read: what is stored is a word and a text.

use serde::Serialize;

use crate::domain::case::Cause;
use crate::store::history::HistoryLine;

/// What happened, by whom, and what changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Past {
    /// The stored word.
    pub event: String,
    /// The stored text.
    pub detail: String,
    /// Who did it, or which way it came.
    pub by: Option<String>,
    /// Whom it was given to.
    pub to: Option<String>,
    pub cause: Option<Cause>,
    pub changes: Vec<Change>,
    /// What else the text says.
    pub words: String,
}

/// A column that has changed, as it was and as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    pub field: String,
    pub was: String,
    pub is: String,
}

impl Past {
    /// Reads a line: `by Eva`, `to Eva`, `delay by Eva`, `starts_at A -> B; service C -> D; by Eva`.
    #[must_use]
    pub fn read(line: &HistoryLine) -> Self {
        let mut past = Self {
            event: line.event.clone(),
            detail: line.detail.clone(),
            ..Self::default()
        };
        let mut words = Vec::new();
        for part in line.detail.split("; ").filter(|part| !part.is_empty()) {
            if let Some(change) = change(part) {
                past.changes.push(change);
            } else if let Some(name) = part.strip_prefix("by ") {
                past.by = Some(name.to_owned());
            } else if let Some(name) = part.strip_prefix("to ") {
                past.to = Some(name.to_owned());
            } else if let Some((cause, name)) = caused(part) {
                (past.cause, past.by) = (Some(cause), Some(name.to_owned()));
            } else if let Some(name) = part.strip_prefix("on the telephone, by ") {
                past.by = Some(name.to_owned());
            } else {
                words.push(part);
            }
        }
        past.words = words.join("; ");
        past
    }
}

fn caused(part: &str) -> Option<(Cause, &str)> {
    let (cause, name) = part.split_once(" by ")?;
    Some((cause.parse().ok()?, name))
}

fn change(part: &str) -> Option<Change> {
    let (field, values) = part.split_once(' ')?;
    let (was, is) = values.split_once(" -> ")?;
    Some(Change {
        field: field.to_owned(),
        was: was.to_owned(),
        is: is.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::instant::Instant;

    fn read(detail: &str) -> Past {
        Past::read(&HistoryLine {
            about_id: "x".to_owned(),
            event: "changed".to_owned(),
            detail: detail.to_owned(),
            at: Instant::from_millis(0),
        })
    }

    #[test]
    fn a_line_is_taken_apart_into_who_and_what() {
        assert_eq!(read("by Eva").by.as_deref(), Some("Eva"));
        assert_eq!(read("by hand").by.as_deref(), Some("hand"));
        assert_eq!(read("to Eva").to.as_deref(), Some("Eva"));
        assert_eq!(read("on the telephone, by Eva").by.as_deref(), Some("Eva"));
        let closed = read("work_quality by Eva by Night");
        assert_eq!(
            (closed.cause, closed.by.as_deref()),
            (Some(Cause::WorkQuality), Some("Eva by Night"))
        );
        let changed =
            read("starts_at 2026-12-04T09:00 -> 2026-12-05T09:00; service Oil -> unknown; another customer; by Eva");
        assert_eq!(changed.changes.len(), 2);
        assert_eq!(
            (changed.changes[1].was.as_str(), changed.changes[1].is.as_str()),
            ("Oil", "unknown")
        );
        assert_eq!(
            (changed.by.as_deref(), changed.words.as_str()),
            (Some("Eva"), "another customer")
        );
        assert_eq!(read("K-17").words, "K-17");
        assert_eq!(read("").words, "");
    }
}

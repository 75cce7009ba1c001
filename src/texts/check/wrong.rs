//! What can be wrong with a text.

use super::{LONGEST_SMS, USUAL_PARTS};
use crate::domain::segments::Encoding;
use crate::texts::catalogue::Item;

/// One thing that is wrong; as text, in a line with the remedy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Wrong {
    #[error("the template or its locale is not known; remove the text")]
    UnknownPlace,
    #[error("the text can't be found again; this is a fault of the program")]
    Lost,
    #[error("`{}` is not known in a text about a {item}", names.join("`, `"))]
    UnknownNames { names: Vec<String>, item: Item },
    /// The engine can't read it, or can't render it.
    #[error("line {line}: {problem}")]
    Line { line: usize, problem: String },
    #[error("{0}")]
    Other(String),
    #[error("comes out empty when optional facts are missing; say something outside the conditions")]
    Empty,
    #[error("a subject is one line; remove the line break")]
    SubjectOfLines,
    #[error(
        "a usual text message costs {segments} segments ({encoding}{}); more than {USUAL_PARTS} is dear, shorten it",
        because.map(|char| format!(", because of `{char}`")).unwrap_or_default()
    )]
    Dear {
        segments: usize,
        encoding: Encoding,
        because: Option<char>,
    },
    #[error("`{0}` makes a text message cost more than twice as much; write it in plain characters")]
    DearCharacter(char),
    #[error("a text message can't be longer than {LONGEST_SMS} characters; shorten it")]
    TooLong,
    #[error(
        "asks for the answer {0}, which telephone providers take as opting out or in; \
         ask for C (yes) or R (change, call me), or for 1 to 5"
    )]
    Keyword(String),
    #[error("asks for letters, but a rating is answered with 1 to 5")]
    Letters,
    #[error("asks for digits, but this question is answered with C or R")]
    Digits,
    #[error("line {line}: has a no-break space (U+{:04X}); type a plain space", u32::from(*char))]
    NoBreakSpace { line: usize, char: char },
}

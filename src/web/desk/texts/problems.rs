//! What is wrong with a wording, in the reader's language.

use serde_json::{Value, json};

use super::super::rules::Sayer;
use crate::texts::{Finding, Wrong};

/// What was found, errors first: `error` or `warning`, and what to do.
pub(super) fn problems(sayer: Sayer, finding: Option<&Finding>) -> Vec<Value> {
    let found = || finding.into_iter().flat_map(|finding| &finding.problems);
    // A name that is not known can't be rendered either: once is enough.
    let unknown = found().any(|problem| matches!(problem.wrong, Wrong::UnknownNames { .. }));
    let problems = found().filter(|problem| !(unknown && matches!(problem.wrong, Wrong::Line { .. })));
    let said = problems.map(|problem| json!({ "severity": problem.severity, "says": said(sayer, &problem.wrong) }));
    said.collect()
}

fn said(sayer: Sayer, wrong: &Wrong) -> String {
    match wrong {
        Wrong::UnknownPlace | Wrong::Lost => sayer.say("wrong_other", &[("problem", &wrong.to_string())]),
        Wrong::Other(problem) => sayer.say("wrong_other", &[("problem", problem)]),
        Wrong::UnknownNames { names, .. } => sayer.say("wrong_unknown_names", &[("names", &names.join(", "))]),
        Wrong::Line { line, problem } => {
            let line = line.to_string();
            sayer.say("wrong_line", &[("line", &line), ("problem", problem)])
        }
        Wrong::Empty => sayer.say("wrong_empty", &[]),
        Wrong::SubjectOfLines => sayer.say("wrong_subject", &[]),
        Wrong::Dear { segments, .. } => sayer.say("wrong_dear", &[("segments", &segments.to_string())]),
        Wrong::DearCharacter(char) => sayer.say("wrong_dear_character", &[("character", &char.to_string())]),
        Wrong::TooLong => sayer.say("wrong_text_too_long", &[]),
        Wrong::Keyword(word) => sayer.say("wrong_keyword", &[("word", word)]),
        Wrong::Letters => sayer.say("wrong_letters", &[]),
        Wrong::Digits => sayer.say("wrong_digits", &[]),
        Wrong::NoBreakSpace { line, .. } => sayer.say("wrong_space", &[("line", &line.to_string())]),
    }
}

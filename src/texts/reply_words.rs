//! Finds what a text asks the customer to answer.
//!
//! A provider takes a text message that is nothing but CANCEL or END for an opt-out, and YES for an opt-in, before
//! we see it (the words stand in `carrier::keywords`). So no text may ask for such a word, while "your policy ends"
//! must stay writable.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a text asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// Words that belong to the provider, in capitals.
    pub(super) keywords: Vec<String>,
    /// Single letters, the answers to confirm and renewal.
    pub(super) letters: bool,
    /// Single digits, the answers to a rating.
    pub(super) digits: bool,
}

/// The providers' words for opt-out, opt-in and help, in capitals and without accents.
const KEYWORDS: &str = "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT ARRET ARRETER \
    START YES UNSTOP OPTIN SUBSCRIBE HELP INFO";

/// Words after which a text names the answer it wants, folded, in every language that texts have.
const VERBS: &str = "reply respond answer text txt send type write \
    antworten antworte antwort senden sende schicken schicke schreiben schreibe \
    repondez reponds repondre reponse envoyez envoie envoyer tapez ecrivez ecrire \
    responda responde responder respuesta conteste contesta contestar envie envia enviar escriba escribe escribir mande manda \
    odpowiedz odpisz odpisac odpowiedziec wyslij wyslac napisz napisac zwrotny";

/// Words that may stand between such a verb and the answer.
const FILLERS: &str = "with back just simply only please word : mit sie uns bitte einfach nur wort \
    par avec simplement mot con palabra z slowem slowo";

/// Before a verb these make it a statement: "we will send info".
const STATEMENTS: &str = "we will we'll i can not don't never wir ich nous je";

/// Words between an answer and what it does: "STOP to opt out".
const PURPOSES: &str = "= to um zum zur pour para aby zeby by";

/// Words that join a second answer to the first.
const JOINS: &str = "or oder ou o lub albo , /";

fn lists(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

/// What `text` asks for, in any language and letter case.
pub(super) fn asked(text: &str) -> Asked {
    let mut asked = Asked::default();
    let words = words(text);
    let shouting = is_shouting(text);
    for sentence in words.split(|word| word.ends_sentence) {
        sentence_asks(sentence, shouting, &mut asked);
    }
    asked.keywords.dedup();
    asked
}

fn sentence_asks(sentence: &[Word], shouting: bool, asked: &mut Asked) {
    // An answer is expected right after a verb and its fillers; once one was named, others can join it.
    let (mut after_verb, mut expected, mut answered) = (false, false, false);
    for (at, word) in sentence.iter().enumerate() {
        let folded = word.folded.as_str();
        let previous = at.checked_sub(1).map_or("", |at| sentence[at].folded.as_str());
        let next = sentence.get(at + 1).map_or("", |word| word.folded.as_str());
        let stands_out = word.quoted || (word.capitals && !shouting && folded.len() > 1);
        let named = lists(PURPOSES, next);
        let joined = answered && named && lists(JOINS, previous);
        if let Some(keyword) = keyword(folded, next) {
            // "by the end of": an answer is not followed by "of".
            let direct = expected && next != "of";
            if direct || joined || (stands_out && (after_verb || named)) {
                asked.keywords.push(keyword);
            }
        }
        let answers = expected || joined || next == "=" || (after_verb && word.quoted);
        answered |= expected && (folded.chars().count() == 1 || keyword(folded, next).is_some());
        if answers && folded.chars().count() == 1 {
            asked.letters |= word.capitals || (word.quoted && folded.chars().all(char::is_alphabetic));
            asked.digits |= folded.chars().all(|char| char.is_ascii_digit());
        }
        let is_verb = lists(VERBS, folded);
        expected = if is_verb {
            !lists(STATEMENTS, previous)
        } else {
            expected && lists(FILLERS, folded)
        };
        after_verb |= is_verb && expected;
    }
}

/// The provider's keyword that this word is, or begins ("opt out").
fn keyword(folded: &str, next: &str) -> Option<String> {
    let joined = folded.replace('-', "").to_uppercase();
    let pair = if joined == "OPT" && matches!(next, "out" | "in") {
        joined + &next.to_uppercase()
    } else {
        joined
    };
    lists(KEYWORDS, &pair).then_some(pair)
}

#[derive(Debug)]
struct Word {
    /// Lower case, no accents, no quotes.
    folded: String,
    capitals: bool,
    quoted: bool,
    /// Marks the end of a sentence instead of a word.
    ends_sentence: bool,
}

/// Splits a text into words and the marks that matter. Links are passed over: they may contain anything.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for line in text.lines() {
        for chunk in line.split_whitespace().filter(|chunk| !chunk.contains("://")) {
            split_chunk(chunk, &mut words);
        }
        words.push(mark("\n"));
    }
    words
}

const QUOTES: [char; 12] = ['"', '\'', '“', '”', '„', '«', '»', '‹', '›', '‘', '’', '`'];

fn split_chunk(chunk: &str, words: &mut Vec<Word>) {
    let mut rest = chunk;
    while let Some(start) = rest.find(is_word_char) {
        marks(&rest[..start], words);
        let from = &rest[start..];
        let end = word_end(from);
        let quoted = rest[..start].ends_with(QUOTES) && from[end..].starts_with(QUOTES);
        words.push(Word {
            quoted,
            ..word(&from[..end])
        });
        rest = &from[end..];
    }
    marks(rest, words);
}

/// A word goes on over marks inside it: `9:00`, `we'll`, `info@garage.example`, `opt-out`.
fn word_end(text: &str) -> usize {
    let mut end = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        // A colon joins the digits of a time, but not "Reply:YES".
        let joins = "'.@-_".contains(char) || (char == ':' && text[..at].ends_with(|last: char| last.is_ascii_digit()));
        let inside = joins && chars.peek().is_some_and(|(_, next)| is_word_char(*next));
        if !is_word_char(char) && !inside {
            break;
        }
        end = at + char.len_utf8();
    }
    end
}

fn is_word_char(char: char) -> bool {
    char.is_alphanumeric() || is_combining_mark(char)
}

fn word(text: &str) -> Word {
    let folded = text
        .nfd()
        .filter(|char| !is_combining_mark(*char))
        .collect::<String>()
        .to_lowercase();
    let folded = folded.replace('ł', "l");
    let capitals = text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase);
    Word {
        folded,
        capitals,
        quoted: false,
        ends_sentence: false,
    }
}

fn marks(text: &str, words: &mut Vec<Word>) {
    words.extend(
        text.chars()
            .filter(|char| "=:,/.!?".contains(*char))
            .map(|char| mark(char.encode_utf8(&mut [0; 4]))),
    );
}

fn mark(text: &str) -> Word {
    let ends_sentence = matches!(text, "." | "!" | "?" | "\n");
    Word {
        folded: text.to_owned(),
        capitals: false,
        quoted: false,
        ends_sentence,
    }
}

/// Whether the text is written in capitals, so that they mean nothing.
fn is_shouting(text: &str) -> bool {
    let lower = text.chars().filter(|char| char.is_lowercase()).count();
    let upper = text.chars().filter(|char| char.is_uppercase()).count();
    upper > lower * 2
}

#[cfg(test)]
mod tests;

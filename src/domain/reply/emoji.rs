//! What pictures say. They are the same in every language.

/// The tone of one emoji.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// As good as a yes, where a yes was asked for.
    Yes,
    /// Friendly, or a mere decoration.
    Warm,
    /// Unhappy, or a no.
    Bad,
    /// Takes something back, or tells of an obstacle.
    Doubt,
}

impl Tone {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => ":yes:",
            Self::Warm => ":warm:",
            Self::Bad => ":bad:",
            Self::Doubt => ":doubt:",
        }
    }
}

/// Skin tones, joiners and presentation marks, which change no meaning.
pub(super) const fn is_modifier(char: char) -> bool {
    matches!(
        char,
        '\u{1f3fb}'..='\u{1f3ff}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{2640}' | '\u{2642}'
    )
}

/// The tone of a character, if it is an emoji.
pub(super) fn tone(char: char) -> Option<Tone> {
    if "👍👌✅✔☑🆗🫡".contains(char) {
        return Some(Tone::Yes);
    }
    if "👎❌🚫😡😠🤬😤😭😢😞😒😖😣😫😩💩🤮🤢🖕☹🙁⛔✖😾😿💔🛑🙅👿".contains(char)
    {
        return Some(Tone::Bad);
    }
    if "🤔😕🙄🤷🤨😬🤒🤕😷🤧🚑🏥😰😨😱🥴🤥🙃🥺😟😥🆘❓❔😐😑".contains(char)
    {
        return Some(Tone::Doubt);
    }
    let pictures = matches!(char, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{2300}'..='\u{23ff}' | '\u{2190}'..='\u{21ff}');
    pictures.then_some(Tone::Warm)
}

/// Emoticons in letters and marks, longest first.
const FACES: &[(&str, Tone)] = &[
    (":-)", Tone::Warm),
    (";-)", Tone::Warm),
    (":-D", Tone::Warm),
    (":-*", Tone::Warm),
    (":-P", Tone::Warm),
    (":-(", Tone::Bad),
    (":'(", Tone::Bad),
    (":-/", Tone::Doubt),
    (":))", Tone::Warm),
    (":)", Tone::Warm),
    (";)", Tone::Warm),
    (":D", Tone::Warm),
    (";D", Tone::Warm),
    (":P", Tone::Warm),
    (":p", Tone::Warm),
    (":*", Tone::Warm),
    ("=)", Tone::Warm),
    ("<3", Tone::Warm),
    ("^^", Tone::Warm),
    (":(", Tone::Bad),
    (":/", Tone::Doubt),
    (":|", Tone::Doubt),
    ("(y)", Tone::Yes),
    ("(Y)", Tone::Yes),
    ("(n)", Tone::Bad),
];

/// The emoticon that `rest` begins with: its tone and its length in characters.
pub(super) fn face(rest: &[char]) -> Option<(Tone, usize)> {
    FACES.iter().find_map(|(face, tone)| {
        let length = face.chars().count();
        let begins = rest.len() >= length && face.chars().zip(rest).all(|(left, right)| left == *right);
        begins.then_some((*tone, length))
    })
}

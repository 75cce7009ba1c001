//! From the field of a list to the digits that somebody would dial.

/// The zero of each script whose digits turn up in phone books: Arabic, Persian, Devanagari, full-width.
const ZEROS: [u32; 4] = [0x0660, 0x06F0, 0x0966, 0xFF10];

/// What stands between two numbers, how much of it is skipped, and how many digits must come before it: a slash
/// is also written between area code and number, so it needs more than the longest area code.
const SEPARATORS: [(&str, usize, usize); 16] = [
    (",", 1, 6),
    (";", 1, 6),
    ("|", 1, 6),
    ("&", 1, 6),
    ("/", 1, 7),
    (" +", 1, 6),
    (" or ", 4, 6),
    (" and ", 5, 6),
    (" oder ", 6, 6),
    (" und ", 5, 6),
    (" ou ", 4, 6),
    (" et ", 4, 6),
    (" o ", 3, 6),
    (" y ", 3, 6),
    (" lub ", 5, 6),
    (" i ", 3, 6),
];

/// Words before an extension, in the languages we speak.
const EXTENSIONS: [&str; 9] = ["extension", "ext", "durchwahl", "dw", "poste", "wewn", "wew", "x", "#"];

/// Marks that steer the direction of writing, joiners and byte-order marks: they come along when a number is
/// pasted from a contact.
pub(in crate::domain) const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Lower case, Western digits, plain spaces, a new line as `;`; without spreadsheet marks and URL schemes.
pub(super) fn tidy(raw: &str) -> String {
    let plain: String = raw.trim().chars().filter(|c| !is_invisible(*c)).map(plain).collect();
    let mut text = plain.trim();
    if let Some(formula) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        text = formula;
    }
    text = text.trim_matches(['\'', '"', '`', ' ']);
    for scheme in ["tel:", "callto:", "sms:", "whatsapp:"] {
        if let Some(rest) = text.strip_prefix(scheme) {
            return uri(rest.trim());
        }
    }
    // A number column read as decimals writes 1713920012.0.
    match text.strip_suffix(".0") {
        Some(whole) if whole.len() > 6 && whole.bytes().all(|byte| byte.is_ascii_digit()) => whole.to_owned(),
        _ => text.to_owned(),
    }
}

fn plain(c: char) -> char {
    match c {
        '\n' | '\r' => ';',
        '\u{FF0B}' => '+',
        c if c.is_whitespace() => ' ',
        c if c.is_ascii() => c.to_ascii_lowercase(),
        c => {
            let digit = ZEROS
                .iter()
                .find_map(|zero| (c as u32).checked_sub(*zero).filter(|value| *value < 10));
            digit.and_then(|value| char::from_digit(value, 10)).unwrap_or(c)
        }
    }
}

/// The inside of a `tel:` URI (RFC 3966): parameters after `;`, of which two matter.
fn uri(text: &str) -> String {
    let (number, parameters) = text.split_once(';').unwrap_or((text, ""));
    let value = |name: &str| parameters.split(';').find_map(|pair| pair.strip_prefix(name));
    let context = value("phone-context=").filter(|context| context.starts_with('+') && !number.starts_with('+'));
    let extension = value("ext=").map(|digits| format!(" ext {digits}")).unwrap_or_default();
    format!("{}{number}{extension}", context.unwrap_or_default())
}

/// `4.01235e+10`: what a spreadsheet makes of a long number. The digits it left out can't be brought back.
pub(super) fn is_rounded(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once("e+") else {
        return false;
    };
    let digits =
        |part: &str, extra: &[char]| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit() || extra.contains(&c));
    digits(mantissa, &['.', ',']) && digits(exponent, &[])
}

/// The numbers of a field. Whatever has too few digits on either side is punctuation, not a separator.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((end, next)) = next_separator(rest) {
        parts.push(rest[..end].trim());
        rest = &rest[next..];
    }
    parts.push(rest.trim());
    parts
}

fn next_separator(text: &str) -> Option<(usize, usize)> {
    text.char_indices().find_map(|(at, _)| {
        let (_, skip, before) = SEPARATORS.iter().find(|(mark, ..)| text[at..].starts_with(mark))?;
        let enough = count_digits(&text[..at]) >= *before && count_digits(&text[at + skip..]) >= 6;
        enough.then_some((at, at + skip))
    })
}

/// Separates `604 555 0123 ext. 5` into the number and `5`.
pub(super) fn cut_extension(text: &str) -> (&str, Option<&str>) {
    let head = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let extension = &text[head.len()..];
    if extension.is_empty() || extension.len() > 6 {
        return (text, None);
    }
    let marked = head.trim_end_matches([' ', '.', ':']);
    for word in EXTENSIONS {
        let Some(number) = marked.strip_suffix(word) else {
            continue;
        };
        // `1-800-box-x5` is a spelled number; an extension follows a number that stands by itself.
        if count_digits(number) >= 6 && !number.ends_with(char::is_alphabetic) {
            return (number, Some(extension));
        }
    }
    (text, None)
}

/// Digits, after a `+` where the number has one. The `(0)` of `+49 (0)171` is only dialled at home, so it goes.
pub(super) fn dialled(text: &str) -> String {
    let digits: String = without_home_zero(text).chars().filter(char::is_ascii_digit).collect();
    if is_international(text) {
        format!("+{digits}")
    } else {
        digits
    }
}

/// The same with letters read from a telephone's keys (ITU-T E.161), when they follow at least three digits;
/// nothing when there are none.
pub(super) fn keypad(text: &str) -> Option<String> {
    let first = text.find(|c: char| c.is_ascii_alphabetic())?;
    if count_digits(&text[..first]) < 3 {
        return None;
    }
    let spelled: String = text.chars().map(key).collect();
    Some(dialled(&spelled))
}

const fn key(c: char) -> char {
    match c {
        'a'..='c' => '2',
        'd'..='f' => '3',
        'g'..='i' => '4',
        'j'..='l' => '5',
        'm'..='o' => '6',
        'p'..='s' => '7',
        't'..='v' => '8',
        'w'..='z' => '9',
        other => other,
    }
}

fn is_international(text: &str) -> bool {
    let first = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    text[..first].contains('+')
}

fn without_home_zero(text: &str) -> String {
    let leads = is_international(text) || text.trim_start_matches([' ', '(']).starts_with("00");
    if leads {
        text.replacen("(0)", "", 1)
    } else {
        text.to_owned()
    }
}

fn count_digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

//! How a customer's language writes dates, times and money. Adding a locale is adding a row to `data`, not code.
//!
//! Everything comes out with plain spaces: U+00A0 and U+202F, which CLDR puts into times and prices, would turn a
//! text message into UCS-2.

mod data;
mod format;
mod money;

pub use format::Day;

use data::{Data, rows};

/// A language and perhaps a region (`de`, `de-AT`): which texts a customer gets and how they are written.
#[derive(Clone, Copy)]
pub struct Locale {
    tag: Tag,
    data: &'static Data,
}

/// Why a text is not the tag of a locale.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocaleError {
    #[error("`{0}` is not a locale; write a language and perhaps a region, like `de` or `de-AT`")]
    Malformed(String),
    #[error("`{tag}`: there are no texts in language `{language}`; use one of {}", languages().join(", "))]
    UnknownLanguage { tag: String, language: String },
}

impl Locale {
    /// Reads `de`, `de-AT`, `de_AT.UTF-8` or `es-419`; scripts and variants are passed over (BCP 47).
    ///
    /// A region without data of its own is kept in the tag and written like its language.
    ///
    /// # Errors
    /// `LocaleError` when the text is not a tag, or names a language that has no texts.
    pub fn parse(text: &str) -> Result<Self, LocaleError> {
        let malformed = || LocaleError::Malformed(text.to_owned());
        let plain = text.trim().split(['.', '@']).next().unwrap_or_default();
        let mut subtags = plain.split(['-', '_']);
        let language = subtags.next().unwrap_or_default().to_ascii_lowercase();
        if !matches!(language.len(), 2..=3) || !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(malformed());
        }
        if plain
            .split(['-', '_'])
            .any(|tag| tag.is_empty() || !tag.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        {
            return Err(malformed());
        }
        let base = row(&language).ok_or_else(|| LocaleError::UnknownLanguage {
            tag: text.to_owned(),
            language: language.clone(),
        })?;
        let Some(region) = subtags.find(|subtag| is_region(subtag)) else {
            return Ok(Self {
                tag: Tag::new(&language),
                data: base,
            });
        };
        let tag = Tag::new(&format!("{language}-{}", region.to_ascii_uppercase()));
        Ok(Self {
            tag,
            data: row(tag.as_str()).unwrap_or(base),
        })
    }

    /// The tag in its usual spelling: `de`, `de-AT`.
    #[must_use]
    pub fn tag(&self) -> &str {
        self.tag.as_str()
    }

    /// The language alone: `de`.
    #[must_use]
    pub const fn language(&self) -> &'static str {
        self.data.language
    }

    /// The tags that have data of their own, languages before their regions.
    pub fn known() -> impl Iterator<Item = Self> {
        rows().map(|data| Self {
            tag: Tag::new(data.tag),
            data,
        })
    }
}

/// The languages that have data, in the order of `data`.
#[must_use]
pub fn languages() -> Vec<&'static str> {
    rows()
        .filter(|data| data.tag == data.language)
        .map(|data| data.tag)
        .collect()
}

fn row(tag: &str) -> Option<&'static Data> {
    rows().find(|data| data.tag == tag)
}

/// Two letters (ISO 3166) or three digits (UN M.49).
fn is_region(subtag: &str) -> bool {
    let letters = subtag.bytes().all(|byte| byte.is_ascii_alphabetic());
    let digits = subtag.bytes().all(|byte| byte.is_ascii_digit());
    (letters && subtag.len() == 2) || (digits && subtag.len() == 3)
}

/// A tag held inline, so that a locale is copied freely: at most `xxx-XXX`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Tag {
    bytes: [u8; 7],
    length: u8,
}

impl Tag {
    fn new(text: &str) -> Self {
        let mut tag = Self {
            bytes: [0; 7],
            length: 0,
        };
        for (slot, byte) in tag.bytes.iter_mut().zip(text.bytes()) {
            *slot = byte;
            tag.length += 1;
        }
        tag
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl PartialEq for Locale {
    fn eq(&self, other: &Self) -> bool {
        self.tag == other.tag
    }
}

impl Eq for Locale {}

impl std::hash::Hash for Locale {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.tag.hash(state);
    }
}

impl std::fmt::Debug for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Locale({self})")
    }
}

impl std::fmt::Display for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tag())
    }
}

impl std::str::FromStr for Locale {
    type Err = LocaleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests;

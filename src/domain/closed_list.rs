//! Closed lists: enums with one text form, which is what is stored, printed, configured and parsed.

/// A text that is not one of a closed list's values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a known {list}")]
pub struct NotInList {
    pub list: &'static str,
    pub text: String,
}

/// Pastes the text form of a closed list: what is stored, printed and parsed.
macro_rules! closed_list {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text that is stored and printed.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::domain::closed_list::NotInList;

            fn try_from(text: String) -> Result<Self, <Self as TryFrom<String>>::Error> {
                text.parse()
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::closed_list::NotInList;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::domain::closed_list::NotInList { list: stringify!($name), text: text.to_owned() }),
                }
            }
        }
    };
}
pub(crate) use closed_list;

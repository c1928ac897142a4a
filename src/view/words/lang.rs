//! The languages of the page. One more is a folder beside the others, its `mod` line and its line below.

use super::{ShareWords, Words, en, zh};

macro_rules! languages {
    ($($(#[$attribute:meta])* $lang:ident: $folder:ident, $tag:literal;)*) => {
        /// A language of the page.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum Lang {
            $($(#[$attribute])* $lang,)*
        }

        impl Lang {
            /// All, in the order of the button that switches to the next. Links hold the place: a new one is
            /// the last.
            pub const ALL: [Self; [$(stringify!($lang)),*].len()] = [$(Self::$lang),*];

            /// The name in addresses and of its texts in a lesson file.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$lang => stringify!($folder),)*
                }
            }

            /// The tag for `<html lang>`.
            pub fn tag(self) -> &'static str {
                match self {
                    $(Self::$lang => $tag,)*
                }
            }
        }

        /// The words of a language.
        pub fn words(lang: Lang) -> &'static Words {
            match lang {
                $(Lang::$lang => &$folder::WORDS,)*
            }
        }

        /// The words of a language for the dialog that shares.
        pub fn share_words(lang: Lang) -> &'static ShareWords {
            match lang {
                $(Lang::$lang => &$folder::SHARE,)*
            }
        }
    };
}

languages! {
    /// Chinese, simplified.
    #[default]
    Zh: zh, "zh-CN";
    /// English.
    En: en, "en";
}

impl Lang {
    /// Reads a language tag such as `zh-CN` or `en`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| primary.eq_ignore_ascii_case(lang.name()))
    }

    /// The one that the page's button switches to.
    pub fn next(self) -> Self {
        Self::ALL[(self as usize + 1) % Self::ALL.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_loosely() {
        assert_eq!(Lang::from_tag("zh-Hans-CN"), Some(Lang::Zh));
        assert_eq!(Lang::from_tag("EN"), Some(Lang::En));
        assert_eq!(Lang::from_tag("fr"), None);
        assert_eq!(Lang::from_tag(""), None);
    }

    #[test]
    fn the_button_leads_through_all() {
        let all: Vec<_> =
            std::iter::successors(Some(Lang::Zh), |lang| Some(lang.next())).take(Lang::ALL.len()).collect();
        assert_eq!((all.as_slice(), Lang::En.next()), (&Lang::ALL[..], Lang::Zh));
    }
}

//! The page's URL parameters: `?lang=zh|en&theme=light|dark|contrast|auto&play=0|1&speed=0.5`.
//!
//! They come from strangers' links: whatever is unknown or out of range is reported and ignored.

use super::speed::Speed;
use super::words::Lang;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's system is set.
    #[default]
    Auto,
    /// Dark ink on paper.
    Light,
    /// Light ink on night.
    Dark,
    /// Black and white, thick lines.
    Contrast,
}

/// What a link may preset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    /// The language, if not the browser's.
    pub lang: Option<Lang>,
    /// Light or dark.
    pub theme: Theme,
    /// Whether the page runs when it opens.
    pub play: Option<bool>,
    /// How fast.
    pub speed: Option<Speed>,
    /// A lesson's name, or the address of a teacher's file.
    pub lesson: Option<String>,
}

/// A parameter that was ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is no such parameter.
    Unknown(String),
    /// The parameter exists, this value does not.
    Value {
        /// The parameter.
        name: &'static str,
        /// What was given.
        given: String,
        /// What may be given.
        allowed: &'static str,
    },
}

/// At most so many problems are named; a link may hold thousands.
const MAX_PROBLEMS: usize = 5;

impl Theme {
    /// The attribute's value, and the parameter's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }

    /// The theme that the switch turns to.
    pub fn next(self) -> Self {
        match self {
            Self::Auto => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::Contrast,
            Self::Contrast => Self::Auto,
        }
    }
}

impl Params {
    /// Reads a query such as `?lang=zh&play=1`.
    pub fn parse(query: &str) -> (Self, Vec<Problem>) {
        let mut params = Self::default();
        let mut problems = Vec::new();
        let query = query.strip_prefix('?').unwrap_or(query);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name), decode(value));
            if let Err(problem) = params.set(&name, &value)
                && problems.len() < MAX_PROBLEMS
            {
                problems.push(problem);
            }
        }
        (params, problems)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Problem> {
        let bad = |name, allowed| Problem::Value { name, given: shorten(value), allowed };
        match name {
            "lang" => self.lang = Some(Lang::from_tag(value).ok_or_else(|| bad("lang", "zh, en"))?),
            "theme" => {
                self.theme = match value {
                    "auto" => Theme::Auto,
                    "light" => Theme::Light,
                    "dark" => Theme::Dark,
                    "contrast" => Theme::Contrast,
                    _ => return Err(bad("theme", "light, dark, contrast, auto")),
                }
            }
            "lesson" => {
                let good = (1..=2000).contains(&value.len());
                let named = good.then(|| value.to_owned());
                self.lesson = Some(named.ok_or_else(|| bad("lesson", "a-z 0-9 -, https://…"))?);
            }
            "play" => {
                self.play = match value {
                    "0" => Some(false),
                    "1" => Some(true),
                    _ => return Err(bad("play", "0, 1")),
                }
            }
            "speed" => {
                let allowed = "0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20";
                self.speed = Some(Speed::parse(value).ok_or_else(|| bad("speed", allowed))?);
            }
            _ => return Err(Problem::Unknown(shorten(name))),
        }
        Ok(())
    }
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= 40 { text.to_owned() } else { text.chars().take(39).chain(['…']).collect() }
}

/// Undoes `%41` and `+`; what is not well formed stays as it is.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = |n: usize| bytes.get(n).and_then(|b| (*b as char).to_digit(16));
        match (bytes[i], hex(i + 1), hex(i + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                i += 2;
            }
            (b'+', ..) => out.push(b' '),
            (byte, ..) => out.push(byte),
        }
        i += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_parameters_are_read() {
        let (params, problems) = Params::parse("?lang=en&theme=dark&play=1&speed=0.1");
        assert!(problems.is_empty());
        assert_eq!(params.lang, Some(Lang::En));
        assert_eq!((params.theme, params.play), (Theme::Dark, Some(true)));
        assert_eq!(params.speed, Speed::parse("0.1"));
    }

    #[test]
    fn the_rest_is_named_and_ignored() {
        let (params, problems) = Params::parse("?x=1&speed=7&%E4%BD%A0=%zz&&play=yes");
        assert_eq!(params, Params::default());
        assert_eq!(problems.len(), 4);
        assert_eq!(problems[0], Problem::Unknown("x".into()));
        assert_eq!(problems[2], Problem::Unknown("你".into()));
        let (_, many) = Params::parse(&"a=1&".repeat(1000));
        assert_eq!(many.len(), MAX_PROBLEMS);
    }
}

//! What a page that embeds the lab may ask of it, read from its messages. `docs/EMBED.md` has the
//! envelope around them.
//!
//! They come from strangers: each is one of a few kinds with one text or one number, and whatever is
//! not exactly that is refused by name.

use super::params::{Problem, Theme, lesson_name};
use super::permalink::Shared;
use super::words::Lang;
use crate::redis::Time;

/// Something that a host asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Opens a lesson.
    Load(String),
    /// Lets time run, or stops it.
    Play(bool),
    /// Goes to an instant.
    Seek(Time),
    /// On by so many steps; back if the number is negative.
    Step(i32),
    /// Tells the session as a permalink.
    GetState,
    /// Opens a permalink.
    SetState(Box<Shared>),
    /// Light or dark.
    Theme(Theme),
    /// The language.
    Lang(Lang),
    /// Puts the keyboard's focus into the lab.
    Focus,
}

/// The messages: their names, and what each needs, as an error tells it.
pub const ORDERS: [(&str, &str); 10] = [
    ("load", "lesson: a-z 0-9 -"),
    ("play", ""),
    ("pause", ""),
    ("seek", "at: 0 … 36000"),
    ("step", "count: -100 … 100"),
    ("getState", ""),
    ("setState", "state: s=…"),
    ("setTheme", "theme: light, dark, contrast, auto"),
    ("setLang", "lang: zh, en"),
    ("focus", ""),
];

impl Order {
    /// Reads a message of this kind with the text and the number it has (empty and not a number if
    /// it has none).
    ///
    /// # Errors
    /// If it is not exactly one of [`ORDERS`].
    pub fn parse(kind: &str, text: &str, number: f64) -> Result<Self, Problem> {
        let Some((name, allowed)) = ORDERS.iter().find(|(known, _)| *known == kind) else {
            return Err(Problem::Unknown(kind.chars().take(40).collect()));
        };
        if *name == "setState" {
            return match Shared::parse(text) {
                Some(Ok(shared)) => Ok(Self::SetState(Box::new(shared))),
                Some(Err(error)) => Err(Problem::Link(error)),
                None => Err(Problem::Value { name, given: String::new(), allowed }),
            };
        }
        let given = || text.chars().take(40).collect();
        Self::read(name, text, number).ok_or_else(|| Problem::Value { name, given: given(), allowed })
    }

    fn read(name: &str, text: &str, number: f64) -> Option<Self> {
        let whole = |low: f64, high: f64| (number >= low && number <= high).then_some(number);
        Some(match name {
            "load" => Self::Load(lesson_name(text)?.to_owned()),
            "play" => Self::Play(true),
            "pause" => Self::Play(false),
            "seek" => Self::Seek(Time::from_micros((whole(0.0, 36_000.0)? * 1e6) as u64)),
            "step" => Self::Step(whole(-100.0, 100.0)? as i32),
            "getState" => Self::GetState,
            "setTheme" => Self::Theme(Theme::named(text)?),
            "setLang" => Self::Lang(Lang::from_tag(text)?),
            _ => Self::Focus,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::permalink::LinkError;

    #[test]
    fn every_kind_is_read() {
        let read = |kind, text, number| Order::parse(kind, text, number).expect("it is right");
        assert_eq!(read("load", "ring", f64::NAN), Order::Load("ring".into()));
        assert_eq!(read("seek", "", 12.5), Order::Seek(Time::from_millis(12_500)));
        assert_eq!(read("step", "", -1.0), Order::Step(-1));
        assert_eq!(read("setTheme", "dark", 0.0), Order::Theme(Theme::Dark));
        for (kind, _) in ORDERS {
            assert!(!matches!(Order::parse(kind, "", 0.0), Err(Problem::Unknown(_))), "{kind}");
        }
    }

    #[test]
    fn a_refusal_is_told_of_a_message_and_not_of_an_address() {
        let told = |kind, text| {
            let problem = Order::parse(kind, text, -1.0).expect_err("it is wrong");
            Lang::ALL.map(|lang| (crate::view::words(lang).problem)(&problem))
        };
        let [zh, en] = told("seek", "");
        assert_eq!(en, "seek is not valid (allowed: at: 0 … 36000); it was ignored.");
        assert_eq!(zh, "seek 无效（可用：at: 0 … 36000），已忽略。");
        assert!(told("setTheme", "blue")[1].starts_with("setTheme=blue is not valid"));
        for text in [told("explode", ""), told("setState", ""), told("load", "../x")].as_flattened() {
            assert!(!text.contains("address") && !text.contains("网址"), "{text}");
        }
    }

    #[test]
    fn hostile_messages_are_refused_by_name() {
        let value =
            |kind, text: &str, number| matches!(Order::parse(kind, text, number), Err(Problem::Value { .. }));
        for number in [f64::NAN, f64::INFINITY, -1.0, 36_000.1, 1e300] {
            assert!(value("seek", "", number), "{number}");
        }
        assert!(value("step", "", 101.0) && value("step", "", f64::NAN));
        assert!(value("load", "../../etc", 0.0) && value("load", &"a".repeat(41), 0.0));
        assert!(
            value("setTheme", "<script>", 0.0) && value("setLang", "fr", 0.0) && value("setState", "", 0.0)
        );
        let link = Order::parse("setState", "s=AAAA", 0.0);
        assert_eq!(link, Err(Problem::Link(LinkError::Damaged)));
        let long = "x".repeat(10_000);
        assert!(matches!(Order::parse(&long, "", 0.0), Err(Problem::Unknown(name)) if name.len() == 40));
    }
}

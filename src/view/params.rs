//! The page's URL parameters, as [`TABLE`] lists them; `docs/EMBED.md` explains each.
//!
//! They come from strangers' links: whatever is unknown or out of range is reported and ignored.

use super::permalink::LinkError;
use super::speed::Speed;
use super::words::Lang;
use crate::redis::Time;

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

/// How much of the page is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Controls {
    /// Everything.
    #[default]
    Full,
    /// A figure in a text: the views, a sentence, five buttons.
    Mini,
    /// The views and the sentence.
    None,
}

/// The parameters: their names, and their values as a notice tells them.
pub const TABLE: [(&str, &str); 13] = [
    ("lesson", "a-z 0-9 -, ….json"),
    ("lang", "zh, en"),
    ("theme", "light, dark, contrast, auto"),
    ("controls", "mini, full, none"),
    ("show", "now, ring, history, log, console"),
    ("play", "0, 1"),
    ("speed", "0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100"),
    ("at", "0 … 36000"),
    ("step", "0 … 999"),
    ("seed", "0 … 18446744073709551615"),
    ("keys", "on, off"),
    ("motion", "auto, full, reduced"),
    ("bg", "card, transparent"),
];

/// What hosts add on their own (pym.js does): not ours, and no mistake of the reader.
const FOREIGN: [&str; 5] = ["childId", "initialWidth", "parentTitle", "parentUrl", "id"];

/// What may be shown.
const PARTS: [&str; 5] = ["now", "ring", "history", "log", "console"];

/// What a link may preset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    /// The lesson.
    pub lesson: Option<String>,
    /// The language, if not the browser's.
    pub lang: Option<Lang>,
    /// Light or dark.
    pub theme: Theme,
    /// How much of the page is there.
    pub controls: Option<Controls>,
    /// The views that are there, parted by blanks; all that fit if `None`.
    pub show: Option<String>,
    /// Whether the page runs when it opens.
    pub play: Option<bool>,
    /// How fast.
    pub speed: Option<Speed>,
    /// The instant at which it opens.
    pub at: Option<Time>,
    /// The step of the lesson at which it opens.
    pub step: Option<u32>,
    /// The seed of the world.
    pub seed: Option<u64>,
    /// Whether the keyboard is listened to.
    pub no_keys: bool,
    /// Whether packets stand instead of flying, if not as the reader's system is set.
    pub still: Option<bool>,
    /// Whether the page has no ground of its own.
    pub transparent: bool,
}

/// What was ignored in an address or a message: its words must be true of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is no such parameter or message.
    Unknown(String),
    /// The parameter or message exists, this value does not.
    Value {
        /// The parameter or message.
        name: &'static str,
        /// What was given.
        given: String,
        /// What may be given.
        allowed: &'static str,
    },
    /// So many more, which are not named.
    More(usize),
    /// The lesson is not there, or could not be fetched.
    Lesson(String),
    /// The lesson has no step of this number, only so many.
    NoStep(u32, u32),
    /// The session in the address does not open.
    Link(LinkError),
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

    /// Reads a name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Auto, Self::Light, Self::Dark, Self::Contrast].into_iter().find(|theme| theme.name() == name)
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
            let Err(problem) = params.set(&name, &value) else { continue };
            let full = problems.len() == MAX_PROBLEMS;
            match problems.last_mut() {
                Some(Problem::More(n)) => *n += 1,
                _ if full => problems.push(Problem::More(1)),
                _ => problems.push(problem),
            }
        }
        (params, problems)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Problem> {
        if FOREIGN.contains(&name) {
            return Ok(());
        }
        let Some((name, allowed)) = TABLE.iter().find(|(known, _)| *known == name) else {
            return Err(Problem::Unknown(shorten(name)));
        };
        self.take(name, value).ok_or_else(|| Problem::Value { name, given: shorten(value), allowed })
    }

    /// Takes a value; `None` if it is not one.
    fn take(&mut self, name: &str, value: &str) -> Option<()> {
        let choice = |of: &[&str]| of.iter().position(|known| *known == value);
        match name {
            "lesson" => self.lesson = Some(lesson_address(value)?.to_owned()),
            "lang" => self.lang = Some(Lang::from_tag(value)?),
            "theme" => self.theme = Theme::named(value)?,
            "controls" => {
                self.controls = Some(
                    [Controls::Mini, Controls::Full, Controls::None][choice(&["mini", "full", "none"])?],
                );
            }
            "show" => self.show = Some(parts(value)?),
            "play" => self.play = Some(choice(&["0", "1"])? == 1),
            "speed" => self.speed = Some(Speed::parse(value)?),
            "at" => self.at = Some(seconds(value)?),
            "step" => self.step = Some(value.parse().ok().filter(|step| *step < 1000)?),
            "seed" => self.seed = Some(value.parse().ok()?),
            "keys" => self.no_keys = choice(&["on", "off"])? == 1,
            "motion" => self.still = [None, Some(false), Some(true)][choice(&["auto", "full", "reduced"])?],
            _ => self.transparent = choice(&["card", "transparent"])? == 1,
        }
        Some(())
    }
}

/// The value, if a lesson may be called so.
pub(super) fn lesson_name(value: &str) -> Option<&str> {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    ((1..=40).contains(&value.len()) && value.bytes().all(good)).then_some(value)
}

/// The value, if it may be the name of a lesson or the address of a teacher's file.
pub fn lesson_address(value: &str) -> Option<&str> {
    lesson_name(value).or_else(|| lesson_file(value))
}

/// The value, if it may be the address of a teacher's file.
fn lesson_file(value: &str) -> Option<&str> {
    let path = value.split(['?', '#']).next()?;
    let good = value.len() <= 500 && path.ends_with(".json") && !value.chars().any(char::is_control);
    good.then_some(value)
}

/// Views parted by commas, as a style sheet can match them: parted by blanks.
fn parts(value: &str) -> Option<String> {
    value.split(',').all(|part| PARTS.contains(&part)).then(|| value.replace(',', " "))
}

/// Seconds with at most three digits after the point.
pub(super) fn seconds(value: &str) -> Option<Time> {
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if part.len() > 3 || !digits(part) || !digits(whole) {
        return None;
    }
    let whole: u64 = whole.parse().ok().filter(|whole| *whole <= 36_000)?;
    let part: u64 = format!("{part:0<3}").parse().ok()?;
    Some(Time::from_millis(whole * 1000 + part))
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
    fn embeds_have_parameters_of_their_own() {
        let query = "?lesson=ring-2&controls=mini&show=now,ring&at=12.5&step=3&seed=7&keys=off&motion=reduced\
                     &bg=transparent&childId=a&initialWidth=300";
        let (params, problems) = Params::parse(query);
        assert_eq!(problems, []);
        assert_eq!((params.lesson.as_deref(), params.show.as_deref()), (Some("ring-2"), Some("now ring")));
        assert_eq!((params.controls, params.at), (Some(Controls::Mini), Some(Time::from_millis(12_500))));
        assert_eq!((params.step, params.seed), (Some(3), Some(7)));
        assert_eq!((params.no_keys, params.still, params.transparent), (true, Some(true), true));
    }

    #[test]
    fn every_name_in_the_table_is_read() {
        for (name, allowed) in TABLE {
            let listed = if allowed.contains('…') { 1 } else { usize::MAX };
            for given in allowed.split(", ").flat_map(|value| value.split(' ').next()).take(listed) {
                let (_, problems) = Params::parse(&format!("?{name}={given}"));
                assert_eq!(problems, [], "{name}={given}");
            }
            let (_, problems) = Params::parse(&format!("?{name}=~"));
            assert!(matches!(&problems[..], [Problem::Value { .. }]), "{name}=~");
        }
    }

    #[test]
    fn the_rest_is_named_and_ignored() {
        let (params, problems) = Params::parse("?x=1&speed=7&%E4%BD%A0=%zz&&play=yes");
        assert_eq!(params, Params::default());
        assert_eq!(problems.len(), 4);
        assert_eq!(problems[0], Problem::Unknown("x".into()));
        assert_eq!(problems[2], Problem::Unknown("你".into()));
        let (none, bad) = Params::parse("?lesson=../x&show=now,<b>&at=1e9&step=1000&seed=-1&keys=&motion=x");
        assert_eq!((none, bad.len()), (Params::default(), MAX_PROBLEMS + 1));
        assert_eq!(bad.last(), Some(&Problem::More(2)));
        let (_, many) = Params::parse(&"a=1&".repeat(1000));
        assert_eq!((many.len(), many.last()), (MAX_PROBLEMS + 1, Some(&Problem::More(1000 - MAX_PROBLEMS))));
    }
}

//! How a session is looked at: what of the page is part of a link.

use super::LinkError;
use super::coder::Coder;
use crate::redis::Span;
use crate::sim::NodeId;
use crate::view::speed::Speed;
use crate::view::words::Lang;

/// Which view stands in front where there is room for one only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// The servers and what flies between them.
    #[default]
    Now,
    /// The backlog.
    Ring,
    /// The past.
    History,
}

/// How a session is looked at. What is `None` is as the reader has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The language.
    pub lang: Option<Lang>,
    /// The view in front.
    pub tab: Tab,
    /// Whose backlog the ring shows; the master's if `None`.
    pub ring_of: Option<NodeId>,
    /// Whether History shows the whole session.
    pub whole: bool,
    /// How fast time runs.
    pub speed: Option<Speed>,
    /// How much of the history is shown, if not the usual part.
    pub zoom: Option<Span>,
}

/// Most pairs: a later version may have more than this one knows.
const MOST_PAIRS: usize = 64;

/// How many speeds there are.
const STEPS: u64 = Speed::STEPS.len() as u64;
/// The speed that is written as zero: slower ones came later and are written after the fastest.
const FIRST_SPEED: u64 = 2;

impl Look {
    /// The pairs that differ from the usual.
    fn pairs(&self) -> [(u64, Option<u64>); 6] {
        [
            (1, self.lang.map(|lang| lang as u64)),
            (2, (self.tab != Tab::Now).then_some(self.tab as u64)),
            (3, self.ring_of.map(|node| u64::from(node.0))),
            (4, self.whole.then_some(1)),
            (5, self.speed.map(|speed| (speed.index() as u64 + STEPS - FIRST_SPEED) % STEPS)),
            (6, self.zoom.map(Span::as_micros)),
        ]
    }

    /// Writes or reads pairs of a number and a value, ended by zero. Numbers that this version does
    /// not know are skipped, so that a later one may add some without becoming another format.
    pub(super) fn fields(&mut self, coder: &mut Coder<'_>) {
        if !coder.reads() {
            for (mut name, value) in self.pairs() {
                if let Some(mut value) = value {
                    coder.number(&mut name, u64::MAX);
                    coder.number(&mut value, u64::MAX);
                }
            }
            return coder.number(&mut 0, 0);
        }
        for _ in 0..MOST_PAIRS {
            let (mut name, mut value) = (0, 0);
            coder.number(&mut name, u64::MAX);
            if name == 0 {
                return;
            }
            coder.number(&mut value, u64::MAX);
            self.set(name, value);
        }
        coder.fail(LinkError::Value);
    }

    /// Takes a pair; one that makes no sense here leaves things as they are: it is only a look.
    fn set(&mut self, name: u64, value: u64) {
        match (name, value) {
            (1, _) => self.lang = Lang::ALL.into_iter().find(|lang| *lang as u64 == value).or(self.lang),
            (2, 1) => self.tab = Tab::Ring,
            (2, 2) => self.tab = Tab::History,
            (3, 0..=255) => self.ring_of = Some(NodeId(value as u8)),
            (4, 1) => self.whole = true,
            (5, _) if value < STEPS => {
                self.speed = Some(Speed::step(((value + FIRST_SPEED) % STEPS) as usize));
            }
            (6, 1..=36_000_000_000) => self.zoom = Some(Span::from_micros(value)),
            _ => {}
        }
    }
}

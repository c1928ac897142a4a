//! Permalinks: a whole session in the fragment of an address, `#s=…`.
//!
//! What a link holds is a [`Shared`]: what the session starts from, what was done to it, where it
//! stands and how it is looked at. Everything else follows from that by running it again. The bytes
//! are, in this order:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | the version of the format, [`VERSION`] |
//! | 2 | a checksum of all that follows: links are cut and retyped on their way |
//! | … | the start: `0` the course's scene, `1` a lesson and its name, `2` a world with all its settings |
//! | … | the seed, where the start has one of its own |
//! | … | the branches: parents before their children, each with its actions (`action.rs`) |
//! | … | the branch and the instant shown, and what of that instant is still to happen |
//! | … | how it is looked at: pairs of a number and a value, ended by zero (`look.rs`) |
//! | … | of a lesson, perhaps: how far it is, and its second world (`course.rs`) |
//!
//! Numbers are as short as they can be (LEB128); a word that came before, or is in a fixed table, is
//! the number of its place. That table and every number of the format are for ever: a change needs
//! another version, and `tests/permalinks/` keeps a link of each.
//!
//! The same description of the fields writes and reads (`coder::Coder`), so that the two cannot
//! drift apart. What comes from outside is held to limits: no field, list or text can be larger than
//! a person's session needs, so that a hostile link costs no more than an honest one.

mod action;
mod base64;
mod coder;
mod course;
mod look;
mod open;
mod world;

pub use course::{Course, Part, Resumed};
pub use look::{Look, Tab};
pub use open::MOST_STEPS;

use crate::redis::Time;
use crate::sim::WorldSpec;
use crate::sim::session::{BranchId, StoryBranch};
use coder::Coder;

/// The version that is written. All from 1 on are read.
pub const VERSION: u8 = 1;
/// Most characters of a link's fragment that are looked at.
pub const MOST_CHARACTERS: usize = 64 * 1024;
/// What stands before the session in a fragment.
const MARK: &str = "s=";
/// Bytes before the session itself: the version and the checksum.
const HEAD: usize = 3;
/// Most actions of a branch, and of all together, each counted with what it shares.
const MOST_ACTIONS: u64 = 10_000;
const MOST_COPIES: usize = 40_000;
/// Most branches.
const MOST_BRANCHES: u64 = 200;
/// Most bytes of a lesson's name or address.
const MOST_NAME: usize = 500;
/// Latest instant of a session, in microseconds: ten hours.
const MOST_TIME: u64 = 36_000_000_000;

/// What a session starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// [`WorldSpec::course`], with this seed.
    Course(u64),
    /// The lesson of this name, or in a teacher's file at this address.
    Lesson(String),
    /// Any world.
    World(Box<WorldSpec>),
}

/// A session as a link holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// What it starts from.
    pub start: Start,
    /// What was done to it, as [`Story`](crate::sim::session::Story) has it, but that the trunk is
    /// without the opening of the start. At least one.
    pub branches: Vec<StoryBranch>,
    /// The branch shown.
    pub on: BranchId,
    /// The instant shown.
    pub at: Time,
    /// How many of the things due at that instant are still to happen.
    pub undone: u32,
    /// How it is looked at.
    pub look: Look,
    /// How far its lesson is, if it starts from one.
    pub course: Option<Course>,
}

/// Why a link does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// More characters than a session can need.
    #[error("the link is too long")]
    TooLong,
    /// It was cut or changed on its way, or never was one of ours.
    #[error("the link is damaged")]
    Damaged,
    /// It comes from a newer version of this page.
    #[error("the link has version {0}, this page knows versions up to {VERSION}")]
    Version(u8),
    /// A value is beyond what this page accepts.
    #[error("the link holds a value that is not accepted")]
    Value,
    /// The lesson is not there.
    #[error("the link belongs to a lesson that is not here")]
    Lesson,
    /// It would take too long to come to its instant.
    #[error("the link's session is too long to be run again")]
    Work,
}

impl Shared {
    /// The session as the fragment of an address, without its `#`.
    pub fn fragment(&self) -> String {
        self.clone().into_fragment()
    }

    /// The same, at its end.
    pub fn into_fragment(mut self) -> String {
        let mut body = Coder::writer();
        self.fields(&mut body);
        seal(VERSION, &body.written())
    }

    /// Reads the fragment of an address, with or without its `#`. `None` if it holds no session.
    ///
    /// # Errors
    /// If it holds one that this page does not accept.
    pub fn parse(fragment: &str) -> Option<Result<Self, LinkError>> {
        let text = fragment.strip_prefix('#').unwrap_or(fragment);
        let text = text.split('&').find_map(|part| part.strip_prefix(MARK))?;
        Some(Self::decode(text))
    }

    fn decode(text: &str) -> Result<Self, LinkError> {
        if text.len() > MOST_CHARACTERS {
            return Err(LinkError::TooLong);
        }
        let bytes = base64::read(text).ok_or(LinkError::Damaged)?;
        let (&[version, low, high], body) = bytes.split_first_chunk::<HEAD>().ok_or(LinkError::Damaged)?;
        if checksum(body) != u16::from_le_bytes([low, high]) {
            return Err(LinkError::Damaged);
        }
        if version == 0 || version > VERSION {
            return Err(LinkError::Version(version));
        }
        let mut shared = Self::blank();
        let mut coder = Coder::reader(body);
        shared.fields(&mut coder);
        coder.finish().map(|()| shared)
    }

    fn blank() -> Self {
        Self {
            start: Start::Course(0),
            branches: Vec::new(),
            on: BranchId(0),
            at: Time::ZERO,
            undone: 0,
            look: Look::default(),
            course: None,
        }
    }

    /// All fields, to write or to read them.
    fn fields(&mut self, coder: &mut Coder<'_>) {
        let mut kind = match self.start {
            Start::Course(_) => 0,
            Start::Lesson(_) => 1,
            Start::World(_) => 2,
        };
        coder.number(&mut kind, 2);
        if coder.reads() {
            self.start = match kind {
                0 => Start::Course(0),
                1 => Start::Lesson(String::new()),
                _ => Start::World(Box::new(WorldSpec::new(Vec::new(), 0))),
            };
        }
        match &mut self.start {
            Start::Course(seed) => coder.number(seed, u64::MAX),
            Start::Lesson(name) => coder.text(name, MOST_NAME),
            Start::World(spec) => world::spec(coder, spec),
        }
        self.tree(coder);
        coder.number16(&mut self.on.0);
        coder.time(&mut self.at);
        coder.number32(&mut self.undone, 100_000);
        self.look.fields(coder);
        if matches!(self.start, Start::Lesson(_)) && (self.course.is_some() || coder.has_more()) {
            self.course.get_or_insert_with(Course::blank).fields(coder);
        }
    }
}

impl Shared {
    /// The branches: how many, then each.
    fn tree(&mut self, coder: &mut Coder<'_>) {
        let count = coder.length(self.branches.len(), MOST_BRANCHES);
        let blank = || StoryBranch {
            parent: None,
            from: Time::ZERO,
            reach: Time::ZERO,
            shared: 0,
            actions: Vec::new(),
        };
        self.branches.resize_with(count, blank);
        let mut copies = 0;
        for (n, branch) in self.branches.iter_mut().enumerate() {
            if n > 0 {
                let mut parent = branch.parent.map_or(0, |parent| parent.0);
                coder.number16(&mut parent);
                branch.parent = Some(BranchId(parent));
                coder.time(&mut branch.from);
                coder.number32(&mut branch.shared, MOST_ACTIONS as u32);
            }
            let mut ahead = branch.reach.since(branch.from);
            coder.span(&mut ahead, MOST_TIME);
            branch.reach = branch.from + ahead;
            action::actions(coder, &mut branch.actions);
            copies += branch.shared as usize + branch.actions.len();
            if copies > MOST_COPIES {
                coder.fail(LinkError::Value);
            }
        }
        if count == 0 {
            coder.fail(LinkError::Value);
        }
    }
}

/// A fragment of these bytes, whatever they are: the head is right, the rest is the caller's.
pub fn seal(version: u8, body: &[u8]) -> String {
    let sum = checksum(body).to_le_bytes();
    let mut text = String::from(MARK);
    base64::write(&mut text, &[&[version], &sum[..], body].concat());
    text
}

/// 16 bits of FNV-1a: tells apart what was damaged from what was not, most of the time.
fn checksum(bytes: &[u8]) -> u16 {
    let mut hash = 0x811c_9dc5_u32;
    for byte in bytes {
        hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    }
    (hash ^ hash >> 16) as u16
}

//! Lessons: worlds with a script, questions and challenges, as data.
//!
//! A lesson file ([`Lesson`]) is JSON when a person writes it and [`binary`] when the page reads it. It
//! names things by their names and holds no number that the simulation could produce: texts have
//! placeholders filled by a [`Probe`], a question's right answer is found by running a copy of the
//! world forward ([`answer`]), a challenge is won when a [`Condition`] holds in the world.
//!
//! - [`format`](mod@format), [`world`], [`deed`], [`condition`], [`probe`], [`event`], [`text`]: the
//!   file's types, each with what it means in a world.
//! - [`Run`] plays a lesson over a [`Lab`] (one or two sessions on one clock), [`Trial`] a challenge.
//! - `check` (feature `lesson-text`) reads JSON and says what is wrong with it: line, field, what is
//!   allowed; and plays a lesson from end to end.
//!
//! Deliberately not here: the page, and words that are not in a lesson file.

pub mod answer;
pub mod binary;
pub mod condition;
mod consistency;
pub mod deed;
pub mod event;
pub mod format;
pub mod lab;
pub mod probe;
pub mod run;
pub mod scope;
pub mod script;
pub mod settings;
pub mod sizing;
pub mod table;
pub mod text;
pub mod trial;
pub mod world;

#[cfg(feature = "lesson-text")]
pub mod check;

pub use answer::{Outcome, Reply, Verdict};
pub use condition::Condition;
pub use deed::Deed;
pub use event::Event;
pub use format::{Ask, Await, Challenge, Fact, Guess, Lesson, Show, Step};
pub use lab::Lab;
pub use probe::{Probe, Unit, Value};
pub use run::{News, Run, Stage};
pub use scope::Scope;
pub use table::Table;
pub use text::{Named, Term, Text};
pub use trial::Trial;
pub use world::World;

/// The attributes that every type of a lesson file has.
macro_rules! in_file {
    ($($item:item)*) => {$(
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "snake_case")]
        #[cfg_attr(feature = "lesson-schema", derive(schemars::JsonSchema))]
        $item
    )*};
}
use in_file;

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

mod ahead;
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
mod stage;
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

/// Types of a lesson file: what each derives, and how each is read from the binary form.
macro_rules! in_file {
    () => {};
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)*
    } $($rest:tt)*) => {
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "snake_case")]
        #[cfg_attr(feature = "lesson-schema", derive(schemars::JsonSchema))]
        $(#[$meta])*
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
        }

        impl $crate::lesson::binary::Read for $name {
            fn read(from: &mut $crate::lesson::binary::Reader<'_>) -> Self {
                Self { $($field: from.read(),)* }
            }
        }

        $crate::lesson::in_file! { $($rest)* }
    };
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident
            $(($inner:ty))?
            $({ $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })?,
        )*
    } $($rest:tt)*) => {
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "snake_case")]
        #[cfg_attr(feature = "lesson-schema", derive(schemars::JsonSchema))]
        #[allow(clippy::use_self, reason = "the macro does not know which type is its own")]
        $(#[$meta])*
        pub enum $name {
            $($(#[$variant_meta])* $variant $(($inner))? $({ $($(#[$field_meta])* $field: $type,)* })?,)*
        }

        impl $crate::lesson::binary::Read for $name {
            fn read(from: &mut $crate::lesson::binary::Reader<'_>) -> Self {
                let mut left = from.variant();
                $(
                    if left == 0 {
                        return Self::$variant
                            $(($crate::lesson::binary::read::<$inner>(from)))?
                            $({ $($field: $crate::lesson::binary::read::<$type>(from),)* })?;
                    }
                    left -= 1;
                )*
                let _ = left;
                from.refuse()
            }
        }

        $crate::lesson::in_file! { $($rest)* }
    };
}
use in_file;

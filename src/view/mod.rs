//! What is shown: the scene at an instant, its geometry, number formats and words.
//!
//! Everything here is plain data computed from the simulated world, with no Yew and no browser, so
//! that it can be tested natively. Floats may appear here and above, never below.
//!
//! Start reading at [`Picture`], the whole page as a value, then [`scene`].

pub mod compare;
pub mod ends;
pub mod export;
pub mod flights;
pub mod format;
pub mod history;
pub mod inspect;
pub mod layout;
pub mod lesson;
pub mod log;
pub mod orders;
pub mod params;
pub mod permalink;
pub mod poster;
pub mod resp;
pub mod ring;
pub mod scene;
pub mod speed;
pub mod status;
pub mod tape;
pub mod tell;
pub mod verb;
pub mod why;
pub mod words;

pub mod picture;

pub use params::Params;
pub use picture::Picture;
pub use words::{Lang, Words, words};

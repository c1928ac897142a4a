//! A session as something that can be put elsewhere: pictures, diagrams in text, logs, snippets.
//!
//! None of it is in the page's own code: `src/share.rs` hands it to the dialog that shares, which
//! loads it when it is opened. It gets the session from its permalink, as anyone else would.

pub mod markdown;
pub mod mermaid;
pub mod shiviz;
pub mod snippets;
pub mod svg;

use super::history::Record;
use super::permalink::{LinkError, MOST_STEPS, Shared};
use super::words::{Lang, share_words};
use crate::sim::Session;

/// A session that was opened for export: at its instant, with the record of all of its branch.
#[derive(Debug)]
pub struct Opened {
    /// The session.
    pub session: Session,
    /// What happened.
    pub record: Record,
    /// The language of the texts.
    pub lang: Lang,
    /// The address that opens the page with this session.
    pub link: String,
}

impl Opened {
    /// Opens a permalink's fragment. `page` is the address without it.
    ///
    /// # Errors
    /// As [`Shared::open`]; a fragment without a session is damaged.
    pub fn new(page: &str, fragment: &str, lang: Lang) -> Result<Self, LinkError> {
        let shared = Shared::parse(fragment).ok_or(LinkError::Damaged)??;
        let mut record = Record::default();
        let session = shared.open(MOST_STEPS, &mut |world| record.follow(world))?;
        Ok(Self { session, record, lang, link: format!("{page}#{fragment}") })
    }
}

/// The words of the dialog as a JSON object.
pub fn texts(lang: Lang) -> String {
    share_words(lang).json()
}

/// Text inside XML.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Not allowed in XML at all.
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A text as JSON.
pub(in crate::view) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

//! What the dialog that shares calls from JavaScript (feature `share`): it loads this when it is
//! opened, so that the page itself stays small. The session comes in as a permalink.

use crate::redis::Time;
use crate::view::export::{self, Opened, markdown, mermaid, shiviz, snippets, svg};
use crate::view::params::Problem;
use crate::view::{Lang, words};
use qrcodegen::{QrCode, QrCodeEcc};
use wasm_bindgen::prelude::wasm_bindgen;

fn lang(tag: &str) -> Lang {
    Lang::from_tag(tag).unwrap_or_default()
}

/// The words of the dialog, as JSON.
#[wasm_bindgen]
pub fn share_texts(tag: &str) -> String {
    export::texts(lang(tag))
}

/// The snippets for a session, as a JSON array of name, title and text; as [`snippets::snippets`] has them.
#[wasm_bindgen]
pub fn share_snippets(base: &str, whole: bool, fragment: &str, tag: &str) -> String {
    snippets::json(base, whole, fragment, lang(tag))
}

/// A QR code as `size` and the path of its dark squares, parted by a blank; empty if the text is too
/// long for one.
#[wasm_bindgen]
pub fn share_qr(text: &str) -> String {
    use std::fmt::Write;
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Low) else { return String::new() };
    let size = code.size();
    let mut out = format!("{size} ");
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            // Writing into a String cannot fail.
            let _ = write!(out, "M{x} {y}h1v1h-1z");
        }
    }
    out
}

/// A session that was opened for export.
#[wasm_bindgen]
pub struct Export(Opened);

#[wasm_bindgen]
impl Export {
    /// Opens a permalink.
    ///
    /// # Errors
    /// Says in words what is wrong with it.
    #[wasm_bindgen(constructor)]
    pub fn new(page: &str, fragment: &str, tag: &str) -> Result<Self, String> {
        let lang = lang(tag);
        Opened::new(page, fragment, lang)
            .map(Self)
            .map_err(|error| (words(lang).problem)(&Problem::Link(error)))
    }

    /// The instant it is at, in seconds.
    pub fn at(&self) -> f64 {
        self.0.session.world().now().as_millis() as f64 / 1000.0
    }

    /// Goes to an instant of the branch, in seconds; no further than it was ever reached.
    pub fn seek(&mut self, at: f64) {
        let to = instant(at).min(self.0.session.reach());
        self.0.session.seek(to);
    }

    /// The session in a form: `svg`, `history`, `mermaid`, `shiviz` or `markdown`, from and to these
    /// seconds. Empty if there is no such form.
    pub fn write(&self, form: &str, from: f64, to: f64) -> String {
        let (from, to) = (instant(from), instant(to));
        match form {
            "svg" => svg::moment(&self.0),
            "history" => svg::history(&self.0, from, to),
            "mermaid" => mermaid::sequence(&self.0, from, to),
            "shiviz" => shiviz::log(&self.0, to),
            "markdown" => markdown::log(&self.0, from, to),
            _ => String::new(),
        }
    }
}

/// Seconds as an instant; what is no number is the start.
fn instant(seconds: f64) -> Time {
    Time::from_micros((seconds.max(0.0) * 1e6) as u64)
}

//! The packets in flight, outside the virtual DOM: one kept `<path>` per kind, and a pool of labels;
//! a canvas when there are more than a thousand.

use super::canvas::Canvas;
use crate::view::flights::{Flights, MAX_LABELS};
use crate::view::format::px;
use web_sys::{Document, Element};

const SVG: Option<&str> = Some("http://www.w3.org/2000/svg");
/// The paths, from back to front.
const CLASSES: [&str; 9] =
    ["f-halo", "f-lostring", "f-rdb", "f-cmd", "f-shake", "f-reply", "f-ack", "f-beat", "f-lost"];

/// Kept elements whose attributes follow the packets.
pub(in crate::ui) struct Layer {
    document: Document,
    root: Element,
    paths: Vec<(Element, String)>,
    labels: Vec<(Element, String)>,
    shown: usize,
    canvas: Option<Canvas>,
}

/// Above so many packets the canvas is quicker.
const MANY: usize = 1000;

impl Layer {
    /// Puts the paths into `root`, an `<svg>` that Yew leaves empty.
    pub(in crate::ui) fn new(root: Element) -> Option<Self> {
        let document = root.owner_document()?;
        let mut paths = Vec::new();
        for class in CLASSES {
            let path = document.create_element_ns(SVG, "path").ok()?;
            path.set_attribute("class", class).ok()?;
            root.append_child(&path).ok()?;
            paths.push((path, String::new()));
        }
        let canvas = Canvas::beside(&root);
        Some(Self { document, root, paths, labels: Vec::new(), shown: 0, canvas })
    }

    /// Shows these packets on a board of this size. An attribute is set only if it changed.
    pub(in crate::ui) fn paint(&mut self, flights: &Flights, size: (f64, f64)) {
        let now = [
            &flights.halos,
            &flights.lost_rings,
            &flights.rdb,
            &flights.commands,
            &flights.shakes,
            &flights.replies,
            &flights.acks,
            &flights.beats,
            &flights.lost,
        ];
        let many = flights.count > MANY;
        if let Some(canvas) = &mut self.canvas {
            if many {
                let paths = self.paths.iter().zip(now).map(|((path, _), d)| (path, d.as_str()));
                canvas.paint(size, paths);
            } else {
                canvas.clear();
            }
        }
        let nothing = String::new();
        for ((path, before), now) in self.paths.iter_mut().zip(now) {
            let now = if many { &nothing } else { now };
            if before != now {
                set(path, "d", now);
                before.clone_from(now);
            }
        }
        for (n, label) in flights.labels.iter().enumerate().take(MAX_LABELS) {
            if !self.ensure_label(n) {
                break;
            }
            let (text, before) = &mut self.labels[n];
            set(text, "x", &px(label.at.x));
            set(text, "y", &px(label.at.y));
            set(text, "class", if label.size { "f-size" } else { "f-txt" });
            if *before != label.text {
                text.set_text_content(Some(&label.text));
                before.clone_from(&label.text);
            }
        }
        let count = flights.labels.len().min(self.labels.len());
        for (text, before) in self.labels.iter_mut().take(self.shown).skip(count) {
            text.set_text_content(None);
            before.clear();
        }
        self.shown = count;
    }

    fn ensure_label(&mut self, n: usize) -> bool {
        if n < self.labels.len() {
            return true;
        }
        let Ok(text) = self.document.create_element_ns(SVG, "text") else { return false };
        if self.root.append_child(&text).is_err() {
            return false;
        }
        self.labels.push((text, String::new()));
        true
    }
}

/// Setting a well-formed attribute cannot fail; if it did, one frame would be old.
fn set(element: &Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

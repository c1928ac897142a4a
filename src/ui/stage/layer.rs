//! The packets in flight, outside the virtual DOM: one kept `<path>` per kind, and a pool of labels.

use crate::ui::dom::{self, set};
use crate::view::flights::{Flights, Label};
use crate::view::format::px;
use crate::view::layout::Point;
use web_sys::{Document, Element};

/// The paths, from back to front.
const CLASSES: [&str; 9] =
    ["f-halo", "f-lostring", "f-rdb", "f-cmd", "f-shake", "f-reply", "f-ack", "f-beat", "f-lost"];

/// Kept elements whose attributes follow the packets.
pub(in crate::ui) struct Layer {
    document: Document,
    root: Element,
    paths: Vec<(Element, String)>,
    labels: Vec<(Element, Label)>,
    shown: usize,
    count: usize,
}

impl Layer {
    /// Puts the paths into `root`, an `<svg>` that Yew leaves empty.
    pub(in crate::ui) fn new(root: Element) -> Option<Self> {
        let document = root.owner_document()?;
        let mut paths = Vec::new();
        for class in CLASSES {
            let path = dom::svg(&document, "path")?;
            path.set_attribute("class", class).ok()?;
            root.append_child(&path).ok()?;
            paths.push((path, String::new()));
        }
        Some(Self { document, root, paths, labels: Vec::new(), shown: 0, count: 0 })
    }

    /// Shows these packets. An attribute is set only if it changed.
    pub(in crate::ui) fn paint(&mut self, flights: &Flights) {
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
        if self.count != flights.count {
            self.count = flights.count;
            set(&self.root, "data-packets", &self.count.to_string());
        }
        for ((path, before), now) in self.paths.iter_mut().zip(now) {
            if before != now {
                set(path, "d", now);
                before.clone_from(now);
            }
        }
        for (n, label) in flights.labels.iter().enumerate() {
            if !self.ensure_label(n) {
                break;
            }
            let (text, before) = &mut self.labels[n];
            // Texts are dear: each attribute makes the browser lay one out.
            if before.at.x != label.at.x {
                set(text, "x", &px(label.at.x));
            }
            if before.at.y != label.at.y {
                set(text, "y", &px(label.at.y));
            }
            if before.size != label.size {
                set(text, "class", class_of(label.size));
            }
            if before.text != label.text {
                text.set_text_content(Some(&label.text));
            }
            before.clone_from(label);
        }
        let count = flights.labels.len().min(self.labels.len());
        for (text, before) in self.labels.iter_mut().take(self.shown).skip(count) {
            text.set_text_content(None);
            before.text.clear();
        }
        self.shown = count;
    }

    fn ensure_label(&mut self, n: usize) -> bool {
        if n < self.labels.len() {
            return true;
        }
        let Some(text) = dom::svg(&self.document, "text") else { return false };
        if self.root.append_child(&text).is_err() {
            return false;
        }
        set(&text, "class", class_of(false));
        self.labels.push((text, Label { at: Point::default(), text: String::new(), size: false }));
        true
    }
}

fn class_of(size: bool) -> &'static str {
    if size { "f-size" } else { "f-txt" }
}

//! The arcs of the ring, outside Yew's virtual DOM: with each command one comes and one goes, in the
//! very frame in which the numbers say so.

use super::{class_name, title};
use crate::sim::NodeId;
use crate::ui::dom;
use crate::view::format::px;
use crate::view::inspect::Pick;
use crate::view::ring::{Arc, Ring};
use std::collections::VecDeque;
use std::rc::Rc;
use web_sys::{Document, Element};

/// What of the ring stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::ui) struct Marked {
    /// What is in the inspector.
    pub(in crate::ui) pick: Pick,
    /// The byte that the reader of a lesson has chosen.
    pub(in crate::ui) byte: Option<i64>,
}

impl Marked {
    /// Whether an arc does.
    pub(super) fn has(&self, node: NodeId, arc: &Arc) -> bool {
        let guessed = self.byte.is_some_and(|n| n >= arc.from as i64 && n <= arc.to as i64);
        guessed || self.pick == Pick::Bytes(node, arc.from, arc.to)
    }
}

/// An arc on the page.
struct Shown {
    path: Element,
    title: Element,
    arc: Rc<Arc>,
    on: bool,
}

/// The arcs on the page.
pub(in crate::ui) struct Arcs {
    document: Document,
    root: Element,
    all: VecDeque<Shown>,
}

impl Arcs {
    /// Fills an element that Yew leaves empty.
    pub(in crate::ui) fn new(root: Element) -> Option<Self> {
        // Another page's arcs may still be in it.
        root.set_text_content(None);
        Some(Self { document: root.owner_document()?, root, all: VecDeque::new() })
    }

    /// Whether it is this element that is filled.
    pub(in crate::ui) fn fills(&self, root: &Element) -> bool {
        self.root == *root
    }

    /// Shows the arcs of a ring.
    pub(in crate::ui) fn paint(&mut self, ring: Option<&Ring>, marked: &Marked) {
        let arcs = ring.map(|ring| ring.arcs.as_slice()).unwrap_or_default();
        // What was overwritten goes; then each is compared with what stands in its place.
        let oldest = arcs.first().map_or(u64::MAX, |arc| arc.from);
        while let Some(gone) = self.all.front().filter(|shown| shown.arc.to < oldest) {
            gone.path.remove();
            self.all.pop_front();
        }
        for gone in self.all.drain(arcs.len().min(self.all.len())..) {
            gone.path.remove();
        }
        let Some(ring) = ring else { return };
        for (n, arc) in arcs.iter().enumerate() {
            let on = marked.has(ring.node, arc);
            match self.all.get_mut(n) {
                Some(shown) => shown.become_like(arc, on),
                None => {
                    let Some(shown) = self.add(arc, on) else { return };
                    self.all.push_back(shown);
                }
            }
        }
    }

    fn add(&self, arc: &Rc<Arc>, on: bool) -> Option<Shown> {
        let [path, title] = ["path", "title"].map(|name| dom::svg(&self.document, name));
        let (path, title) = (path?, title?);
        path.append_child(&title).ok()?;
        let shown = Shown { path, title, arc: arc.clone(), on };
        shown.draw(arc);
        dom::set(&shown.path, "class", class_name(arc.beat, on));
        dom::set(&shown.path, "fill-opacity", &opacity(arc, on));
        self.root.append_child(&shown.path).ok()?;
        Some(shown)
    }
}

impl Shown {
    fn become_like(&mut self, arc: &Rc<Arc>, on: bool) {
        if Rc::ptr_eq(&self.arc, arc) && self.on == on {
            return;
        }
        let before = std::mem::replace(&mut self.arc, arc.clone());
        if (before.beat, self.on) != (arc.beat, on) {
            dom::set(&self.path, "class", class_name(arc.beat, on));
        }
        if (before.age, self.on) != (arc.age, on) {
            dom::set(&self.path, "fill-opacity", &opacity(arc, on));
        }
        self.on = on;
        if (before.from, before.to, &before.path, &before.text) != (arc.from, arc.to, &arc.path, &arc.text) {
            self.draw(arc);
        }
    }

    fn draw(&self, arc: &Arc) {
        dom::set(&self.path, "d", &arc.path);
        dom::set(&self.path, "data-from", &arc.from.to_string());
        dom::set(&self.path, "data-to", &arc.to.to_string());
        self.title.set_text_content(Some(&title(arc)));
    }
}

/// The older, the paler.
pub(super) fn opacity(arc: &Arc, on: bool) -> String {
    px(0.25 + 0.75 * if on { 1.0 } else { arc.age })
}

//! Elements of Yew's virtual DOM, built by plain calls.
//!
//! Where `html!` stands, the compiler writes out how the element is put together, once more each
//! time. These few functions exist once, which makes the page's code several times smaller.

use super::app::App;
use super::deed::{Deed, Heard};
use super::live::{self, Which};
use super::piece::Piece;
use crate::view::format::px;
use std::rc::Rc;
use yew::html::Scope;
use yew::virtual_dom::{Key, VTag, VText};
use yew::{AttrValue, Html, NodeRef};

/// An element that is being built. (Boxed: it is handed through every call.)
pub(super) struct El(Box<VTag>);

/// Starts an element.
#[inline(never)]
pub(super) fn el(tag: &'static str) -> El {
    El(Box::new(VTag::new(tag)))
}

/// A button with a class.
pub(super) fn button(class: &'static str) -> El {
    el("button").attr("type", "button").class(class)
}

/// `true` or `false`, as `aria-pressed` wants it.
pub(super) fn yes(it: bool) -> &'static str {
    if it { "true" } else { "false" }
}

/// A strict content security policy forbids the attribute, not what it stands for.
#[inline(never)]
fn set_style(tag: &mut VTag, style: &str) {
    tag.add_property("style", style);
}

#[inline(never)]
fn add_text(mut tag: Box<VTag>, text: AttrValue) -> El {
    tag.add_child(VText::new(text).into());
    El(tag)
}

impl El {
    /// An attribute with a fixed value.
    #[inline(never)]
    pub(super) fn attr(self, name: &'static str, value: &'static str) -> Self {
        self.value(name, AttrValue::Static(value))
    }

    /// An attribute with a computed value.
    #[inline(never)]
    pub(super) fn set(self, name: &'static str, value: String) -> Self {
        self.value(name, AttrValue::from(value))
    }

    /// An attribute in pixels.
    #[inline(never)]
    pub(super) fn px(self, name: &'static str, value: f64) -> Self {
        self.set(name, px(value))
    }

    #[inline(never)]
    fn value(mut self, name: &'static str, value: AttrValue) -> Self {
        if name == "value" && self.0.tag() == "input" {
            // What stands in the field, not what it started with.
            self.0.set_value(Some(value));
        } else if name == "style" && cfg!(target_arch = "wasm32") {
            set_style(&mut self.0, &value);
        } else {
            self.0.add_attribute(name, value);
        }
        self
    }

    /// Whether a box or a circle is filled.
    pub(super) fn checked(mut self, checked: bool) -> Self {
        self.0.set_checked(checked);
        self
    }

    /// The class.
    pub(super) fn class(self, class: &'static str) -> Self {
        self.attr("class", class)
    }

    /// The name for those who do not see it.
    pub(super) fn label(self, label: &'static str) -> Self {
        self.attr("aria-label", label)
    }

    /// The same as [`label`](Self::label), and the tool tip.
    pub(super) fn title(self, label: &'static str) -> Self {
        self.label(label).attr("title", label)
    }

    /// Distinguishes it from its siblings.
    #[inline(never)]
    pub(super) fn key(mut self, key: u64) -> Self {
        self.0.key = Some(Key::from(key));
        self
    }

    /// Where to find it in the page.
    #[inline(never)]
    pub(super) fn refer(mut self, node: &NodeRef) -> Self {
        self.0.node_ref = node.clone();
        self
    }

    /// What the event that belongs to this deed does.
    #[inline(never)]
    pub(super) fn on(mut self, link: &Scope<App>, deed: Deed) -> Self {
        self.0.add_listener(Rc::new(Heard { link: link.clone(), deed }));
        self
    }

    /// A fixed text in it.
    #[inline(never)]
    pub(super) fn text(self, text: &'static str) -> Self {
        add_text(self.0, AttrValue::Static(text))
    }

    /// A computed text in it.
    #[inline(never)]
    pub(super) fn say(self, text: String) -> Self {
        add_text(self.0, AttrValue::from(text))
    }

    /// An element in it.
    #[inline(never)]
    pub(super) fn add(mut self, child: Self) -> Self {
        self.0.add_child((*child.0).into());
        self
    }

    /// Its text is written anew from frame to frame (see `live`). It has no other.
    #[inline(never)]
    pub(super) fn live(self, which: Which, text: String) -> Self {
        self.set(live::ATTRIBUTE, which.name()).say(text)
    }

    /// An attribute is written anew from frame to frame.
    #[inline(never)]
    pub(super) fn live_attr(self, which: Which, value: String) -> Self {
        self.set(live::ATTRIBUTE, which.name()).set(which.attribute().unwrap_or_default(), value)
    }

    /// A piece of the page in it, which is drawn again by itself.
    #[inline(never)]
    pub(super) fn keep(mut self, app: &App, piece: Piece, link: &Scope<App>) -> Self {
        if let Some(drawn) = piece.draw(app, link) {
            self.0.add_child(app.home.place(piece, drawn.done()));
        }
        self
    }

    /// An element in it, perhaps.
    pub(super) fn maybe(self, child: Option<Self>) -> Self {
        match child {
            Some(child) => self.add(child),
            None => self,
        }
    }

    /// Elements in it.
    pub(super) fn all(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        for child in children {
            self = self.add(child);
        }
        self
    }

    /// The element for Yew.
    pub(super) fn done(self) -> Html {
        (*self.0).into()
    }
}

//! What changes all the time while time runs: offsets, values, lags, gauges, heads, the clock. With each
//! beat (ten a second: `player/pace.rs`) it is written straight into the elements that Yew made, all of it
//! in one frame and of one instant, so that card, table, ring and history never tell of two. Yew draws again
//! only what takes another shape.
//!
//! An element says by an attribute what is written into it; after each of Yew's drawings those in what it
//! drew are looked up again and written, since Yew wrote what was true when it began.

use super::ring;
use super::ring::arcs::{Arcs, Marked};
use super::stage::card;
use super::{dom, history};
use crate::view::format::clock;
use crate::view::{Picture, Words};
use wasm_bindgen::JsCast;
use web_sys::{CssStyleDeclaration, Element, HtmlElement, Node};

/// The attribute with a [`Which`].
pub(super) const ATTRIBUTE: &str = "data-live";
/// A node has at most so many things of one kind.
pub(super) const MOST: usize = 8;

/// What is written: first what cards, tables and foot say, after the clock what the ring does, from the head on
/// what History does. [`Area::has`] goes by this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
#[repr(u8)]
pub(super) enum Kind {
    /// A node's offset; this and the next ones are of node `n / MOST`.
    Offset = b'a',
    /// Its lag.
    Lag,
    /// Its lag if it is a replica.
    LagOfReplica,
    /// The line at the foot of its card.
    State,
    /// The same in two words.
    Short,
    /// The same in the tables.
    TableState,
    /// How full its backlog is, or how much of an RDB has arrived.
    Gauge,
    /// The same as a bar.
    GaugeBar,
    /// How full the output buffer for its follower `n % MOST` is.
    Buffer,
    /// The same as a bar.
    BufferBar,
    /// The value of key `n % MOST`.
    Value,
    /// The instant.
    Clock,
    /// The line to the write head.
    WriterStem,
    /// The write head.
    Writer,
    /// To which side its number is written.
    WriterSide,
    /// Whether its number stands above or below.
    WriterNumber,
    /// Its number.
    RingOffset,
    /// The line to the head of follower `n`.
    Stem,
    /// Its head.
    Reader,
    /// Where the bytes were that it wants and that are overwritten.
    Lost,
    /// Those that it would get.
    Asks,
    /// A line in the middle of the ring.
    Middle,
    /// Where now is in History.
    Head,
    /// The part of History that lies ahead of it.
    Ahead,
}

impl Kind {
    const ALL: [Self; 24] = [
        Self::Offset,
        Self::Lag,
        Self::LagOfReplica,
        Self::State,
        Self::Short,
        Self::TableState,
        Self::Gauge,
        Self::GaugeBar,
        Self::Buffer,
        Self::BufferBar,
        Self::Value,
        Self::Clock,
        Self::WriterStem,
        Self::Writer,
        Self::WriterSide,
        Self::WriterNumber,
        Self::RingOffset,
        Self::Stem,
        Self::Reader,
        Self::Lost,
        Self::Asks,
        Self::Middle,
        Self::Head,
        Self::Ahead,
    ];
}

/// Where Yew has drawn something that is written into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Area {
    /// Anywhere.
    Page,
    /// In the ring.
    Ring,
    /// In History.
    History,
}

impl Area {
    /// This area and another one.
    pub(super) fn with(self, other: Option<Self>) -> Self {
        if other.is_none_or(|other| other == self) { self } else { Self::Page }
    }

    fn has(self, kind: Kind) -> bool {
        match self {
            Self::Page => true,
            Self::Ring => Kind::Clock < kind && kind < Kind::Head,
            Self::History => kind >= Kind::Head,
        }
    }

    fn selector(self) -> &'static str {
        match self {
            Self::Page => "[data-live]",
            Self::Ring => ".ringbox [data-live]",
            Self::History => ".histbox [data-live]",
        }
    }
}

/// Which thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Which {
    pub(super) kind: Kind,
    /// Of the second world.
    pub(super) second: bool,
    pub(super) n: usize,
}

impl Which {
    pub(super) fn new(kind: Kind, second: bool, n: usize) -> Self {
        Self { kind, second, n }
    }

    /// As the attribute has it.
    pub(super) fn name(self) -> String {
        let mut name = String::from(char::from(self.kind as u8));
        name.push(if self.second { '2' } else { '1' });
        name.push_str(&self.n.to_string());
        name
    }

    fn parse(name: &str) -> Option<Self> {
        let mut letters = name.chars();
        let kind = u32::from(letters.next()?).checked_sub(u32::from(Kind::Offset as u8))?;
        let second = letters.next()? == '2';
        Some(Self { kind: *Kind::ALL.get(kind as usize)?, second, n: letters.as_str().parse().ok()? })
    }

    /// The attribute that is written; `None` if it is the text, or the width of a bar.
    pub(super) fn attribute(self) -> Option<&'static str> {
        Some(match self.kind {
            Kind::WriterStem | Kind::Writer | Kind::WriterNumber => "transform",
            Kind::Stem | Kind::Reader => "transform",
            Kind::WriterSide => "text-anchor",
            Kind::Lost | Kind::Asks | Kind::Head | Kind::Ahead => "d",
            _ => return None,
        })
    }

    fn said(self, now: &Now<'_>) -> Option<String> {
        let w = now.words;
        let picture = if self.second { now.second? } else { now.picture };
        Some(match self.kind {
            Kind::Clock => clock(now.picture.now),
            kind if kind < Kind::Clock => {
                let node = picture.scene.nodes.get(self.n / MOST)?;
                card::said(node, kind, self.n % MOST, w)
            }
            kind @ (Kind::Head | Kind::Ahead) => history::said(picture, kind),
            kind => ring::said(picture.ring.as_deref()?, kind, self.n, w),
        })
    }
}

/// What is shown.
pub(super) struct Now<'a> {
    /// The player's own world.
    pub(super) picture: &'a Picture,
    /// The second one.
    pub(super) second: Option<&'a Picture>,
    pub(super) words: &'static Words,
    /// What of the ring stands out.
    pub(super) marked: Marked,
}

enum Place {
    Text(Node),
    Width(CssStyleDeclaration),
    Attribute(Element, &'static str),
}

struct Written {
    which: Which,
    place: Place,
    said: String,
}

/// The elements that are written.
pub(super) struct Live {
    root: Element,
    all: Vec<Written>,
    arcs: Option<Arcs>,
}

impl Live {
    /// Nothing yet, below this element.
    pub(super) fn new(root: Element) -> Self {
        Self { root, all: Vec::new(), arcs: None }
    }

    /// Looks up again what is in an area and writes it: Yew has drawn there.
    pub(super) fn renew(&mut self, area: Area, now: &Now<'_>) {
        self.all.retain(|written| !area.has(written.which.kind));
        for element in dom::all(&self.root, area.selector()) {
            let name = element.get_attribute(ATTRIBUTE);
            let Some(which) = name.as_deref().and_then(Which::parse) else { continue };
            let place = match (which.attribute(), which.kind) {
                (Some(name), _) => Place::Attribute(element, name),
                (None, Kind::GaugeBar | Kind::BufferBar) => {
                    Place::Width(element.unchecked_into::<HtmlElement>().style())
                }
                (None, _) => match element.last_child() {
                    Some(text) => Place::Text(text),
                    None => continue,
                },
            };
            self.all.push(Written { which, place, said: String::new() });
        }
        if area != Area::History {
            let root = self.root.query_selector("g.arcs").ok().flatten();
            let same =
                root.as_ref().is_some_and(|root| self.arcs.as_ref().is_some_and(|arcs| arcs.fills(root)));
            if !same {
                self.arcs = root.and_then(Arcs::new);
            }
        }
        self.write(now);
    }

    /// Writes what is another thing than it was.
    pub(super) fn write(&mut self, now: &Now<'_>) {
        for Written { which, place, said } in &mut self.all {
            let Some(text) = which.said(now).filter(|text| text != said) else { continue };
            match place {
                Place::Text(node) => node.set_node_value(Some(&text)),
                Place::Width(style) => {
                    // A percentage is a width.
                    let _ = style.set_property("width", &text);
                }
                Place::Attribute(element, name) => dom::set(element, name, &text),
            }
            *said = text;
        }
        if let Some(arcs) = &mut self.arcs {
            arcs.paint(now.picture.ring.as_deref(), &now.marked);
        }
    }
}

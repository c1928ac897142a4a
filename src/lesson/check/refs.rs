//! That what deeds, conditions, probes and highlights name is in the world that is on the stage.

use super::names::{Stage, Walk};
use super::place::Place;
use crate::lesson::deed::{Deed, Mode};
use crate::lesson::format::Show;
use crate::lesson::scope::THIS;
use crate::lesson::text::Named;
use crate::lesson::world::is_name;
use crate::lesson::{Condition, Event, Probe};
use crate::sim::WorldSpec;

/// How deep conditions and probes may lie in each other.
const MOST_DEPTH: usize = 12;

impl Walk<'_, '_> {
    pub(super) fn deeds(&mut self, deeds: &[Deed], stage: Stage<'_>, at: &Place) {
        if deeds.len() > 100 {
            self.found.add(at, "at most 100 are allowed");
        }
        for (n, deed) in deeds.iter().enumerate() {
            self.deed(deed, stage, &at.index(n));
        }
    }

    fn deed(&mut self, deed: &Deed, stage: Stage<'_>, at: &Place) {
        match deed {
            Deed::WaitMs(ms) if *ms > 600_000 => {
                self.found.add(at, "at most 600000 milliseconds are allowed")
            }
            Deed::WaitMs(_) => {}
            Deed::WaitFor(condition) => self.condition(condition, stage, &at.key("wait_for")),
            Deed::Other(deed) => {
                if let Some(stage) = self.other(stage, at) {
                    self.deed(deed, Stage { other: None, ..stage }, &at.key("other"));
                }
            }
            deed => {
                if let Err(error) = deed.action(stage.main) {
                    let clients: Vec<_> =
                        stage.main.clients.iter().map(|client| client.name.as_str()).collect();
                    let known = format!("nodes: {}; clients: {}", nodes(stage.main), clients.join(", "));
                    self.found.add(at, format!("{error} ({known})"));
                }
            }
        }
    }

    /// The same stage seen from the other world.
    fn other<'s>(&mut self, stage: Stage<'s>, at: &Place) -> Option<Stage<'s>> {
        let other = stage.other.map(|main| Stage { main, other: Some(stage.main), ..stage });
        if other.is_none() {
            self.found.add(at, "`other` wants a second world in the step's `worlds`");
        }
        other
    }

    pub(super) fn node(&mut self, name: &str, stage: Stage<'_>, at: &Place) {
        if (name == THIS && stage.this) || stage.main.node_named(name).is_some() {
            return;
        }
        let known = nodes(stage.main);
        self.found.add(at, format!("there is no node `{name}`; the nodes are {known}"));
    }

    fn link(&mut self, pair: &[String; 2], stage: Stage<'_>, at: &Place) {
        let cut = Deed::Cut(pair.clone());
        self.deed(&cut, stage, at);
    }

    pub(super) fn show(&mut self, show: &Show, stage: Stage<'_>, at: &Place) {
        match show {
            Show::Node(name) => self.node(name, stage, &at.key("node")),
            Show::Ring(name) => self.node(name, stage, &at.key("ring")),
            Show::Console(name) => self.node(name, stage, &at.key("console")),
            Show::Link(pair) => self.link(pair, stage, &at.key("link")),
            Show::Client(name) => self.deed(&Deed::Start(name.clone()), stage, &at.key("client")),
            Show::Bytes { node, from, to } => {
                let at = at.key("bytes");
                self.node(node, stage, &at.key("node"));
                self.probe(from, stage, &at.key("from"));
                self.probe(to, stage, &at.key("to"));
            }
            Show::Other(show) => {
                if let Some(stage) = self.other(stage, at) {
                    self.show(show, stage, &at.key("other"));
                }
            }
            Show::History | Show::Chart | Show::Log | Show::Packets(_) => {}
        }
    }

    pub(super) fn probes(&mut self, probes: &Named<Probe>, stage: Stage<'_>, at: &Place) {
        for (name, probe) in &probes.0 {
            if !is_name(name) {
                self.found.add(&at.key(name), "a value's name has 1 to 16 letters, digits, - or _");
            }
            self.probe(probe, stage, &at.key(name));
        }
    }

    /// Counts the depth; `false` if it is too deep.
    fn deeper(&mut self, at: &Place) -> bool {
        self.depth += 1;
        let good = self.depth <= MOST_DEPTH;
        if !good {
            self.found.add(at, format!("at most {MOST_DEPTH} levels are allowed"));
        }
        good
    }

    pub(super) fn probe(&mut self, probe: &Probe, stage: Stage<'_>, at: &Place) {
        if self.deeper(at) {
            self.probe_inside(probe, stage, at);
        }
        self.depth -= 1;
    }

    fn probe_inside(&mut self, probe: &Probe, stage: Stage<'_>, at: &Place) {
        match probe {
            Probe::Number(_) | Probe::Text(_) | Probe::ElapsedMs => {}
            Probe::Offset(name)
            | Probe::NextByte(name)
            | Probe::Lag(name)
            | Probe::Acked(name)
            | Probe::OutputBuffer(name)
            | Probe::BacklogFirst(name)
            | Probe::BacklogHeld(name)
            | Probe::BacklogSize(name)
            | Probe::Keys(name)
            | Probe::Replid(name)
            | Probe::Reply(name)
            | Probe::RdbSize(name)
            | Probe::RdbKeys(name)
            | Probe::PartialBytes(name) => self.node(name, stage, at),
            Probe::Key { node, .. } | Probe::StreamRate { node, .. } => self.node(node, stage, at),
            Probe::Sent { node, to, .. } => {
                self.node(node, stage, at);
                to.iter().for_each(|to| self.node(to, stage, at));
            }
            Probe::Count(event) => self.event(event, stage, &at.key("count")),
            Probe::FirstMs(event) => self.event(event, stage, &at.key("first_ms")),
            Probe::LastMs(event) => self.event(event, stage, &at.key("last_ms")),
            Probe::CutMs(pair) => self.link(pair, stage, at),
            Probe::Plus(pair) => self.pair(pair, stage, &at.key("plus")),
            Probe::Minus(pair) => self.pair(pair, stage, &at.key("minus")),
            Probe::Times(pair) => self.pair(pair, stage, &at.key("times")),
            Probe::Over(pair) => self.pair(pair, stage, &at.key("over")),
            Probe::Other(probe) => {
                if let Some(stage) = self.other(stage, at) {
                    self.probe(probe, stage, &at.key("other"));
                }
            }
        }
    }

    fn pair(&mut self, pair: &(Probe, Probe), stage: Stage<'_>, at: &Place) {
        self.probe(&pair.0, stage, &at.index(0));
        self.probe(&pair.1, stage, &at.index(1));
    }

    pub(super) fn event(&mut self, event: &Event, stage: Stage<'_>, at: &Place) {
        for (field, name) in [("node", &event.node), ("peer", &event.peer)] {
            name.iter().for_each(|name| self.node(name, stage, &at.key(field)));
        }
        if let Some(before) = &event.after {
            if self.deeper(at) {
                self.event(before, stage, &at.key("after"));
            }
            self.depth -= 1;
        }
        if let Some(pair) = &event.between {
            self.link(pair, stage, &at.key("between"));
        }
        if let Some((field, allowed)) = event.misplaced() {
            self.found.add(&at.key(field), format!("allowed only with `what` {allowed}"));
        }
    }

    pub(super) fn condition(&mut self, condition: &Condition, stage: Stage<'_>, at: &Place) {
        if self.deeper(at) {
            self.condition_inside(condition, stage, at);
        }
        self.depth -= 1;
    }

    fn condition_inside(&mut self, condition: &Condition, stage: Stage<'_>, at: &Place) {
        match condition {
            Condition::All(all) => self.conditions(all, stage, &at.key("all")),
            Condition::Any(any) => self.conditions(any, stage, &at.key("any")),
            Condition::Not(one) => self.condition(one, stage, &at.key("not")),
            Condition::Is(parts) => {
                self.probe(&parts.0, stage, &at.key("is").index(0));
                self.probe(&parts.2, stage, &at.key("is").index(2));
            }
            Condition::Running(name) | Condition::Online(name) | Condition::Overwritten(name) => {
                self.node(name, stage, at);
            }
            Condition::Phase { node, .. }
            | Condition::Role { node, .. }
            | Condition::Key { node, .. }
            | Condition::Resync { node, .. }
            | Condition::Reply { node, .. } => self.node(node, stage, at),
            Condition::Follows { node, of } => {
                self.node(node, stage, at);
                self.node(of, stage, at);
            }
            Condition::Event(event) => self.event(event, stage, &at.key("event")),
            Condition::Did(deed) => {
                if deed.is_action() {
                    self.deed(deed, stage, &at.key("did"));
                } else {
                    self.found.add(at, "a wait is not something that is done");
                }
            }
            Condition::Link { between, is } => {
                self.link(between, stage, &at.key("link"));
                if let Mode::OneWay(to) = is {
                    self.node(to, stage, &at.key("link").key("is"));
                }
            }
            Condition::Other(one) => {
                if let Some(stage) = self.other(stage, at) {
                    self.condition(one, stage, &at.key("other"));
                }
            }
            Condition::Settled | Condition::AfterMs(_) | Condition::StaleRead | Condition::LostWrite => {}
        }
    }

    fn conditions(&mut self, list: &[Condition], stage: Stage<'_>, at: &Place) {
        if list.is_empty() || list.len() > 20 {
            self.found.add(at, "1 to 20 conditions are allowed");
        }
        for (n, one) in list.iter().enumerate() {
            self.condition(one, stage, &at.index(n));
        }
    }
}

fn nodes(spec: &WorldSpec) -> String {
    spec.nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>().join(", ")
}

//! Two runs side by side: their space–time diagrams on one axis of time, where they part, and what
//! each cost.

use super::flights::{Kind, kind};
use super::history::{Chart, Paper, Record};
use super::log::Line;
use super::scene::{Name, Scene};
use super::words::Words;
use crate::redis::Time;
use crate::sim::compare::{Costs, Parting};
use crate::sim::{EntryId, Party, What, World};
use std::rc::Rc;

/// One of two runs.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Its world at the instant shown.
    pub world: &'a World,
    /// What is known of its past.
    pub record: &'a Record,
    /// What it cost so far.
    pub costs: &'a Costs,
    /// Up to where it was ever run.
    pub reach: Time,
}

/// What a run shows in a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// Its diagram.
    pub chart: Rc<Chart>,
    /// What happens in it where the two part; `None` if nothing does.
    pub news: Option<News>,
    /// The offset of each node that runs.
    pub offsets: Vec<(Name, u64)>,
    /// Full resyncs.
    pub full: u32,
    /// Partial resyncs.
    pub partial: u32,
    /// RDB bytes that the master sent.
    pub rdb: u64,
    /// Snapshots that the master forked.
    pub forks: u32,
    /// Bytes of the replication stream that the master sent.
    pub stream: u64,
    /// When all replicas were online for the first time.
    pub all_online: Option<Time>,
    /// By how many bytes the last replica is behind.
    pub lag: Option<u64>,
}

/// What happens where two runs part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A line of the log.
    Line(Line),
    /// A packet is sent.
    Sent(Kind, Name, Name),
    /// Something that has no line of its own.
    Other,
}

/// Two runs side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// This one and the other one.
    pub sides: [Side; 2],
    /// When they part, and where that is in both diagrams if it is in sight.
    pub parting: Option<(Time, Option<f64>)>,
}

impl Beside {
    /// The comparison of two runs that are at the same instant. `paper` is that of one diagram.
    pub fn of(runs: [Run<'_>; 2], parting: Option<Parting>, paper: &Paper) -> Self {
        let [here, there] = runs;
        let sides = [
            side(here, parting.and_then(|parting| parting.here), paper),
            side(there, parting.and_then(|parting| parting.there), paper),
        ];
        let parting = parting.map(|parting| {
            let chart = &sides[0].chart;
            let window = paper.window;
            let share = parting.at.as_micros().saturating_sub(window.from.as_micros()) as f64
                / window.span().as_micros().max(1) as f64;
            let x = chart.left + share * (chart.right - chart.left);
            (parting.at, window.has(parting.at).then_some(x))
        });
        Self { sides, parting }
    }
}

fn side(run: Run<'_>, news: Option<EntryId>, paper: &Paper) -> Side {
    let Run { world, record, costs, reach } = run;
    let scene = Scene::of(world, record);
    let chart = Rc::new(Chart::draw(record, &scene, &Paper { reach, ..*paper }));
    let running = world.nodes().iter().filter_map(|node| Some((node, node.server()?)));
    let offsets = running.map(|(node, server)| (Name::of(node), server.offset().get())).collect();
    let root = world.root().and_then(|root| costs.nodes.get(root.index()).copied()).unwrap_or_default();
    Side {
        chart,
        news: news.map(|id| News::of(world, id)),
        offsets,
        full: costs.full,
        partial: costs.partial,
        rdb: root.rdb,
        forks: root.forks,
        stream: root.stream,
        all_online: costs.all_online,
        lag: world.lag(),
    }
}

impl News {
    /// What an entry of the trace tells. An action is told by the first thing it caused.
    fn of(world: &World, id: EntryId) -> Self {
        let name = |party: Option<Party>| world.node(party?.node()?).map(Name::of);
        let Some(first) = world.trace().get(id) else { return Self::Other };
        let followed = world.trace().since(id.0).take(12).filter(|entry| entry.at == first.at);
        for entry in followed {
            if let Some(line) = Line::of(world, entry) {
                return Self::Line(line);
            }
            if let What::Sent(sent) = &entry.what
                && let (Some(kind), Some(from), Some(to)) =
                    (kind(sent.kind), name(entry.party), name(Some(sent.to)))
            {
                return Self::Sent(kind, from, to);
            }
        }
        Self::Other
    }

    /// In words.
    pub fn text(&self, words: &Words) -> String {
        match self {
            Self::Line(line) => line.text(words),
            Self::Sent(kind, from, to) => {
                let ends = (words.from_to)(&(words.node)(*from), &(words.node)(*to));
                [&ends, " · ", (words.packet_kind)(*kind)].concat()
            }
            Self::Other => words.time.something.to_owned(),
        }
    }
}

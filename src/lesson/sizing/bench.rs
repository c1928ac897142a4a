//! The world in which a backlog's size is tried: one master, one replica, one client.

use super::{Load, Outcome, Report, SizingError};
use crate::redis::{Event as Fact, Rate, ReplState, Span, Time};
use crate::sim::{Action, ClientId, ClientSpec, LinkId, LinkSpec, NodeId, NodeSettings, NodeSpec};
use crate::sim::{PathSpec, What, World, WorldSpec, WriteLoad};

const MASTER: NodeId = NodeId(0);
const REPLICA: NodeId = NodeId(1);
const LINK: LinkId = LinkId(0);
const CLIENT: ClientId = ClientId(0);

/// How long writes flow before the cut.
const WARM_UP: Span = Span::from_secs(2);
/// How long to wait for the first sync, and for the answer after the outage.
const PATIENCE: Span = Span::from_secs(120);
/// Bandwidth where the load names none, in bytes per second.
const FAST: u64 = 1 << 30;
/// Short, so that what is measured is the load and not the way.
const LATENCY: Span = Span::from_millis(1);

/// A world whose replica has just been cut off.
#[derive(Clone, Debug)]
pub(super) struct Bench {
    world: World,
    cut: Time,
    every: Span,
    /// When the burst is over, until it is.
    calm: Option<Time>,
}

/// A `SET` that takes so many bytes as RESP: its line, and the length of its value.
fn command(bytes: u32) -> (&'static str, u32) {
    // `*3 $3 SET $2 k1`, then `$<len>` and the value with their line ends.
    const KEY: u32 = 21;
    for (line, before) in [("SET k{key} v", KEY), ("SET kk{key} v", KEY + 1)] {
        let rest = bytes.saturating_sub(before + 5);
        let len = (1..=5).find_map(|digits: u32| {
            let len = rest.checked_sub(digits)?;
            (len > 0 && len.ilog10() + 1 == digits).then_some(len)
        });
        if let Some(len) = len {
            return (line, len);
        }
    }
    // One of the two always fits: their lengths differ by one, and no two lengths in a row are left out.
    ("SET k{key} v", 1)
}

fn spec(size: u64, load: &Load) -> WorldSpec {
    let settings = NodeSettings {
        backlog_size: size,
        bgsave_min: Span::ZERO,
        load_rate: None,
        ..NodeSettings::default()
    };
    let node = |name, host| NodeSpec { settings: settings.clone(), ..NodeSpec::new(name, host, 6379) };
    let replica = NodeSpec { replica_of: Some(MASTER), ..node("b", "172.16.19.5") };
    let path = PathSpec {
        latency: LATENCY,
        jitter: Span::ZERO,
        rate: Rate::per_second(FAST),
        ..PathSpec::default()
    };
    let (line, pad) = command(load.op_bytes);
    let every = Span::from_micros(1_000_000 / u64::from(load.writes_per_s));
    let writes = WriteLoad { every, keys: 4, command: line.into(), pad, window: u32::MAX };
    let client = ClientSpec { name: "writer".into(), at: MASTER, latency: LATENCY, writes, running: false };
    WorldSpec {
        links: vec![LinkSpec { a: MASTER, b: REPLICA, path }],
        clients: vec![client],
        ..WorldSpec::new(vec![node("a", "172.16.19.3"), replica], 1)
    }
}

impl Bench {
    /// Syncs a replica, lets the load flow, and cuts the link.
    pub(super) fn cut(size: u64, load: &Load) -> Result<Self, SizingError> {
        let mut world = World::new(&spec(size, load));
        let every = Span::from_micros(1_000_000 / u64::from(load.writes_per_s));
        while !online(&world) {
            if world.now() > Time::ZERO + PATIENCE || !world.step() {
                return Err(SizingError::NeverAnswered);
            }
        }
        let carried = load.network.bytes_per_s(load.op_bytes);
        if carried > 0 {
            let rate = Rate::per_second(carried);
            act(&mut world, &Action::SetLinkPath { link: LINK, latency: LATENCY, jitter: Span::ZERO, rate });
        }
        act(&mut world, &Action::ClientRun(CLIENT, true));
        let cut = world.now() + WARM_UP;
        world.advance(cut);
        act(&mut world, &Action::Cut(LINK));
        let calm = load.burst.map(|burst| cut + Span::from_millis(burst.ms.into()));
        if let Some(burst) = load.burst {
            let every = Span::from_micros(every.as_micros() / u64::from(burst.factor.max(1)));
            act(&mut world, &Action::ClientRate { client: CLIENT, every });
        }
        Ok(Self { world, cut, every, calm })
    }

    /// Lets time pass, until so long after the cut.
    pub(super) fn advance(&mut self, since_cut: Span) {
        let to = self.cut + since_cut;
        if self.calm.is_some_and(|calm| calm <= to) {
            self.calm_down();
        }
        self.world.advance(to);
    }

    /// Lets time pass up to the end of the burst, and ends it.
    fn calm_down(&mut self) {
        if let Some(calm) = self.calm.take() {
            self.world.advance(calm);
            act(&mut self.world, &Action::ClientRate { client: CLIENT, every: self.every });
        }
    }

    /// What comes of it if the link is whole again so long after the cut.
    pub(super) fn after(&self, outage: Span) -> Result<Report, SizingError> {
        let mut copy = self.clone();
        copy.advance(outage);
        act(&mut copy.world, &Action::Heal(LINK));
        copy.answer()
    }

    fn answer(mut self) -> Result<Report, SizingError> {
        let mut seen = self.world.trace().len();
        let end = self.world.now() + PATIENCE;
        while self.world.now() < end {
            if self.calm.is_some_and(|calm| self.world.next_at().is_none_or(|at| at > calm)) {
                self.calm_down();
            }
            if !self.world.step() {
                break;
            }
            let answer = self.world.trace().since(seen).find_map(|entry| match &entry.what {
                What::Server(Fact::PsyncContinued { from, .. }) => Some((Outcome::Partial, from.get())),
                What::Server(Fact::PsyncRefused { refusal, .. }) => {
                    refusal.asked.map(|asked| (Outcome::Full, u64::try_from(asked).unwrap_or(0)))
                }
                _ => None,
            });
            if let Some((outcome, wanted)) = answer {
                return self.report(outcome, wanted).ok_or(SizingError::NeverAnswered);
            }
            seen = self.world.trace().len();
        }
        Err(SizingError::NeverAnswered)
    }

    fn report(&self, outcome: Outcome, wanted: u64) -> Option<Report> {
        let master = self.world.node(MASTER)?.server()?;
        Some(Report {
            outcome,
            missed: master.offset().next().get().saturating_sub(wanted),
            held: master.backlog().map_or(0, |backlog| backlog.histlen),
            away: self.world.now().since(self.cut),
        })
    }
}

fn online(world: &World) -> bool {
    let server = world.node(REPLICA).and_then(|node| node.server());
    server.and_then(|server| server.master_link()).is_some_and(|link| link.state == ReplState::Connected)
}

/// Everything that is done here names what is there.
fn act(world: &mut World, action: &Action) {
    let done = world.act(action);
    debug_assert_eq!(done, Ok(()));
}

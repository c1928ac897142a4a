//! The status sentence: what is true right now, in plain words.
//!
//! It names the one replica that matters most. Every number is one the servers hold, or the
//! difference of two.

use super::scene::{Name, NodeCard, Phase, Role};
use crate::redis::{ConnId, FullReason};
use crate::sim::{LinkMode, Node, NodeId, World};

/// What would happen if a replica that is cut off could ask right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// `+CONTINUE`.
    Partial,
    /// `+FULLRESYNC`, because.
    Full(FullReason),
}

/// What becomes of the bytes that a replica is behind, while both ends count it as online.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// They are on their way.
    #[default]
    Coming,
    /// The replica's process is paused: whatever is there waits for it.
    Paused,
    /// The link holds them.
    Held,
    /// The link swallows them, and neither end has noticed.
    Swallowed,
}

impl Fate {
    /// The fate of what comes to a replica by its connection with its master.
    pub(super) fn of(world: &World, master: NodeId, replica: &Node, conn: Option<ConnId>) -> Self {
        let held = || world.link_between(master, replica.id).is_some_and(|link| link.mode == LinkMode::Hold);
        match conn {
            Some(conn) if world.swallowed(replica.id, conn) => Self::Swallowed,
            _ if replica.paused() => Self::Paused,
            _ if held() => Self::Held,
            _ => Self::Coming,
        }
    }
}

/// The one fact that matters most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// No server is a master, or it has no replicas.
    Alone,
    /// A replica's link is down.
    CutOff {
        /// The replica.
        who: Name,
        /// Bytes of the master's history it does not hold.
        missing: u64,
        /// The answer it would get now.
        outcome: Outcome,
    },
    /// A replica is on its way to being online.
    Syncing {
        /// The replica.
        who: Name,
        /// How far.
        phase: Phase,
    },
    /// All are online; this one is furthest behind.
    Online {
        /// How many replicas.
        replicas: u64,
        /// The last one, its lag, and what becomes of that.
        behind: Option<(Name, u64, Fate)>,
    },
}

/// The status of these nodes.
pub fn status(nodes: &[NodeCard]) -> Status {
    let replicas = || nodes.iter().filter(|node| node.name.role == Role::Replica);
    let cut = replicas()
        .filter_map(|node| Some((node, node.outcome?)))
        .max_by_key(|(node, outcome)| (matches!(outcome, Outcome::Full(_)), node.lag));
    if let Some((node, outcome)) = cut {
        return Status::CutOff { who: node.name, missing: node.lag, outcome };
    }
    if let Some(node) = replicas().find(|node| node.phase != Phase::Online) {
        return Status::Syncing { who: node.name, phase: node.phase };
    }
    match replicas().max_by_key(|node| (node.fate == Fate::Swallowed && node.lag > 0, node.lag)) {
        None => Status::Alone,
        Some(last) => Status::Online {
            replicas: replicas().count() as u64,
            behind: (last.lag > 0).then_some((last.name, last.lag, last.fate)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::Time;
    use crate::sim::{Action, LinkId, Session, WorldSpec};
    use crate::view::history::Record;
    use crate::view::scene::Scene;
    use crate::view::{Lang, words};

    fn now(session: &Session) -> Status {
        let mut record = Record::default();
        record.follow(session.world());
        status(&Scene::of(session.world(), &record).nodes)
    }

    /// What becomes of what is behind after something was done to replica B or its link.
    fn after(deed: Action) -> (Session, Fate) {
        let mut session = Session::new(WorldSpec::course());
        session.advance(Time::from_millis(6000));
        session.act(deed).expect("it can be done");
        session.advance(Time::from_millis(8000));
        let Status::Online { replicas: 2, behind: Some((who, lag, fate)) } = now(&session) else {
            panic!("{:?}", now(&session))
        };
        assert!(who.tag == 'B' && lag > 100, "{who:?} {lag}");
        (session, fate)
    }

    #[test]
    fn bytes_that_will_not_arrive_are_not_on_their_way() {
        let mode = |mode| Action::SetLinkMode(LinkId(1), mode);
        assert_eq!(after(mode(LinkMode::Hold)).1, Fate::Held);
        assert_eq!(after(Action::Pause(NodeId(2))).1, Fate::Paused);
        assert_eq!(after(mode(LinkMode::OneWay { to: NodeId(2) })).1, Fate::Swallowed);
        let (mut session, fate) = after(mode(LinkMode::Silent));
        assert_eq!(fate, Fate::Swallowed);
        // A link that passes bytes again does not bring back those that are lost.
        session.act(mode(LinkMode::Up)).expect("the link is there");
        session.advance(Time::from_millis(8500));
        let status = now(&session);
        assert!(matches!(status, Status::Online { behind: Some((_, _, Fate::Swallowed)), .. }), "{status:?}");
        for (lang, truth, lie) in [(Lang::En, "never arrive", "on their way"), (Lang::Zh, "吞掉", "路上")]
        {
            let text = (words(lang).status_line)(&status);
            assert!(text.contains(truth) && !text.contains(lie), "{text}");
        }
    }

    #[test]
    fn what_only_the_acks_do_not_pass_arrives() {
        let mut session = Session::new(WorldSpec::course());
        session.advance(Time::from_millis(6000));
        let deaf = Action::SetLinkMode(LinkId(1), LinkMode::OneWay { to: NodeId(0) });
        session.act(deaf).expect("the link is there");
        let mut coming = 0;
        for millis in (6000..12_000).step_by(50) {
            session.advance(Time::from_millis(millis));
            let Status::Online { behind, .. } = now(&session) else { panic!("{:?}", now(&session)) };
            assert!(behind.is_none_or(|(_, _, fate)| fate == Fate::Coming), "{behind:?} at {millis}");
            coming += usize::from(behind.is_some());
        }
        assert!(coming > 5, "{coming}");
    }

    #[test]
    fn one_replica_is_not_all_of_them() {
        let who = Name { role: Role::Replica, tag: 'A' };
        for behind in [None, Some((who, 7, Fate::Coming)), Some((who, 7, Fate::Held))] {
            let status = Status::Online { replicas: 1, behind };
            let text = (words(Lang::En).status_line)(&status);
            assert!(text.starts_with("The replica is online"), "{text}");
            assert!((words(Lang::Zh).status_line)(&status).starts_with("从库在线"));
        }
    }
}

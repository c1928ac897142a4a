//! The chart draws the past as it was, and has room for every world.

use super::{Chart, Paper, Record, Zoom};
use crate::redis::{Endpoint, Time};
use crate::sim::{Action, LinkId, LinkMode, LinkSpec, NodeId, NodeSpec, PathSpec, Session, WorldSpec};
use crate::view::scene::{Role, Scene};
use crate::view::{Lang, words};

fn at(millis: u64) -> Time {
    Time::from_millis(millis)
}

fn chart(session: &Session, record: &Record, size: (f64, f64)) -> (Chart, Scene) {
    let (world, reach) = (session.world(), session.reach());
    let scene = Scene::of(world, record);
    let window = Zoom::All.window(world.now(), reach);
    (Chart::draw(record, &scene, &Paper { window, reach, size }), scene)
}

/// The course, with these things done at these instants.
fn played(deeds: &[(u64, Action)], until: u64) -> (Session, Record) {
    let (mut session, mut record) = (Session::new(WorldSpec::course()), Record::default());
    for (when, deed) in deeds {
        session.advance(at(*when));
        session.act(deed.clone()).expect("it can be done");
    }
    session.advance(at(until));
    record.follow_session(&mut session);
    (session, record)
}

#[test]
fn a_lane_is_drawn_as_its_node_was() {
    let master = NodeId(0);
    let promoted = Action::ReplicaOf { node: NodeId(1), of: None };
    let follows = Action::ReplicaOf { node: master, of: Some(Endpoint::new("172.16.19.5", 6379)) };
    let deeds = [
        (5000, Action::Kill(master)),
        (6000, promoted),
        (8000, Action::Restart { node: master, keep_rdb: false }),
        (9000, follows),
    ];
    let (mut session, record) = played(&deeds, 12_000);
    let (drawn, _) = chart(&session, &record, (1058.0, 180.0));
    let x = |millis| drawn.at(&Zoom::All.window(at(12_000), at(12_000)), at(millis)).0;
    let expected = [
        vec![
            (Role::Master, 0, 5000),
            (Role::Down, 5000, 8000),
            (Role::Master, 8000, 9000),
            (Role::Replica, 9000, 12_000),
        ],
        vec![(Role::Down, 0, 500), (Role::Replica, 500, 6000), (Role::Master, 6000, 12_000)],
        vec![(Role::Down, 0, 1000), (Role::Replica, 1000, 12_000)],
    ];
    for (lane, expected) in drawn.lanes.iter().zip(&expected) {
        assert_eq!(lane.parts.len(), expected.len(), "{:?}", lane.parts);
        for (part, (role, from, to)) in lane.parts.iter().zip(expected) {
            assert_eq!(part.role, *role);
            assert!(
                (part.from - x(*from)).abs() < 1.5 && (part.to - x(*to)).abs() < 1.5,
                "{part:?}: {from}–{to}"
            );
            let numbers = part.offsets.split(['M', 'L', ' ']).filter(|text| !text.is_empty()).step_by(2);
            for along in numbers.map(|text| text.parse::<f64>().expect("a coordinate")) {
                assert!((part.from - 0.2..=part.to + 0.2).contains(&along), "{along} of {part:?}");
            }
        }
        let lines = lane.parts.iter().filter(|part| !part.offsets.is_empty()).count();
        assert!(lines + 1 >= expected.len(), "{:?}", lane.parts);
    }
    // Whatever instant the reader looks at.
    for moment in [700, 5500, 8500] {
        session.seek(at(moment));
        let (past, _) = chart(&session, &record, (1058.0, 180.0));
        assert!(past.lanes.iter().zip(&drawn.lanes).all(|(a, b)| a.parts == b.parts), "at {moment}");
    }
}

#[test]
fn a_cut_stays_on_the_lane_where_it_was_drawn_and_is_called_what_it_was() {
    let link = LinkId(1);
    let deeds = [
        (4000, Action::SetLinkMode(link, LinkMode::Silent)),
        (5000, Action::Cut(link)),
        (6000, Action::Heal(link)),
        (7000, Action::SetLinkMode(link, LinkMode::OneWay { to: NodeId(2) })),
        (8000, Action::SetLinkMode(link, LinkMode::Hold)),
        (9000, Action::Heal(link)),
        (10_000, Action::Kill(NodeId(2))),
    ];
    let (mut session, record) = played(&deeds, 11_000);
    let bands = |session: &Session| chart(session, &record, (1058.0, 180.0)).0;
    let dead = bands(&session);
    assert!(dead.cuts.iter().all(|cut| cut.y == dead.lanes[2].y), "on the lane of B");
    let told = |lang| -> Vec<String> {
        let told = dead.cuts.iter().filter_map(|cut| cut.told);
        told.map(|(mode, span)| (words(lang).cut_for)(mode, span).replace('\u{a0}', " ")).collect()
    };
    assert_eq!(told(Lang::En), ["silent for 1.0 s", "cut for 1.0 s", "one-way for 1.0 s", "held for 1.0 s"]);
    assert_eq!(told(Lang::Zh), ["无声 1.0 s", "断网 1.0 s", "单向 1.0 s", "扣住 1.0 s"]);
    session.seek(at(9500));
    let alive = bands(&session);
    assert_eq!((&alive.cuts, &alive.pins), (&dead.cuts, &dead.pins));
}

#[test]
fn every_world_has_room() {
    for count in 2..=16 {
        let node = |n: u8| NodeSpec {
            replica_of: (n > 0).then_some(NodeId(0)),
            ..NodeSpec::new(&format!("n{n}"), &format!("10.0.1.{n}"), 6379)
        };
        let mut spec = WorldSpec::new((0..count).map(node).collect(), 1);
        let link = |n| LinkSpec { a: NodeId(0), b: NodeId(n), path: PathSpec::default() };
        spec.links = (1..count).map(link).collect();
        let (mut session, mut record) = (Session::new(spec), Record::default());
        session.advance(at(4000));
        session.act(Action::Cut(LinkId(0))).expect("there is a replica");
        session.advance(at(6000));
        record.follow_session(&mut session);
        for branches in [1, 6] {
            while record.forks.len() < branches {
                record.forks.push(record.forks[0]);
            }
            for (width, height) in [(1058.0, 180.0), (358.0, 150.0), (1600.0, 420.0), (728.0, 120.0)] {
                let (drawn, _) = chart(&session, &record, (width, height));
                let name = format!("{count} nodes, {branches} branches, {width}×{height}");
                let area = height - drawn.top;
                let lanes: Vec<f64> = drawn.lanes.iter().map(|lane| lane.y).collect();
                // Six branches in a low box leave lanes of a pixel or two.
                let half = drawn.low(7.0).max(if branches == 1 { 2.0 } else { 0.5 });
                assert!(lanes.windows(2).all(|two| two[0] + half <= two[1]), "{name}: in order, {lanes:?}");
                assert!(
                    lanes[lanes.len() - 1] + half <= height && lanes[0] - half >= drawn.top,
                    "{name}: {lanes:?}"
                );
                assert!(lanes[lanes.len() - 1] - lanes[0] <= area / 2.0, "{name}: half of it at most");
                // The chart of offsets is above the lanes.
                let offsets = drawn.lanes.iter().flat_map(|lane| &lane.parts).map(|part| &part.offsets);
                let heights: Vec<f64> = offsets
                    .flat_map(|path| path.split(['M', 'L']).filter_map(|pair| pair.split_once(' ')))
                    .map(|(_, y)| y.parse().expect("a coordinate"))
                    .collect();
                assert!(!heights.is_empty(), "{name}");
                let (top, foot) = (drawn.top + 8.0, lanes[0] - 6.0);
                assert!(heights.iter().all(|y| (top - 0.1..=foot).contains(y)), "{name}: {heights:?}");
                let room = heights.iter().fold(f64::MIN, |a, b| a.max(*b)) - top;
                if branches == 1 && height >= 150.0 {
                    assert!(room >= area * 0.29, "{name}: {room} of {area}");
                }
                let named: Vec<f64> =
                    drawn.lanes.iter().filter(|lane| lane.named).map(|lane| lane.y).collect();
                assert!(
                    !named.is_empty() && named.windows(2).all(|two| two[1] - two[0] >= 11.5),
                    "{name}: {named:?}"
                );
                assert!(named.iter().all(|y| y - 8.0 >= drawn.top && y + 7.0 <= height), "{name}: {named:?}");
                assert!(drawn.has_words() == (drawn.gap >= 11.0), "{name}");
            }
        }
    }
}

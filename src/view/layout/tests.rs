//! No two things of a stage overlap, whatever the topology, the box and what the reader dragged.

use super::*;
use crate::redis::{Rng, Span, Time};
use crate::sim::{Action, LinkMode, Session, World, WorldSpec};
use crate::view::history::Record;
use crate::view::scene::{ClientPill, LinkLine, Role};

/// A scene of `n` nodes with random masters: mostly trees, now and then a circle.
fn scene(rng: &mut Rng, n: u64, clients: u64) -> Scene {
    let world = World::new(&WorldSpec::course());
    let template = Scene::of(&world, &Record::default());
    let mut scene = Scene::default();
    for id in 0..n {
        let mut card = template.nodes[0].clone();
        card.id = NodeId(id as u8);
        let above = if rng.below(20) == 0 { rng.below(n) } else { rng.below(id.max(1)) };
        let follows = id > 0 && above != id && rng.below(12) > 0;
        card.name.role = if follows { Role::Replica } else { Role::Master };
        card.master = follows.then_some(NodeId(above as u8));
        card.followers = 1;
        scene.nodes.push(card);
        if follows {
            scene.links.push(LinkLine {
                id: LinkId(id as u16),
                upper: NodeId(above as u8),
                lower: NodeId(id as u8),
                mode: LinkMode::Up,
            });
        }
    }
    for id in 0..clients {
        let at = NodeId(rng.below(n) as u8);
        scene.clients.push(ClientPill {
            id: ClientId(id as u8),
            at,
            running: true,
            every: Span::from_millis(250),
        });
    }
    scene
}

fn overlap(stage: &Stage) -> Option<String> {
    let nodes = stage.nodes.iter().map(|(id, rect)| (format!("{id:?}"), *rect));
    let clients = stage.clients.iter().map(|(id, rect)| (format!("{id:?}"), *rect));
    let switches = stage.switches.iter().map(|(id, rect)| (format!("{id:?}"), *rect));
    let all: Vec<_> = nodes.chain(clients).chain(switches).collect();
    for (n, (name, one)) in all.iter().enumerate() {
        let outside = one.x < 0.0
            || one.y < 0.0
            || one.x + one.w > stage.width + 0.01
            || one.y + one.h > stage.height + 0.01;
        if outside {
            return Some(format!("{name} is cut off: {one:?} of {} × {}", stage.width, stage.height));
        }
        for (other_name, other) in &all[n + 1..] {
            if one.meets(other, 0.0) {
                return Some(format!("{name} {one:?} meets {other_name} {other:?}"));
            }
        }
    }
    None
}

#[test]
fn nothing_overlaps_and_nothing_is_cut_off() {
    let mut rng = Rng::stream(7, "layout", 0);
    for round in 0..4000 {
        let (nodes, clients) = (2 + rng.below(15), rng.below(5));
        let scene = scene(&mut rng, nodes, clients);
        let (width, height) = ((320 + rng.below(1300)) as f64, (220 + rng.below(800)) as f64);
        let mut plan = Plan { width, height, touch: rng.below(2) == 0, dragged: Vec::new() };
        for _ in 0..rng.below(4) {
            let at = Point { x: rng.below(120) as f64 / 100.0 - 0.1, y: rng.below(120) as f64 / 100.0 - 0.1 };
            plan.dragged.push((NodeId(rng.below(nodes) as u8), at));
        }
        let stage = Stage::of(&scene, &plan);
        assert_eq!(stage.nodes.len(), scene.nodes.len());
        assert_eq!((stage.clients.len(), stage.switches.len()), (scene.clients.len(), scene.links.len()));
        let shown = (stage.width * stage.scale, stage.height * stage.scale);
        assert!((shown.0 - width).abs() < 0.01 && (shown.1 - height).abs() < 0.01, "it fills its box");
        if let Some(problem) = overlap(&stage) {
            panic!("round {round}, {nodes} nodes, {clients} clients, {width} × {height}: {problem}");
        }
    }
}

#[test]
fn three_nodes_say_all_on_a_desk_and_something_on_the_smallest_box() {
    let course = star(3);
    let level =
        |width, height, touch| Stage::of(&course, &Plan { width, height, touch, dragged: Vec::new() }).level;
    assert_eq!(level(573.0, 422.0, false), Level::Full);
    assert_eq!(level(390.0, 420.0, true), Level::Medium);
    assert!(level(320.0, 220.0, true) >= Level::Small);
}

/// A star and a cascade side by side on a phone: who follows the same master stands in one row.
#[test]
fn three_replicas_stand_side_by_side_on_half_a_phone() {
    let mut star = star(4);
    star.clients.clear();
    // As high as in the page, and as in a figure.
    for (width, height) in [(179.5, 262.0), (187.0, 262.0), (194.5, 262.0), (190.0, 400.0)] {
        let stage = Stage::of(&star, &Plan { width, height, touch: true, dragged: Vec::new() });
        let tops: Vec<f64> = (1..4).map(|id| stage.node(NodeId(id)).expect("it is there").y).collect();
        assert!(tops.iter().all(|top| *top == tops[0]), "{width}: {tops:?}");
    }
}

#[test]
fn a_dragged_card_stays_and_its_switch_follows() {
    let mut rng = Rng::stream(1, "layout", 0);
    let scene = scene(&mut rng, 3, 0);
    let wish = Point { x: 0.2, y: 0.5 };
    let plan = Plan { width: 900.0, height: 700.0, touch: false, dragged: vec![(NodeId(2), wish)] };
    let stage = Stage::of(&scene, &plan);
    let at = stage.node(NodeId(2)).expect("it is there").middle();
    assert!(stage.kept && (at.x - 180.0).abs() < 1.0 && (at.y - 350.0).abs() < 1.0, "{at:?}");
    // Onto another card: not there.
    let other = stage.node(NodeId(0)).expect("it is there").middle();
    let onto = Point { x: other.x / 900.0, y: other.y / 700.0 };
    let stage = Stage::of(&scene, &Plan { dragged: vec![(NodeId(2), onto)], ..plan });
    assert!(!stage.kept);
}

#[test]
fn a_dead_middle_stays_above_those_that_look_for_it() {
    let mut rng = Rng::stream(1, "layout", 0);
    let mut chain = scene(&mut rng, 4, 0);
    chain.links.clear();
    chain.nodes[1].name.role = Role::Master;
    (chain.nodes[1].master, chain.nodes[1].followers) = (None, 0);
    for id in [2, 3] {
        chain.nodes[id].master = Some(NodeId(1));
        chain.nodes[id].name.role = Role::Replica;
    }
    let plan = Plan { width: 573.0, height: 422.0, touch: false, dragged: Vec::new() };
    let stage = Stage::of(&chain, &plan);
    let top = |id| stage.node(NodeId(id)).expect("it is there").y;
    assert!(top(1) < top(2) && top(1) < top(3), "{} {} {}", top(1), top(2), top(3));
}

#[test]
fn clients_in_a_line_stand_above_their_nodes() {
    let mut rng = Rng::stream(7, "layout", 1);
    let mut scene = scene(&mut rng, 3, 3);
    scene.links.clear();
    for (node, client) in scene.nodes.iter_mut().zip(&mut scene.clients) {
        (node.name.role, node.master) = (Role::Master, None);
        // The first client writes to the last node.
        client.at = NodeId(2 - client.id.0);
    }
    for width in [390.0, 768.0] {
        let plan = Plan { width, height: 268.0, touch: true, dragged: Vec::new() };
        let stage = Stage::of(&scene, &plan);
        for client in &scene.clients {
            let card = stage.node(client.at).expect("it has a place");
            let (_, pill) = stage.clients.iter().find(|(id, _)| *id == client.id).expect("it has a place");
            let middle = pill.middle();
            assert!(middle.y < card.y, "{width}: {pill:?} beside {card:?}");
            assert!((middle.x - card.middle().x).abs() < 1.0, "{width}: {pill:?} not above {card:?}");
        }
    }
}

/// A world of `n` nodes with a client at the first: `above` says whom each follows.
fn shaped(n: u8, above: impl Fn(u8) -> u8) -> Scene {
    let mut rng = Rng::stream(1, "layout", 0);
    let mut shaped = scene(&mut rng, n.into(), 1);
    (shaped.clients[0].at, shaped.links) = (NodeId(0), Vec::new());
    for id in 1..n {
        let (upper, lower) = (NodeId(above(id)), NodeId(id));
        let card = &mut shaped.nodes[lower.index()];
        (card.master, card.name.role) = (Some(upper), Role::Replica);
        shaped.links.push(LinkLine { id: LinkId(id.into()), upper, lower, mode: LinkMode::Up });
    }
    shaped
}

const DESK: Plan = Plan { width: 573.0, height: 417.0, touch: false, dragged: Vec::new() };
const PHONE: Plan = Plan { width: 390.0, height: 505.0, touch: true, dragged: Vec::new() };

fn chain(n: u8) -> Scene {
    shaped(n, |id| id - 1)
}

fn star(n: u8) -> Scene {
    shaped(n, |_| 0)
}

fn tree(n: u8) -> Scene {
    shaped(n, |id| (id - 1) / 2)
}

#[test]
fn the_stage_of_a_desk_is_drawn_at_its_own_size() {
    for n in 2..=16 {
        for (name, scene) in [("chain", chain(n)), ("star", star(n)), ("tree", tree(n))] {
            let stage = Stage::of(&scene, &DESK);
            assert_eq!((stage.scale, overlap(&stage)), (1.0, None), "{name} of {n}");
        }
    }
}

#[test]
fn fingers_hit_the_switches_on_a_phone() {
    let in_a_lesson = Plan { height: 300.0, ..PHONE };
    let beside_another = Plan { width: 190.0, height: 262.0, ..PHONE };
    let mut all = vec![("4 in a chain in a lesson", chain(4), in_a_lesson)];
    all.push(("4 in a chain beside another world", chain(4), beside_another));
    for n in 2..=16 {
        all.push(("chain", chain(n), PHONE));
        all.push(("star", star(n), PHONE));
        // More than that are too many at this size.
        all.extend((n < 16).then(|| ("tree", tree(n), PHONE)));
    }
    for (name, scene, plan) in all {
        let stage = Stage::of(&scene, &plan);
        let switch = stage.switches[0].1;
        let least = switch.w.min(switch.h) * stage.scale;
        assert!(least >= 44.0, "{name} of {}: {least}", scene.nodes.len());
        assert_eq!(overlap(&stage), None, "{name} of {}", scene.nodes.len());
    }
}

#[test]
fn a_chain_that_runs_sideways_turns_below_its_last_card() {
    let stage = Stage::of(&chain(12), &DESK);
    let card = |id| stage.node(NodeId(id)).expect("it is there");
    assert!(stage.level >= Level::Lean, "{:?}", stage.level);
    for id in 1..12 {
        let (a, b) = (card(id - 1), card(id));
        assert!(a.x == b.x || a.y == b.y, "{a:?} and {b:?} are neighbours");
    }
}

/// What a failover is about (ids, the backlog) stands on full cards only.
#[test]
fn cards_say_all_during_a_failover_on_a_desk() {
    let mut session = Session::new(WorldSpec::course());
    let order = |node, text: &str| {
        let args = text.split(' ').map(|word| word.as_bytes().to_vec()).collect();
        Action::Write { node: NodeId(node), args }
    };
    let acts = [
        Action::Kill(NodeId(0)),
        order(1, "REPLICAOF NO ONE"),
        order(2, "REPLICAOF 172.16.19.5 6379"),
        Action::Restart { node: NodeId(0), keep_rdb: true },
        order(0, "REPLICAOF 172.16.19.5 6379"),
    ];
    session.advance(Time::from_millis(8_000));
    for act in acts {
        session.act(act.clone()).expect("it can be done");
        session.advance(session.world().now() + Span::from_millis(1_500));
        let mut record = Record::default();
        record.follow(session.world());
        let scene = Scene::of(session.world(), &record);
        let stage = Stage::of(&scene, &DESK);
        assert_eq!((stage.level, overlap(&stage)), (Level::Full, None), "{act:?}");
    }
}

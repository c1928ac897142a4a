//! No two things of a stage overlap, whatever the topology, the box and what the reader dragged.

use super::*;
use crate::redis::{Rng, Span};
use crate::sim::{LinkMode, World, WorldSpec};
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
    let mut rng = Rng::stream(1, "layout", 0);
    let mut course = scene(&mut rng, 3, 1);
    course.clients[0].at = NodeId(0);
    course.links.clear();
    for id in [1, 2] {
        course.nodes[id].master = Some(NodeId(0));
        course.nodes[id].name.role = Role::Replica;
        let (upper, lower) = (NodeId(0), NodeId(id as u8));
        course.links.push(LinkLine { id: LinkId(id as u16), upper, lower, mode: LinkMode::Up });
    }
    let level =
        |width, height, touch| Stage::of(&course, &Plan { width, height, touch, dragged: Vec::new() }).level;
    assert_eq!(level(573.0, 422.0, false), Level::Full);
    assert_eq!(level(390.0, 420.0, true), Level::Medium);
    assert!(level(320.0, 220.0, true) >= Level::Small);
}

/// A star and a cascade side by side on a phone: who follows the same master stands in one row.
#[test]
fn three_replicas_stand_side_by_side_on_half_a_phone() {
    let mut rng = Rng::stream(1, "layout", 0);
    let mut star = scene(&mut rng, 4, 0);
    star.links.clear();
    for id in 1..4 {
        star.nodes[id].master = Some(NodeId(0));
        star.nodes[id].name.role = Role::Replica;
        let (upper, lower) = (NodeId(0), NodeId(id as u8));
        star.links.push(LinkLine { id: LinkId(id as u16), upper, lower, mode: LinkMode::Up });
    }
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

//! The Ring view: a node's backlog as a circle.

use crate::view::Words;
use crate::view::format::{grouped, px};
use crate::view::ring::{Arc, Head, RADIUS, Ring, WIDTH, polar};
use crate::view::scene::{Name, Role};
use yew::prelude::*;

/// The Ring view.
pub(super) fn ring_view(w: &'static Words, ring: Option<&Ring>, owner: Option<Name>) -> Html {
    let title = owner.map_or_else(|| w.ring.to_owned(), |owner| (w.ring_of)(&(w.node)(owner)));
    let size = ring.map(|ring| format!(" · {}", (w.bytes)(ring.size)));
    html! {
        <section class="view ring" aria-label={w.ring}>
            <h2>{ title }{ size.unwrap_or_default() }</h2>
            <div class="ringbox">
                if let Some(ring) = ring { { circle(ring, w) } } else { <p class="empty">{ w.ring_none }</p> }
            </div>
        </section>
    }
}

fn circle(ring: &Ring, w: &'static Words) -> Html {
    html! {
        <svg viewBox="-215 -212 430 424" preserveAspectRatio="xMidYMid meet" role="img" aria-label={summary(ring, w)}>
            <defs>
                <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <line x1="0" y1="0" x2="0" y2="6" stroke="var(--cut)" stroke-width="2" opacity=".6" />
                </pattern>
            </defs>
            <circle class="r-free" r={px(RADIUS)} stroke-width={px(WIDTH)} />
            { for ring.arcs.iter().map(sector) }
            { for ring.heads.iter().filter_map(|head| head.lost_path.clone()).map(|d| html! { <path class="r-lost" {d} /> }) }
            { for ring.heads.iter().enumerate().map(|(n, head)| stem(n, head)) }
            { for ring.heads.iter().enumerate().map(|(n, head)| reader(n, head)) }
            { writer(ring) }
            { center(ring, w) }
        </svg>
    }
}

fn sector(arc: &Arc) -> Html {
    let opacity = px(0.25 + 0.75 * arc.age);
    // Two decimals would be finer than the eye.
    let class = classes!("r-arc", arc.beat.then_some("beat"));
    let title = format!("{}–{}  {}", grouped(arc.from), grouped(arc.to), arc.text);
    html! { <path {class} d={arc.path.clone()} {opacity}><title>{ title }</title></path> }
}

/// The write head, outside the ring.
fn writer(ring: &Ring) -> Html {
    let color = var_of(ring.owner.role);
    let (x1, y1) = polar(RADIUS - WIDTH / 2.0, ring.angle);
    let (x2, y2) = polar(RADIUS + 44.0, ring.angle);
    let right = x2 > 0.0;
    let (tx, ty) = (x2, y2 + if y2 < 0.0 { -19.0 } else { 27.0 });
    html! {
        <g>
            <line x1={px(x1)} y1={px(y1)} x2={px(x2)} y2={px(y2)} stroke={color.0} stroke-width="2.5" />
            <circle cx={px(x2)} cy={px(y2)} r="13" fill={color.0} />
            { letter(x2, y2, ring.owner.tag, color.1) }
            <text class="m" x={px(tx)} y={px(ty)} font-size="12"
                text-anchor={if right { "end" } else { "start" }}>{ grouped(ring.offset) }</text>
        </g>
    }
}

/// The line from a follower's place to its head. All of them are drawn before the heads.
fn stem(n: usize, head: &Head) -> Html {
    let (x1, y1) = polar(RADIUS - WIDTH / 2.0, head.angle);
    let (x2, y2) = polar(track(n), head.angle);
    let dash = (!head.online).then_some("3 3");
    let stroke = var_of(head.who.role).0;
    html! {
        <line x1={px(x1)} y1={px(y1)} x2={px(x2)} y2={px(y2)} {stroke} stroke-width="2.5" stroke-dasharray={dash} />
    }
}

/// A follower's head, each on a track of its own inside the ring; hollow once it is lapped.
fn reader(n: usize, head: &Head) -> Html {
    let color = var_of(head.who.role);
    let (x, y) = polar(track(n), head.angle);
    let hollow = head.lost > 0;
    let dash = (!head.online).then_some("3 3");
    let fill = if hollow { "var(--card)" } else { color.0 };
    html! {
        <g>
            <circle cx={px(x)} cy={px(y)} r="13" {fill} stroke={color.0} stroke-width="2.5" stroke-dasharray={dash} />
            { letter(x, y, head.who.tag, if hollow { color.0 } else { color.1 }) }
        </g>
    }
}

/// The radius of a follower's track.
fn track(n: usize) -> f64 {
    RADIUS - 34.0 - 24.0 * (n % 3) as f64
}

fn letter(x: f64, y: f64, tag: char, fill: &'static str) -> Html {
    html! {
        <text x={px(x)} y={px(y + 4.5)} text-anchor="middle" font-size="12.5" font-weight="700" style={format!("fill:{fill}")}>
            { tag }
        </text>
    }
}

fn center(ring: &Ring, w: &'static Words) -> Html {
    let oldest = html! {
        <text y="50" text-anchor="middle" font-size="11.5" style="fill:var(--muted)">{ (w.ring_oldest)(ring.first) }</text>
    };
    let line = |y: &'static str, size: &'static str, color: &'static str, bold: bool, text: String| {
        html! {
            <text {y} text-anchor="middle" font-size={size} class={bold.then_some("m")}
                font-weight={bold.then_some("700")} style={format!("fill:var({color})")}>{ text }</text>
        }
    };
    match ring.lapped() {
        Some(head) => html! {
            <g>
                { line("-22", "12", "--muted", false, (w.ring_wants)(&(w.node)(head.who))) }
                { line("6", "24", "--cut", true, grouped(head.next)) }
                { line("28", "12.5", "--cut", false, (w.ring_lost)(head.lost)) }
                { oldest }
            </g>
        },
        None => html! {
            <g>
                { line("-22", "12", "--muted", false, "master_repl_offset".to_owned()) }
                { line("6", "24", "--ink", true, grouped(ring.offset)) }
                { line("28", "12.5", "--muted", false, (w.ring_filled)(ring.held, ring.size)) }
                { oldest }
            </g>
        },
    }
}

/// The picture in words.
fn summary(ring: &Ring, w: &'static Words) -> String {
    let mut text = format!(
        "{}: {}, {}; offset {}",
        (w.node)(ring.owner),
        (w.ring_filled)(ring.held, ring.size),
        (w.ring_oldest)(ring.first),
        grouped(ring.offset)
    );
    for head in &ring.heads {
        text.push_str(&format!("; {} {}", (w.ring_wants)(&(w.node)(head.who)), grouped(head.next)));
        if head.lost > 0 {
            text.push_str(&format!(", {}", (w.ring_lost)(head.lost)));
        }
    }
    text
}

/// A role's colour and the ink on it.
fn var_of(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Master => ("var(--master)", "var(--on-master)"),
        Role::Replica => ("var(--replica)", "var(--on-replica)"),
        Role::Down => ("var(--ack)", "var(--paper)"),
    }
}

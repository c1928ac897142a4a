//! Pictures: the moment, and a stretch of history, as SVG files that need nothing beside them.

use super::{Opened, escape};
use crate::redis::Time;
use crate::sim::LinkMode;
use crate::view::flights::Flights;
use crate::view::format::{clock, grouped, px};
use crate::view::history::{Band, Chart, Paper, Window};
use crate::view::layout::{Plan, Rect, Stage, Way};
use crate::view::scene::{NodeCard, Role, Scene};
use crate::view::status::status;
use crate::view::{Words, words};

/// Size of a picture, without its caption.
const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 430.0;
const HISTORY: f64 = 260.0;
/// Characters of a link in a line.
const LINE: usize = 130;
const SANS: &str = "system-ui,'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif";

/// How a kind of shape or text is painted: the page's light colours. Attributes and not a style sheet,
/// which a strict content security policy would take out of the picture.
fn look(class: &str) -> &'static str {
    match class {
        "card" => "fill='#fff' stroke='#0f7d5c' stroke-width='1.8'",
        "card master" => "fill='#fff' stroke='#12357f' stroke-width='1.8'",
        "card down" => "fill='#fff' stroke='#5c6878' stroke-width='1.8' stroke-dasharray='5 4'",
        "bar" => "fill='#0f7d5c'",
        "bar master" => "fill='#12357f'",
        "bar down" => "fill='#5c6878'",
        "pill" => "fill='#f1eee7' stroke='#dedad1'",
        "cutpill" => "fill='#86190d'",
        "wire" => "stroke='#dedad1' stroke-width='10' stroke-linecap='round'",
        "core" | "cable" => "stroke='#5d6675' stroke-width='1.3'",
        "cut" => "stroke='#86190d' stroke-width='2' stroke-dasharray='3 6'",
        "f-cmd" => {
            "stroke='#9a6b00' stroke-width='18' stroke-linecap='round' stroke-linejoin='round' fill='none'"
        }
        "f-rdb" => "fill='#9a6b00'",
        "f-ack" => "fill='#fbfaf7' stroke='#5c6878' stroke-width='2.5'",
        "f-beat" => "stroke='#9a6b00' stroke-width='7' stroke-linecap='round'",
        "f-shake" => "fill='#5b3f9e'",
        "f-reply" => "fill='#fbfaf7' stroke='#5b3f9e' stroke-width='2'",
        "f-lost" => "stroke='#86190d' stroke-width='2.5' fill='none'",
        "f-lostring" => "stroke='#86190d' fill='none' stroke-dasharray='2 3'",
        "h-floor" => "fill='#86190d' opacity='.09'",
        "h-floorline" => "stroke='#86190d' stroke-dasharray='4 4' fill='none'",
        "h-lane" => "stroke='#dedad1'",
        "h-line h-master" => "stroke='#12357f' stroke-width='2' fill='none'",
        "h-line h-replica" => "stroke='#0f7d5c' stroke-width='2' fill='none'",
        "h-line h-down" => "stroke='#5c6878' stroke-width='2' stroke-dasharray='4 4' fill='none'",
        "h-cmd" => "stroke='#9a6b00' fill='none'",
        "h-ack" => "stroke='#5c6878' fill='none'",
        "h-shake" => "stroke='#5b3f9e' fill='none'",
        "h-rdb" => "stroke='#9a6b00' stroke-width='2.6' fill='none'",
        "h-lost" => "stroke='#86190d' fill='none' stroke-dasharray='2 3'",
        "h-cut" => "fill='#86190d' opacity='.14'",
        "h-sync" => "fill='#9a6b00' opacity='.22'",
        "w" => "fill='#fff'",
        "b" => "font-weight='700'",
        "b w" => "font-weight='700' fill='#fff'",
        "w m mute" => "font-family='ui-monospace,Menlo,Consolas,monospace' font-size='11' fill='#fff'",
        "mute" => "font-size='11' fill='#5d6675'",
        "m b" => "font-family='ui-monospace,Menlo,Consolas,monospace' font-weight='700' font-size='15'",
        "m mute" | "mute m" => {
            "font-family='ui-monospace,Menlo,Consolas,monospace' font-size='11' fill='#5d6675'"
        }
        "m mute old" => {
            "font-family='ui-monospace,Menlo,Consolas,monospace' font-size='11' fill='#b81fab' text-decoration='underline'"
        }
        "f-txt" => {
            "font-family='ui-monospace,Menlo,Consolas,monospace' font-size='10.5' fill='#fff' text-anchor='middle'"
        }
        // Below the packets, not on them.
        "f-size" => {
            "font-family='ui-monospace,Menlo,Consolas,monospace' font-size='9.5' fill='#5d6675' text-anchor='middle' stroke='#fbfaf7' stroke-width='3' paint-order='stroke'"
        }
        "link" => "font-family='ui-monospace,Menlo,Consolas,monospace' font-size='9' fill='#5d6675'",
        _ => "",
    }
}

/// The moment: servers, links, packets in flight, with a sentence and the link below.
pub fn moment(opened: &Opened) -> String {
    let (world, w) = (opened.session.world(), words(opened.lang));
    let scene = Scene::of(world, &opened.record);
    let stage = Stage::of(&scene, &Plan { width: WIDTH, height: HEIGHT, ..Plan::default() });
    let mut flights = Flights::default();
    flights.draw(world, &stage, &[], false);
    let mut out = String::new();
    let up =
        |way: &Way| scene.links.iter().any(|link| Some(link.id) == way.link && link.mode == LinkMode::Up);
    for way in &stage.ways {
        match way.link {
            None => segment(&mut out, "cable", way),
            Some(_) if up(way) => {
                segment(&mut out, "wire", way);
                segment(&mut out, "core", way);
            }
            Some(_) => segment(&mut out, "cut", way),
        }
    }
    paths(&mut out, &flights);
    for way in stage.ways.iter().filter(|way| way.link.is_some() && !up(way)) {
        let at = way.at(0.5);
        let half = Rect { x: at.x - 34.0, y: at.y - 13.0, w: 68.0, h: 26.0 };
        rect(&mut out, "cutpill", half, 13.0);
        let mode = scene.links.iter().find(|link| Some(link.id) == way.link).map(|link| link.mode);
        text(&mut out, "w", (at.x, at.y + 4.5), Some("middle"), mode.map_or("", |mode| w.mode(mode)));
    }
    for node in &scene.nodes {
        if let Some(place) = stage.node(node.id) {
            card(&mut out, node, place, w);
        }
    }
    for (client, place) in &stage.clients {
        rect(&mut out, "pill", *place, 20.0);
        let middle = place.middle();
        let running = scene.clients.iter().any(|pill| pill.id == *client && pill.running);
        let word = if running { w.client } else { w.writes_stopped };
        text(&mut out, "", (middle.x, middle.y + 4.5), Some("middle"), word);
    }
    let sentence = (w.status_line)(&status(&scene.nodes));
    frame(&out, HEIGHT, &sentence, &format!("t = {} s", clock(world.now())), &opened.link)
}

/// What happened between two instants.
pub fn history(opened: &Opened, from: Time, to: Time) -> String {
    let (world, w) = (opened.session.world(), words(opened.lang));
    let scene = Scene::of(world, &opened.record);
    let window = Window { from, to: to.max(Time::from_micros(from.as_micros() + 1000)) };
    let paper = Paper { window, reach: opened.session.reach(), size: (WIDTH, HISTORY) };
    let chart = Chart::draw(&opened.record, &scene, &paper);
    let mut out = String::new();
    for tick in &chart.ticks {
        text(&mut out, "mute m", (tick.x, 16.0), Some("middle"), &tick.text);
    }
    for (class, d) in [("h-floor", &chart.floor_area), ("h-floorline", &chart.floor_line)] {
        path(&mut out, class, d);
    }
    for lane in &chart.lanes {
        let (left, right, y) = (px(chart.left), px(chart.right), px(lane.y));
        out.push_str(&format!("<path class=\"h-lane\" stroke=\"#dedad1\" d=\"M{left} {y}H{right}\"/>"));
        for part in &lane.parts {
            path(&mut out, part.line_class(), &format!("M{} {y}H{}", px(part.from), px(part.to)));
        }
        if lane.named {
            text(&mut out, "b", (chart.left - 10.0, lane.y + 4.0), Some("end"), &(w.node)(lane.name));
        }
    }
    let bands = |out: &mut String, class, bands: &[Band]| {
        let half = chart.low(7.0);
        for band in bands {
            rect(out, class, Rect { x: band.x, y: band.y - half, w: band.w, h: half * 2.0 }, 0.0);
        }
    };
    bands(&mut out, "h-sync", &chart.syncs);
    bands(&mut out, "h-cut", &chart.cuts);
    out.push_str(&format!(
        "<clipPath id=\"plot\"><rect x=\"{}\" width=\"{}\" height=\"{}\"/></clipPath><g clip-path=\"url(#plot)\">",
        px(chart.left),
        px(chart.right - chart.left),
        px(HISTORY)
    ));
    for (class, d) in [
        ("h-cmd", &chart.commands),
        ("h-ack", &chart.acks),
        ("h-shake", &chart.shakes),
        ("h-rdb", &chart.rdb),
        ("h-lost", &chart.lost),
    ] {
        path(&mut out, class, d);
    }
    for part in chart.lanes.iter().rev().flat_map(|lane| &lane.parts) {
        path(&mut out, part.line_class(), &part.offsets);
    }
    out.push_str("</g>");
    let sentence = format!("{}: {} – {} s", w.history, clock(from), clock(to));
    frame(&out, HISTORY, &sentence, "", &opened.link)
}

/// The whole file: the drawing, its caption, the link. A printed link leads back as well: it is whole.
fn frame(drawing: &str, height: f64, sentence: &str, time: &str, link: &str) -> String {
    let shown: Vec<char> = format!("PSYNC Lab · {link}").chars().collect();
    let lines = shown.chunks(LINE).map(|line| line.iter().collect::<String>());
    let (width, full) = (px(WIDTH), px(height + 47.0 + 11.0 * lines.len() as f64));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {full}\" width=\"{width}\" height=\"{full}\" role=\"img\" \
         font-family=\"{SANS}\" font-size=\"13\" fill=\"#1d2330\"><title>{}</title><rect width=\"100%\" height=\"100%\" fill=\"#fbfaf7\"/>{drawing}",
        escape(sentence)
    );
    out.push_str(&format!(
        "<path class=\"h-lane\" stroke=\"#dedad1\" d=\"M0 {}H{width}\"/>",
        px(height + 4.0)
    ));
    text(&mut out, "b", (16.0, height + 26.0), None, sentence);
    text(&mut out, "mute m", (WIDTH - 16.0, height + 26.0), Some("end"), time);
    out.push_str(&format!("<a href=\"{}\">", escape(link)));
    for (n, line) in lines.enumerate() {
        text(&mut out, "link", (16.0, height + 46.0 + 11.0 * n as f64), None, &line);
    }
    out.push_str("</a></svg>");
    out
}

fn card(out: &mut String, node: &NodeCard, at: Rect, w: &Words) {
    let role = match node.name.role {
        Role::Master => " master",
        Role::Replica => "",
        Role::Down => " down",
    };
    rect(out, &format!("card{role}"), at, 12.0);
    rect(out, &format!("bar{role}"), Rect { h: 29.0, ..at }, 10.0);
    text(out, "b w", (at.x + 12.0, at.y + 19.5), None, &(w.node)(node.name));
    text(out, "w m mute", (at.x + at.w - 12.0, at.y + 19.5), Some("end"), &node.host);
    text(out, "mute", (at.x + 12.0, at.y + 48.0), None, w.offset);
    text(out, "m b", (at.x + at.w - 12.0, at.y + 48.0), Some("end"), &grouped(node.offset));
    for (n, row) in node.keys.iter().enumerate() {
        let y = at.y + 66.0 + 17.0 * n as f64;
        // A low card has no room for keys.
        if y > at.y + at.h - 18.0 {
            break;
        }
        text(out, "m mute", (at.x + 12.0, y), None, &row.key);
        text(
            out,
            if row.stale { "m mute old" } else { "m mute" },
            (at.x + at.w - 12.0, y),
            Some("end"),
            &row.value,
        );
    }
    let state = match node.name.role {
        Role::Down => w.node_down.to_owned(),
        Role::Master => (w.master_state)(node.online, node.followers),
        Role::Replica => (w.replica_state)(node.phase, node.lag),
    };
    text(out, "mute", (at.x + 12.0, at.y + at.h - 8.0), None, &state);
}

fn paths(out: &mut String, flights: &Flights) {
    let all = [
        ("f-lostring", &flights.lost_rings),
        ("f-rdb", &flights.rdb),
        ("f-cmd", &flights.commands),
        ("f-shake", &flights.shakes),
        ("f-reply", &flights.replies),
        ("f-ack", &flights.acks),
        ("f-beat", &flights.beats),
        ("f-lost", &flights.lost),
    ];
    for (class, d) in all {
        path(out, class, d);
    }
    for label in &flights.labels {
        let class = if label.size { "f-size" } else { "f-txt" };
        text(out, class, (label.at.x, label.at.y), None, &label.text);
    }
}

fn path(out: &mut String, class: &str, d: &str) {
    if !d.is_empty() {
        out.push_str(&format!("<path class=\"{class}\" {} d=\"{d}\"/>", look(class)));
    }
}

fn segment(out: &mut String, class: &str, way: &Way) {
    path(out, class, &format!("M{} {}L{} {}", px(way.a.x), px(way.a.y), px(way.b.x), px(way.b.y)));
}

fn rect(out: &mut String, class: &str, at: Rect, round: f64) {
    let Rect { x, y, w, h } = at;
    out.push_str(&format!(
        "<rect class=\"{class}\" {} x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
        look(class),
        px(x),
        px(y),
        px(w),
        px(h),
        px(round)
    ));
}

fn text(out: &mut String, class: &str, (x, y): (f64, f64), anchor: Option<&str>, words: &str) {
    let anchor = anchor.map(|anchor| format!(" text-anchor=\"{anchor}\"")).unwrap_or_default();
    out.push_str(&format!(
        "<text class=\"{class}\" {} x=\"{}\" y=\"{}\"{anchor}>{}</text>",
        look(class),
        px(x),
        px(y),
        escape(words)
    ));
}

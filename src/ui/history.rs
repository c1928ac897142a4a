//! The History view: offsets above messages, on the axis that is also the scrubber.

use super::app::App;
use super::deed::Deed;
use super::dom;
use super::el::{El, button, el, yes};
use super::icons::{Icon, icon};
use super::live::{Kind, Which};
use super::piece::Piece;
use super::time::Time;
use crate::sim::MarkKind;
use crate::view::format::{clock, push_px, px, width_of};
use crate::view::history::{Band, Chart, Lane, Pin, Twig, Zoom};
use crate::view::layout::Rect;
use crate::view::{Picture, Words};
use yew::html::Scope;

/// The History view.
pub(super) fn history_view(app: &App, link: &Scope<App>) -> El {
    let w = app.words();
    let boxed = el("div").class("histbox").refer(&app.nodes.history).keep(app, Piece::Plot, link).keep(
        app,
        Piece::Scrub,
        link,
    );
    let head = el("div").class("histhead").add(el("h2").text(w.history)).keep(app, Piece::Tools, link);
    el("section")
        .class(if app.shine().is_some_and(|shine| shine.history) {
            "view history shine"
        } else {
            "view history"
        })
        .label(w.history)
        .add(head)
        .add(boxed)
}

/// The chart.
pub(super) fn plot(app: &App) -> El {
    let picture = &app.shown.picture;
    let which = |kind| Which::new(kind, false, 0);
    let ahead = el("path").class("h-ahead").live_attr(which(Kind::Ahead), said(picture, Kind::Ahead));
    let head = el("path").class("h-head").live_attr(which(Kind::Head), said(picture, Kind::Head));
    drawing(&picture.chart, app.words(), "plot").add(ahead).add(head)
}

/// What moves when the reader goes through time in what is drawn: now, and what lies ahead of it.
pub(super) fn said(picture: &Picture, kind: Kind) -> String {
    let (chart, mut said) = (&picture.chart, String::new());
    let (head, seen) = chart.at(&picture.window, picture.head);
    if kind == Kind::Head {
        // Out of sight it is out of the box.
        return playhead(chart, if seen { head } else { -99.0 });
    }
    let (from, to) = (head.max(chart.left), chart.at(&picture.window, picture.reach).0.min(chart.right));
    // The head stays where it was when the chart was drawn: what came since is not ahead of the present.
    if picture.now < picture.reach && to - from > 1.0 {
        said.push('M');
        push_px(&mut said, from);
        said.push(' ');
        push_px(&mut said, chart.top);
        for (step, by) in [("h", to - from), ("v", chart.height), ("h", from - to)] {
            said.push_str(step);
            push_px(&mut said, by);
        }
        said.push('z');
    }
    said
}

/// The line and the knob at now, as one path.
pub(super) fn playhead(chart: &Chart, x: f64) -> String {
    let (top, left, foot) = (px(chart.top), px(x - 4.0), px(chart.height - 6.0));
    ["M", &px(x), " ", &top, "V", &foot, "M", &left, " ", &top, "a4 4 0 1 1 8 0a4 4 0 1 1-8 0z"].concat()
}

/// Zoom, and the branches once there are some.
pub(super) fn tools(app: &App, link: &Scope<App>) -> El {
    let (w, picture) = (app.words(), &app.shown.picture);
    let plain = |deed, which, word| button("btn").on(link, Deed::Time(deed)).title(word).add(icon(which));
    let choice = |deed, on, word: &'static str| {
        button("btn").on(link, Deed::Time(deed)).attr("aria-pressed", yes(on)).text(word)
    };
    let mut tools = el("div")
        .class("histtools")
        .add(plain(Time::Zoom(true), Icon::Plus, w.time.zoom_in))
        .add(plain(Time::Zoom(false), Icon::Minus, w.time.zoom_out))
        .add(choice(Time::All, picture.zoom == Zoom::All, w.history_all))
        .add(choice(Time::Follow, matches!(picture.zoom, Zoom::Follow(_)), w.time.follow_short));
    if picture.forks.len() > 1 {
        let chips = picture.forks.iter().map(|fork| {
            button("btn twig")
                .on(link, Deed::Time(Time::Branch(fork.id)))
                .attr("aria-pressed", yes(fork.on))
                .say((w.time.branch)(fork.id.0))
        });
        let twigs = el("span").class("twigs").attr("role", "group").label(w.time.branches).all(chips);
        let option = |value: String, text: String, on: bool| {
            let option = el("option").set("value", value).say(text);
            if on { option.attr("selected", "selected") } else { option }
        };
        let compared = app.shown.compared;
        let others =
            picture.forks.iter().filter(|fork| !fork.on).map(|fork| {
                option(fork.id.0.to_string(), (w.time.branch)(fork.id.0), compared == Some(fork.id))
            });
        let none = option(String::new(), w.time.compare_none.to_owned(), compared.is_none());
        let select = el("select").on(link, Deed::Time(Time::Compare)).title(w.time.compare);
        tools = tools.add(twigs).add(select.add(none).all(others));
    }
    tools
}

/// An invisible slider on the axis: dragging moves the playhead, and so do the arrow keys.
pub(super) fn scrubber(app: &App, link: &Scope<App>) -> El {
    let picture = &app.shown.picture;
    let (chart, window) = (&picture.chart, picture.window);
    let rect = Rect { x: chart.left, y: 0.0, w: chart.right - chart.left, h: 24.0 };
    el("input")
        .class("scrub")
        .attr("type", "range")
        .set("style", dom::place(rect))
        .on(link, Deed::Seek)
        .label(app.words().seek)
        .set("min", window.from.as_millis().to_string())
        .set("max", window.to.as_millis().to_string())
        .attr("step", "10")
        .set("value", picture.now.as_millis().to_string())
        .set("aria-valuetext", format!("{} s / {} s", clock(picture.now), clock(picture.reach)))
}

fn path(class: &'static str, d: &str) -> El {
    el("path").class(class).set("d", d.to_owned())
}

fn label(anchor: &'static str, size: &'static str, style: &'static str, x: f64) -> El {
    el("text").attr("text-anchor", anchor).attr("font-size", size).attr("style", style).px("x", x)
}

/// A chart up to where it was run, without now. Its clipping path needs a name of its own.
pub(super) fn drawing(chart: &Chart, w: &'static Words, clip_name: &'static str) -> El {
    let mut svg = el("svg").attr("aria-hidden", "true");
    for tick in &chart.ticks {
        let text = el("text").class("h-axis m").px("x", tick.x).attr("y", "16").attr("text-anchor", "middle");
        svg = svg.add(text.say(tick.text.clone()));
    }
    svg = svg.add(path("h-floor", &chart.floor_area)).add(path("h-floorline", &chart.floor_line));
    if let Some((x, y)) = chart.floor_label {
        svg = svg.add(label("end", "10.5", "fill:var(--cut)", x).px("y", y).text(w.overwritten));
    }
    let offset = label("end", "11", "fill:var(--muted)", chart.left - 10.0).px("y", chart.top + 12.0);
    let clip = el("rect")
        .px("x", chart.left)
        .attr("y", "0")
        .px("width", chart.right - chart.left)
        .px("height", chart.height);
    let plot = el("g")
        .set("clip-path", ["url(#", clip_name, ")"].concat())
        .all(
            chart
                .dense
                .iter()
                .map(|dense| path(dense.class, &dense.path).set("fill-opacity", format!("{}%", dense.dark))),
        )
        .add(path("h-cmd", &chart.commands))
        .add(path("h-ack", &chart.acks))
        .add(path("h-shake", &chart.shakes))
        .add(path("h-rdb", &chart.rdb))
        .add(path("h-lost", &chart.lost));
    let parts = chart.lanes.iter().rev().flat_map(|lane| &lane.parts);
    let lines = parts.map(|part| path(part.line_class(), &part.offsets));
    svg.add(offset.text(w.offset))
        .all(chart.lanes.iter().map(|lane| lane_line(lane, chart, w)))
        .all(chart.syncs.iter().map(|band| band_of("h-sync", band, chart)))
        .all(chart.cuts.iter().map(|band| band_of("h-cut", band, chart)))
        .add(el("clipPath").attr("id", clip_name).add(clip))
        .add(plot)
        .all(lines)
        .all(chart.cuts.iter().filter_map(|band| cut_text(band, chart, w)))
        .all(chart.pins.iter().map(|pin| pin_of(pin, chart, w)))
        .all(chart.twigs.iter().map(twig))
}

/// A mark on a lane, with its word where there is room.
fn pin_of(pin: &Pin, chart: &Chart, w: &'static Words) -> El {
    let (x, y, half) = (pin.x, pin.y, chart.low(5.0));
    let class = match pin.kind {
        MarkKind::Cut(_) | MarkKind::Lapped(_) | MarkKind::Dropped(_) | MarkKind::Down(_) => "h-pin bad",
        _ => "h-pin",
    };
    let mut d = String::new();
    for (n, (x, y)) in
        [(x, y - half), (x + half * 0.9, y), (x, y + half), (x - half * 0.9, y)].into_iter().enumerate()
    {
        d.push(if n == 0 { 'M' } else { 'L' });
        push_px(&mut d, x);
        d.push(' ');
        push_px(&mut d, y);
    }
    d.push('Z');
    let word = (w.time.mark)(pin.kind);
    // How long a cut lasts is told in its band.
    let told =
        chart.has_words() && pin.room > width_of(word, 10.5) + 12.0 && !matches!(pin.kind, MarkKind::Cut(_));
    let text = told.then(|| el("text").class("h-word").px("x", x + 6.0).px("y", y - 6.0).text(word));
    el("g").add(path(class, &d)).maybe(text)
}

/// A branch.
fn twig(twig: &Twig) -> El {
    let mut d = String::new();
    let start = twig.stem.unwrap_or(twig.y);
    for (command, x, y) in [('M', twig.x1, start), ('L', twig.x1, twig.y), ('L', twig.x2, twig.y)] {
        d.push(command);
        push_px(&mut d, x);
        d.push(' ');
        push_px(&mut d, y);
    }
    path(if twig.on { "h-twig on" } else { "h-twig" }, &d)
}

fn line(class: &'static str, x1: f64, x2: f64) -> El {
    el("line").class(class).px("x1", x1).px("x2", x2)
}

fn lane_line(lane: &Lane, chart: &Chart, w: &'static Words) -> El {
    let whole = line("h-lane", chart.left, chart.right).px("y1", lane.y).px("y2", lane.y);
    let past = lane.parts.iter().map(|part| {
        let part = line(part.class(), part.from, part.to).px("y1", lane.y).px("y2", lane.y);
        part.attr("stroke-width", "2")
    });
    let name = lane.named.then(|| {
        el("text")
            .px("x", chart.left - 10.0)
            .px("y", lane.y + 4.0)
            .attr("text-anchor", "end")
            .attr("font-size", "11.5")
            .attr("font-weight", "600")
            .say((w.node)(lane.name))
    });
    el("g").add(whole).all(past).maybe(name)
}

fn band_of(class: &'static str, band: &Band, chart: &Chart) -> El {
    let half = chart.low(7.0);
    let rect = el("rect").class(class).px("x", band.x).px("y", band.y - half);
    rect.px("width", band.w).px("height", half * 2.0)
}

/// How long a cut lasts, in its band, if no mark stands there.
fn cut_text(band: &Band, chart: &Chart, w: &'static Words) -> Option<El> {
    let hides = |pin: &Pin| pin.y == band.y && pin.x > band.x + 6.0 && pin.x < band.x + 80.0;
    let roomy = chart.has_words() && band.w > 60.0;
    let (mode, told) = band.told.filter(|_| roomy && !chart.pins.iter().any(hides))?;
    let text = el("text").class("h-cutword").px("x", band.x + 9.0).px("y", band.y - 6.0);
    Some(text.say((w.cut_for)(mode, told)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::Time as At;
    use crate::sim::{Session, WorldSpec};
    use crate::view::history::Record;
    use crate::view::layout::Plan;
    use crate::view::picture::{Frame, Part};

    #[test]
    fn nothing_lies_ahead_of_the_present_between_two_drawings_of_the_chart() {
        let (mut session, mut record) = (Session::new(WorldSpec::course()), Record::default());
        let frame = |session: &Session| Frame {
            plan: Plan { width: 573.0, height: 422.0, ..Plan::default() },
            lit: std::rc::Rc::default(),
            history: (1058.0, 180.0),
            beside: (600.0, 150.0),
            ring_of: None,
            zoom: Zoom::RECENT,
            reach: session.reach(),
        };
        let mut run = |session: &mut Session, to| {
            session.advance(At::from_millis(to));
            record.follow_session(session);
            record.clone()
        };
        let record = run(&mut session, 8000);
        let mut picture = Picture::of(session.world(), &record, &frame(&session));
        let record = run(&mut session, 8200);
        picture.draw(Part::Scene, session.world(), &record, &frame(&session));
        assert_eq!(said(&picture, Kind::Ahead), "");
        // Of the past it is told what came next.
        session.seek(At::from_millis(6000));
        let past = Picture::of(session.world(), &record, &frame(&session));
        assert_ne!(said(&past, Kind::Ahead), "");
    }
}

//! The History view: offsets above messages, on the axis that is also the scrubber.

use super::app::App;
use super::deed::Deed;
use super::dom;
use super::el::{El, button, el, yes};
use crate::view::Words;
use crate::view::format::clock;
use crate::view::history::{Band, Chart, Lane};
use crate::view::layout::Rect;
use yew::html::Scope;

/// The History view.
pub(super) fn history_view(app: &App, link: &Scope<App>) -> El {
    let w = app.words();
    let all = button("btn")
        .on(link, Deed::Whole(!app.whole))
        .attr("aria-pressed", yes(app.whole))
        .text(w.history_all);
    let boxed = el("div")
        .class("histbox")
        .refer(&app.nodes.history)
        .add(drawing(&app.shown.picture.chart, w))
        .add(scrubber(app, link));
    el("section")
        .class(if app.shine().is_some_and(|shine| shine.history) { "view history shine" } else { "view history" })
        .label(w.history)
        .add(el("h2").text(w.history))
        .add(el("div").class("histtools").add(all))
        .add(boxed)
}

/// An invisible slider over the whole chart: dragging anywhere moves the playhead, and so do the
/// arrow keys.
fn scrubber(app: &App, link: &Scope<App>) -> El {
    let picture = &app.shown.picture;
    let (chart, window) = (&picture.chart, picture.window);
    let rect = Rect { x: chart.left, y: 0.0, w: chart.right - chart.left, h: chart.height };
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

fn drawing(chart: &Chart, w: &'static Words) -> El {
    let mut svg = el("svg").attr("aria-hidden", "true");
    for tick in &chart.ticks {
        let text = el("text").class("h-axis m").px("x", tick.x).attr("y", "16").attr("text-anchor", "middle");
        svg = svg.add(text.say(tick.text.clone()));
    }
    svg = svg.add(path("h-floor", &chart.floor_area)).add(path("h-floorline", &chart.floor_line));
    if let Some((x, y)) = chart.floor_label {
        svg = svg.add(label("end", "10.5", "fill:var(--cut)", x).px("y", y).text(w.overwritten));
    }
    // Below the button, which is larger on a phone.
    let label_y = if chart.left < 80.0 { "96" } else { "70" };
    let offset = label("end", "11.5", "fill:var(--muted)", chart.left - 10.0).attr("y", label_y);
    let clip = el("rect")
        .px("x", chart.left)
        .attr("y", "0")
        .px("width", chart.right - chart.left)
        .px("height", chart.height);
    let plot = el("g")
        .attr("clip-path", "url(#plot)")
        .add(path("h-cmd", &chart.commands))
        .add(path("h-ack", &chart.acks))
        .add(path("h-shake", &chart.shakes))
        .add(path("h-rdb", &chart.rdb))
        .add(path("h-lost", &chart.lost));
    let head = line("h-head", chart.head, chart.head).attr("y1", "26").px("y2", chart.height - 6.0);
    let knob = el("circle").px("cx", chart.head).attr("cy", "25").attr("r", "5").attr("fill", "var(--ink)");
    svg.add(offset.text(w.offset))
        .all(chart.lanes.iter().map(|lane| lane_line(lane, chart, w)))
        .all(chart.syncs.iter().map(|band| band_of("h-sync", band, w)))
        .all(chart.cuts.iter().map(|band| band_of("h-cut", band, w)))
        .add(el("clipPath").attr("id", "plot").add(clip))
        .add(plot)
        .all(chart.lanes.iter().rev().map(|lane| path(lane.line_class(), &lane.offsets)))
        .add(head)
        .add(knob)
}

fn line(class: &'static str, x1: f64, x2: f64) -> El {
    el("line").class(class).px("x1", x1).px("x2", x2)
}

fn lane_line(lane: &Lane, chart: &Chart, w: &'static Words) -> El {
    let whole = line("h-lane", chart.left, chart.right).px("y1", lane.y).px("y2", lane.y);
    let past = line(lane.class(), chart.left, chart.head).px("y1", lane.y).px("y2", lane.y);
    let name = el("text")
        .px("x", chart.left - 10.0)
        .px("y", lane.y + 4.0)
        .attr("text-anchor", "end")
        .attr("font-size", "11.5")
        .attr("font-weight", "600")
        .say((w.node)(lane.name));
    el("g").add(whole).add(past.attr("stroke-width", "2")).add(name)
}

fn band_of(class: &'static str, band: &Band, w: &'static Words) -> El {
    let rect = el("rect")
        .class(class)
        .px("x", band.x)
        .px("y", band.y - 7.0)
        .px("width", band.w)
        .attr("height", "14");
    let text = band.told.filter(|_| band.w > 60.0).map(|told| {
        label("start", "10.5", "fill:var(--cut)", band.x + 4.0).px("y", band.y + 18.0).say((w.cut_for)(told))
    });
    el("g").add(rect).maybe(text)
}

//! Two runs side by side, instead of Now and Ring.

use super::app::App;
use super::deed::Deed;
use super::el::{El, button, el};
use super::history::{drawing, playhead};
use super::icons::{Icon, icon};
use super::time::Time;
use crate::view::Words;
use crate::view::compare::{Beside, Side};
use crate::view::format::{clock, grouped};
use yew::html::Scope;

/// The comparison; hidden while there is none.
pub(super) fn compare_view(app: &App, link: &Scope<App>) -> El {
    let w = app.words();
    let section = el("section").class("view compare").label(w.time.compare);
    let shown = app.shown.beside.as_deref();
    let names = names(app, w);
    let close = button("btn x").on(link, Deed::Time(Time::NoCompare)).title(w.close).add(icon(Icon::Close));
    let head = el("div").class("histhead").add(el("h2").say(names.join(" · "))).add(close);
    let diagrams = (0..2).map(|n| {
        let mut boxed = el("div").class("sidebox");
        if n == 0 {
            boxed = boxed.refer(&app.nodes.beside);
        }
        if let Some(beside) = shown {
            let clip = ["plot-here", "plot-there"][n];
            let chart = &beside.sides[n].chart;
            let drawn =
                drawing(chart, w, clip).add(el("path").class("h-head").set("d", playhead(chart, chart.end)));
            boxed = boxed.add(drawn.maybe(parting_line(beside)));
        }
        el("figure").class("run").add(el("figcaption").say(names[n].clone())).add(boxed)
    });
    let body = el("div").class("runs").all(diagrams);
    let section = section.add(head).add(body);
    match shown {
        Some(beside) => section.add(told(beside, w, &names)),
        // The same number of children, so that the diagrams' boxes stay the ones that are measured.
        None => section.add(el("div").class("told")).attr("hidden", ""),
    }
}

fn names(app: &App, w: &'static Words) -> [String; 2] {
    if let (Some(here), Some(there)) = (app.world_title(0), app.world_title(1)) {
        return [here, there];
    }
    let on = app.shown.picture.forks.iter().find(|fork| fork.on).map_or(0, |fork| fork.id.0);
    let other = app.shown.compared.map(|branch| (w.time.branch)(branch.0));
    [(w.time.branch)(on), other.unwrap_or_else(|| w.time.other_world.to_owned())]
}

fn parting_line(beside: &Beside) -> Option<El> {
    let x = beside.parting?.1?;
    let chart = &beside.sides[0].chart;
    let line = el("line").class("h-parting").px("x1", x).px("x2", x);
    Some(line.px("y1", chart.top).px("y2", chart.height))
}

/// Where they part, in words, and the numbers.
fn told(beside: &Beside, w: &'static Words, names: &[String; 2]) -> El {
    let t = w.time;
    let text = match beside.parting {
        None => el("p").text(t.same_so_far),
        Some((at, _)) => {
            let news = |side: &Side| side.news.as_ref().map_or(t.nothing.to_owned(), |news| news.text(w));
            let lines =
                beside.sides.iter().zip(names).map(|(side, name)| {
                    el("span").class("news").add(el("b").say(name.clone())).say(news(side))
                });
            el("p").add(el("strong").say((t.parts_at)(&clock(at)))).all(lines)
        }
    };
    let [a, b] = &beside.sides;
    let number = |n: u64| grouped(n);
    let online = |side: &Side| side.all_online.map_or("–".to_owned(), |at| [&clock(at), " s"].concat());
    let lag = |side: &Side| side.lag.map_or("–".to_owned(), number);
    let mut rows = vec![
        (t.full.to_owned(), number(a.full.into()), number(b.full.into())),
        (t.partial.to_owned(), number(a.partial.into()), number(b.partial.into())),
        (t.forks.to_owned(), number(a.forks.into()), number(b.forks.into())),
        (t.rdb_sent.to_owned(), number(a.rdb), number(b.rdb)),
        (t.stream_sent.to_owned(), number(a.stream), number(b.stream)),
        (t.all_online.to_owned(), online(a), online(b)),
        (t.lag.to_owned(), lag(a), lag(b)),
    ];
    for n in 0..a.offsets.len().max(b.offsets.len()) {
        let (a, b) = (a.offsets.get(n), b.offsets.get(n));
        let name = match (a, b) {
            (Some((a, _)), Some((b, _))) if a.role != b.role => a.tag.to_string(),
            _ => a.or(b).map_or(String::new(), |(name, _)| (w.node)(*name)),
        };
        let value = |of: Option<&(_, u64)>| of.map_or("–".to_owned(), |(_, offset)| number(*offset));
        rows.push(([w.offset, " · ", &name].concat(), value(a), value(b)));
    }
    let head =
        el("tr").add(el("td")).all(names.iter().map(|name| el("th").attr("scope", "col").say(name.clone())));
    let rows = rows.into_iter().map(|(name, a, b)| {
        let class = if a == b { "" } else { "differs" };
        let name = el("th").attr("scope", "row").say(name);
        el("tr").class(class).add(name).add(el("td").say(a)).add(el("td").say(b))
    });
    let table = el("table").add(el("thead").add(head)).add(el("tbody").all(rows));
    el("div").class("told").add(text).add(table)
}

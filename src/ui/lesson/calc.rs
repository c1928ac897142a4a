//! The calculator of backlog sizes, and the graph whose points are simulated one after the other.

use super::Class;
use super::panel::Desk;
use crate::lesson::sizing::{Load, SizingError};
use crate::redis::Span;
use crate::ui::app::{App, Msg, News};
use crate::ui::deed::Deed;
use crate::ui::el::{El, el};
use crate::ui::icons::{Icon, icon};
use crate::view::format::{grouped, span};
use crate::view::lesson::sizing::{Calculator, Graph, HEIGHT, KNOBS, Knob, WIDTH};
use gloo_timers::callback::Timeout;
use yew::html::Scope;

impl App {
    /// Sets the calculator to a load, or puts it away.
    pub(super) fn set_calculator(&mut self, load: Option<Load>, link: &Scope<Self>) {
        self.lessons.calculator = load.map(Calculator::new);
        self.draw_on(link);
    }

    /// Turns a knob of the calculator.
    pub(super) fn turn_knob(&mut self, knob: u8, to: Option<i64>, link: &Scope<Self>) {
        let knob = KNOBS.get(usize::from(knob));
        // What is no number counts as none, and what is beyond all bounds is told to be so.
        let to = to.map_or(0, |to| u32::try_from(to.max(0)).unwrap_or(u32::MAX));
        if let (Some(calculator), Some(knob)) = (&self.lessons.calculator, knob) {
            let load = calculator.turned(*knob, to);
            self.set_calculator(Some(load), link);
        }
    }

    /// One more run for the graph, and so on until it is done: the page stays awake in between.
    pub(in crate::ui) fn draw_on(&mut self, link: &Scope<Self>) {
        let more = self.lessons.calculator.as_mut().is_some_and(Calculator::step);
        let link = link.clone();
        let again = move || link.send_message(Msg(News::Calculate));
        self.lessons.draws = more.then(|| Timeout::new(10, again));
    }
}

/// The calculator of a step.
pub(super) fn calculator(desk: Desk<'_>) -> Option<El> {
    let (w, l) = (desk.w, desk.w.lesson);
    let calculator = desk.app.lessons.calculator.as_ref()?;
    let formula = &calculator.formula;
    let field = |(n, knob): (usize, &Knob)| {
        let input = el("input")
            .attr("type", "number")
            .attr("inputmode", "numeric")
            .attr("min", "0")
            .set("value", calculator.get(*knob).to_string())
            .on(desk.link, Deed::Class(Class::Knob(n as u8)));
        el("label").key(n as u64).add(el("span").text(l.knobs[n])).add(input)
    };
    let fields = el("div").class("fields").all(KNOBS.iter().enumerate().map(field));
    let row = |name: &'static str, text: String| el("div").add(el("dt").text(name)).add(el("dd").say(text));
    let rate = |n: u64| (l.per_second)(n);
    let sums = el("dl")
        .class("sums")
        .add(row(l.written, rate(formula.written)))
        .add(row(l.carried, rate(formula.carried)))
        .add(row(l.buffer, (w.bytes)(formula.buffer)))
        .add(row("repl_backlog_size", (w.bytes)(formula.backlog_size)));
    let said = el("div").class("reveal").attr("role", "status");
    let said = match &calculator.report {
        Err(error) => said.add(el("p").class("gap").say(refused(desk, calculator, *error))),
        Ok(report) => {
            let good = calculator.survived() == Some(true);
            let (class, which, word) = if good {
                ("verdict-is right", Icon::Check, l.survives)
            } else {
                ("verdict-is wrong", Icon::Close, l.too_small)
            };
            let away = span(Span::from_millis(report.away.as_millis()));
            let tried = (l.tried)(&(w.bytes)(calculator.tried()), &away, &(w.bytes)(report.missed));
            said.add(el("p").class(class).add(icon(which)).text(word)).add(el("p").class("quiet").say(tried))
        }
    };
    let graph = calculator.graph().map(|graph| draw(desk, calculator, &graph));
    Some(el("section").class("calc").label(l.calculator).add(fields).add(sums).add(said).maybe(graph))
}

/// Why a load is not tried.
fn refused(desk: Desk<'_>, calculator: &Calculator, error: SizingError) -> String {
    let l = desk.w.lesson;
    match error {
        SizingError::Bounds { field: "writes_per_s", .. } => (l.bounds)(l.knobs[0], "1–1000"),
        SizingError::Bounds { field: "op_bytes", .. } => (l.bounds)(l.knobs[1], "29–65536"),
        SizingError::Bounds { field: "burst.factor", .. } => {
            let most = 1000 / calculator.load.writes_per_s.max(1);
            (l.bounds)(l.knobs[4], &format!("1–{most}"))
        }
        SizingError::Bounds { field: "outage_ms", .. } => l.too_many.to_owned(),
        SizingError::Bounds { .. } => (l.bounds)("repl_backlog_size", "16–16777216"),
        SizingError::NeverAnswered => l.too_slow.to_owned(),
    }
}

/// The graph.
fn draw(desk: Desk<'_>, calculator: &Calculator, graph: &Graph) -> El {
    let l = desk.w.lesson;
    let (left, bottom, right, top) = graph.axes;
    let line = |class: &'static str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)| {
        el("line").class(class).px("x1", x1).px("y1", y1).px("x2", x2).px("y2", y2)
    };
    let text =
        |x: f64, y: f64, anchor: &'static str| el("text").px("x", x).px("y", y).attr("text-anchor", anchor);
    let dots = graph.dots.iter().map(|dot| {
        let title = (l.graph_point)(&(desk.w.bytes)(dot.size), &span(Span::from_millis(dot.ms)));
        el("circle").px("cx", dot.x).px("cy", dot.y).attr("r", "4").add(el("title").say(title))
    });
    let told: Vec<String> = graph
        .dots
        .iter()
        .map(|dot| (l.graph_point)(&(desk.w.bytes)(dot.size), &span(Span::from_millis(dot.ms))))
        .collect();
    let svg = el("svg")
        .set("viewBox", format!("0 0 {} {}", WIDTH as u32, HEIGHT as u32))
        .attr("role", "img")
        .set("aria-label", [l.graph, ": ", &told.join("; ")].concat())
        .add(line("axis", (left, bottom), (right, bottom)))
        .add(line("axis", (left, bottom), (left, top)))
        .add(line("g-size", (graph.size, bottom), (graph.size, top)))
        .add(line("g-outage", (left, graph.outage), (right, graph.outage)))
        .add(el("path").class("g-line").set("d", graph.line.clone()))
        .add(el("g").class("g-dots").all(dots))
        .add(text(left - 4.0, top + 8.0, "end").say(span(Span::from_millis(graph.tallest))))
        .add(text(left - 4.0, bottom, "end").text("0"))
        .add(text(right, bottom + 14.0, "end").say((desk.w.bytes)(graph.most)));
    // Beside the lines there is no room for their names that a point might not take.
    let lines = [
        ("size", "repl_backlog_size", (desk.w.bytes)(calculator.tried())),
        ("outage", l.knobs[3], grouped(calculator.get(Knob::Outage).into())),
    ];
    let lines = lines.map(|(class, name, value)| {
        el("li").class(class).add(el("i").attr("aria-hidden", "true")).text(name).text(": ").say(value)
    });
    let figure = el("figure").class("graph").add(el("figcaption").text(l.graph)).add(svg);
    figure.add(el("ul").all(lines))
}

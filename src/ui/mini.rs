//! The page as a figure in a text: a sentence, the views, a table that is the legend, five buttons.

use super::app::App;
use super::deed::Deed;
use super::el::{El, button, el};
use super::icons::{Icon, icon};
use super::look::Look;
use super::{console, header, history, inspector, lesson, log, ring, side, stage, tabs, twin};
use crate::view::Words;
use crate::view::format::{clock, grouped};
use crate::view::inspect::Sheet;
use crate::view::params::Controls;
use crate::view::scene::{NodeCard, Role};
use crate::view::why::Because;
use yew::html::Scope;
use yew::{Context, Html};

/// The figure. `sheet` is what is picked, `twin` the tables for those who do not see it.
pub(super) fn body(app: &App, link: &Scope<App>, sheet: Option<El>, twin: El) -> El {
    let (w, picture) = (app.words(), &app.shown.picture);
    let beside = match sheet {
        Some(sheet) => el("div").class("beside").add(sheet),
        None => el("div").class("beside").add(table(&picture.scene.nodes, w)).add(ring::ring_view(app, link)),
    };
    let views = el("div")
        .class("views")
        .attr("data-tab", ["now", "ring", "history"][app.tab as usize])
        .add(tabs(app.tab, w, link))
        .add(stage::now(app, link))
        .add(beside)
        .add(history::history_view(app, link));
    el("main")
        .class("body")
        .add(lesson::panel(app, link).unwrap_or_else(|| side::status_box(app, w)))
        .add(views)
        .add(log::event_log(app, link))
        .add(console::console(app, link))
        .add(twin)
}

/// Who is how far: numbers, and the shapes of the roles.
fn table(nodes: &[NodeCard], w: &'static Words) -> El {
    let head = [w.col_node, w.offset, w.col_lag];
    let head = el("tr").all(head.map(|name| el("th").attr("scope", "col").text(name)));
    let row = |node: &NodeCard| {
        let class = match node.name.role {
            Role::Master => "is-master",
            Role::Replica if node.outcome.is_some() => "is-off",
            Role::Replica => "is-replica",
            Role::Down => "is-down",
        };
        let lag = if node.name.role == Role::Replica { grouped(node.lag) } else { "—".to_owned() };
        el("tr")
            .class(class)
            .add(
                el("th")
                    .attr("scope", "row")
                    .add(el("i").attr("aria-hidden", "true"))
                    .say((w.node)(node.name)),
            )
            .add(el("td").say(grouped(node.offset)))
            .add(el("td").say(lag))
    };
    el("table").class("offsets").add(el("thead").add(head)).add(el("tbody").all(nodes.iter().map(row)))
}

/// Play, back, on, cut, the time; and all of the screen.
pub(super) fn bar(app: &App, link: &Scope<App>) -> El {
    let (w, shown) = (app.words(), &app.shown);
    let (which, word) = if shown.playing { (Icon::Pause, w.pause) } else { (Icon::Play, w.play) };
    let small = |deed, which, word| button("btn").on(link, deed).title(word).add(icon(which));
    let mut bar = el("footer")
        .class("foot")
        .add(small(Deed::Toggle, which, word).attr("class", "btn pri"))
        .add(small(Deed::StepBack, Icon::StepBack, w.step_back))
        .add(small(Deed::Step, Icon::Step, w.step));
    if let Some(first) = shown.picture.scene.links.first() {
        bar = bar.add(small(Deed::Flip(first.id), Icon::Scissors, w.time.cut));
    }
    let time = el("span").class("t mono").say(clock(shown.picture.now)).text(" s");
    bar = bar.add(small(Deed::Reset, Icon::Reset, w.reset)).add(time);
    bar = bar.add(small(Deed::Share, Icon::Share, w.share));
    let fill = Deed::Look(Look::FullScreen);
    if app.can_fill { bar.add(small(fill, Icon::FullScreen, w.look.full_screen)) } else { bar }
}

impl App {
    /// The page as a figure in a text.
    pub(super) fn figure(
        &self,
        ctx: &Context<Self>,
        controls: Controls,
        sheet: Option<&Sheet>,
        because: Option<&(Vec<Because>, usize)>,
    ) -> Html {
        let (link, w) = (ctx.link(), self.words());
        let mut lab = el("div")
            .class("lab")
            .refer(&self.nodes.root)
            .attr("data-controls", if controls == Controls::Mini { "mini" } else { "none" })
            .set("data-show", ctx.props().params.show.clone().unwrap_or_else(|| "now ring history".into()));
        if !self.problems.is_empty() {
            lab = lab.add(header::notice(w, &self.problems, link));
        }
        let sheet = sheet.map(|sheet| inspector::inspector(self, Some(sheet), because, link));
        lab = lab.add(body(self, link, sheet, twin::twin(w, &self.shown.picture, link)));
        if controls == Controls::Mini { lab.add(bar(self, link)).done() } else { lab.done() }
    }
}

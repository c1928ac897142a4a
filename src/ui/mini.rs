//! The page as a figure in a text: a sentence, the views, a table that is the legend, five buttons.

use super::app::App;
use super::deed::Deed;
use super::el::{El, button, el};
use super::icons::{Icon, icon};
use super::live::{Kind, MOST, Which};
use super::look::Look;
use super::piece::Piece;
use super::stage::card;
use super::{header, history, ring, stage, twin};
use crate::view::Words;
use crate::view::format::clock;
use crate::view::params::Controls;
use crate::view::scene::{NodeCard, Role};
use yew::html::Scope;
use yew::{Context, Html};

/// The figure.
fn body(app: &App, link: &Scope<App>) -> El {
    let w = app.words();
    let beside = match app.picked.sheet {
        Some(_) => el("div").class("beside").keep(app, Piece::Inspector, link),
        None => el("div").class("beside").keep(app, Piece::Offsets, link).add(ring::ring_view(app, link)),
    };
    let views = el("div")
        .class("views")
        .attr("data-tab", ["now", "ring", "history"][app.tab as usize])
        .add(header::tabs(app.tab, w, link))
        .add(stage::now(app, link))
        .add(beside)
        .add(history::history_view(app, link));
    el("main")
        .class("body")
        .keep(app, if app.teaches() { Piece::Panel } else { Piece::Status }, link)
        .add(views)
        .keep(app, Piece::Log, link)
        .keep(app, Piece::Console, link)
        .add(twin::twin(app, link))
}

/// Who is how far: numbers, and the shapes of the roles.
pub(super) fn table(nodes: &[NodeCard], w: &'static Words) -> El {
    let head = [w.col_node, w.offset, w.col_lag];
    let head = el("tr").all(head.map(|name| el("th").attr("scope", "col").text(name)));
    let row = |node: &NodeCard| {
        let class = match node.name.role {
            Role::Master => "is-master",
            Role::Replica if node.outcome.is_some() => "is-off",
            Role::Replica => "is-replica",
            Role::Down => "is-down",
        };
        el("tr")
            .class(class)
            .add(
                el("th")
                    .attr("scope", "row")
                    .add(el("i").attr("aria-hidden", "true"))
                    .say((w.node)(node.name)),
            )
            .add(cell(node, Kind::Offset, w))
            .add(cell(node, Kind::LagOfReplica, w))
    };
    el("table").class("offsets").add(el("thead").add(head)).add(el("tbody").all(nodes.iter().map(row)))
}

/// A cell whose number moves.
pub(super) fn cell(node: &NodeCard, kind: Kind, w: &'static Words) -> El {
    let which = Which::new(kind, false, node.id.index() * MOST);
    el("td").live(which, card::said(node, kind, 0, w))
}

/// The instant shown.
pub(super) fn time_shown(app: &App) -> El {
    el("span").class("t mono").add(instant(app)).text(" s")
}

/// The clock's number.
pub(super) fn instant(app: &App) -> El {
    el("span").live(Which::new(Kind::Clock, false, 0), clock(app.shown.picture.now))
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
    bar = bar.add(small(Deed::Reset, Icon::Reset, w.reset)).keep(app, Piece::Clock, link);
    bar = bar.add(small(Deed::Share, Icon::Share, w.share));
    let fill = Deed::Look(Look::FullScreen);
    if app.can_fill { bar.add(small(fill, Icon::FullScreen, w.look.full_screen)) } else { bar }
}

impl App {
    /// The page as a figure in a text.
    pub(super) fn figure(&self, ctx: &Context<Self>, controls: Controls) -> Html {
        let (link, w) = (ctx.link(), self.words());
        let mut lab = el("div")
            .class("lab")
            .refer(&self.nodes.root)
            .attr("data-controls", if controls == Controls::Mini { "mini" } else { "none" })
            .set("data-show", ctx.props().params.show.clone().unwrap_or_else(|| "now ring history".into()));
        if !self.problems.is_empty() {
            lab = lab.add(header::notice(w, &self.problems, link));
        }
        lab = lab.add(body(self, link));
        if controls == Controls::Mini { lab.add(bar(self, link)).done() } else { lab.done() }
    }
}

//! The transport: play, steps, speed, a range that repeats, start over; and the write client.

use super::app::App;
use super::deed::Deed;
use super::el::{El, button, el, yes};
use super::icons::{Icon, icon};
use super::mini;
use super::piece::Piece;
use super::time::{GRAINS, Time};
use crate::view::Words;
use crate::view::format::per_second;
use crate::view::scene::ClientPill;
use crate::view::speed::Speed;
use yew::html::Scope;

/// Writes per second to choose from.
const RATES: [u64; 6] = [1, 2, 4, 8, 16, 32];

/// The transport: what everybody needs, and more where there is room or the reader asks for it.
pub(super) fn transport(app: &App, link: &Scope<App>) -> El {
    let w = app.words();
    let picture = &app.shown.picture;
    let mut first = steps(app, link).add(pace(app, link));
    if picture.now < picture.reach {
        first = first.add(worded(link, Deed::Latest, Icon::Latest, w.back_to_now));
    }
    let mut rest = el("div")
        .class("rest")
        .add(range(app, link))
        .add(worded(link, Deed::Reset, Icon::Reset, w.reset))
        .add(el("span").class("sep"));
    if let Some(client) = picture.scene.clients.first() {
        rest = writer(rest, client, w, link);
    }
    let more = plain(link, Deed::Time(Time::More), Icon::Dots, w.time.more)
        .class("btn more")
        .attr("aria-expanded", yes(app.more));
    // Where the rest is out of sight, what starts and stops the writes is not.
    let quick = picture.scene.clients.first().map(|client| toggle(client, w, link).class("btn quick spare"));
    let end = el("div").class("end").keep(app, Piece::Clock, link).maybe(quick).add(more);
    let end =
        end.add(plain(link, Deed::Time(Time::Help), Icon::Help, w.time.keys).class("btn help-btn spare"));
    el("footer").class("foot full").add(
        el("div").class(if app.more { "transport open" } else { "transport" }).add(first).add(rest).add(end),
    )
}

/// The instant shown.
pub(super) fn time_shown(app: &App) -> El {
    el("span")
        .class("t mono")
        .add(el("span").class("hidden").text(app.words().model_time).text(" "))
        .text("t = ")
        .add(mini::instant(app))
        .text(" s")
}

/// Play, and steps to both sides by the chosen grain.
fn steps(app: &App, link: &Scope<App>) -> El {
    let (w, shown) = (app.words(), &app.shown);
    let (which, word) = match (shown.waits, shown.playing) {
        (true, _) => (Icon::Pause, w.lesson.clock_waits),
        (false, true) => (Icon::Pause, w.pause),
        (false, false) => (Icon::Play, w.play),
    };
    let play = button("btn pri play").title(word).add(icon(which));
    // The clock goes on when the reader does.
    let play = if shown.waits { play.attr("aria-disabled", "true") } else { play.on(link, Deed::Toggle) };
    let mut grains =
        el("select").class("grain spare").on(link, Deed::Time(Time::ChooseGrain)).title(w.time.grain);
    for (n, (grain, word)) in GRAINS.iter().zip([w.time.event, w.time.message, w.time.command]).enumerate() {
        let option = el("option").set("value", n.to_string()).text(word);
        let chosen = *grain == shown.trip.grain;
        grains = grains.add(if chosen { option.attr("selected", "selected") } else { option });
    }
    el("div")
        .class("first")
        .add(play.add(el("span").class("word").text(word)))
        .add(plain(link, Deed::Time(Time::Mark(false)), Icon::PrevMark, w.time.prev_mark).class("btn spare"))
        .add(plain(link, Deed::StepBack, Icon::StepBack, w.step_back))
        .add(grains)
        .add(plain(link, Deed::Step, Icon::Step, w.step))
        .add(plain(link, Deed::Time(Time::Mark(true)), Icon::NextMark, w.time.next_mark).class("btn spare"))
}

/// The speed: a slider from a hundredth to a hundredfold that rests at named steps.
fn pace(app: &App, link: &Scope<App>) -> El {
    let (w, speed) = (app.words(), app.shown.speed);
    let slider = el("input")
        .attr("type", "range")
        .attr("min", "0")
        .set("max", (Speed::STEPS.len() - 1).to_string())
        .attr("step", "1")
        .set("value", speed.index().to_string())
        .on(link, Deed::Speed)
        .label(w.speed)
        .set("aria-valuetext", speed.to_string());
    el("label")
        .class("speed spare")
        .add(el("span").class("wide").text(w.speed))
        .add(slider)
        .add(el("output").say(speed.to_string()))
}

/// The range that is played again and again.
fn range(app: &App, link: &Scope<App>) -> El {
    let (w, trip) = (app.words(), &app.shown.trip);
    let end = |deed, letter, word, at: Option<_>| {
        let set =
            button("btn").on(link, Deed::Time(deed)).title(word).attr("aria-pressed", yes(at.is_some()));
        set.text(letter)
    };
    let mut group = el("span")
        .class("range")
        .attr("role", "group")
        .label(w.time.range)
        .add(icon(Icon::Loop))
        .add(end(Time::From, "A", w.time.range_from, trip.from))
        .add(end(Time::Until, "B", w.time.range_until, trip.until));
    if trip.from.is_some() {
        group = group.add(plain(link, Deed::Time(Time::NoRange), Icon::Close, w.time.range_off));
    }
    group
}

/// A button with an icon.
fn plain(link: &Scope<App>, deed: Deed, which: Icon, word: &'static str) -> El {
    button("btn").on(link, deed).title(word).add(icon(which))
}

/// A button with an icon, and a word where there is room.
fn worded(link: &Scope<App>, deed: Deed, which: Icon, word: &'static str) -> El {
    button("btn").on(link, deed).title(word).add(icon(which)).add(el("span").class("wide").text(word))
}

/// Starts and stops the client that writes.
fn toggle(client: &ClientPill, w: &'static Words, link: &Scope<App>) -> El {
    let word = if client.running { w.stop_writes } else { w.start_writes };
    button("btn")
        .on(link, Deed::Run(client.id, !client.running))
        .attr("aria-pressed", yes(client.running))
        .label(word)
        .attr("title", word)
        .add(icon(Icon::Write))
}

/// Starts, stops and paces the client that writes.
fn writer(foot: El, client: &ClientPill, w: &'static Words, link: &Scope<App>) -> El {
    let word = if client.running { w.stop_writes } else { w.start_writes };
    let toggle = toggle(client, w, link).add(el("span").class("wide").text(word));
    let now = per_second(client.every);
    let mut rates = el("select").on(link, Deed::Rate(client.id)).label(w.rate);
    let option = |value: &str| el("option").set("value", value.to_owned()).say((w.per_second)(value));
    let chosen = |value: &str| option(value).attr("selected", "selected");
    if !RATES.iter().any(|rate| rate.to_string() == now) {
        rates = rates.add(chosen(&now));
    }
    for rate in RATES {
        let value = rate.to_string();
        rates = rates.add(if value == now { chosen(&value) } else { option(&value) });
    }
    foot.add(toggle).add(rates)
}

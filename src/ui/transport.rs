//! The transport: play, step, speed, start over; and the write client.

use super::app::App;
use super::deed::Deed;
use super::el::{El, button, el, yes};
use super::icons::{Icon, icon};
use super::player::Shown;
use crate::view::Words;
use crate::view::format::{clock, per_second};
use crate::view::scene::ClientPill;
use crate::view::speed::Speed;
use yew::html::Scope;

/// Writes per second to choose from.
const RATES: [u64; 6] = [1, 2, 4, 8, 16, 32];

/// The transport.
pub(super) fn transport(app: &App, link: &Scope<App>) -> El {
    let w = app.words();
    let Shown { picture, playing, speed, .. } = &app.shown;
    let (which, word) = if *playing { (Icon::Pause, w.pause) } else { (Icon::Play, w.play) };
    let play = button("btn pri play").on(link, Deed::Toggle).add(icon(which));
    let mut foot = el("footer")
        .class("foot")
        .add(play.add(el("span").class("word").text(word)))
        .add(button("btn").on(link, Deed::StepBack).title(w.step_back).add(icon(Icon::StepBack)))
        .add(worded(link, Deed::Step, Icon::Step, w.step).attr("title", w.step_hint))
        .add(worded(link, Deed::Reset, Icon::Reset, w.reset));
    if picture.now < picture.reach {
        foot = foot.add(worded(link, Deed::Latest, Icon::Latest, w.back_to_now));
    }
    let slider = el("input")
        .attr("type", "range")
        .attr("min", "0")
        .set("max", (Speed::STEPS.len() - 1).to_string())
        .attr("step", "1")
        .set("value", speed.index().to_string())
        .on(link, Deed::Speed)
        .label(w.speed)
        .set("aria-valuetext", speed.to_string());
    let speed = el("label")
        .class("speed")
        .add(el("span").class("wide").text(w.speed))
        .add(slider)
        .add(el("output").say(speed.to_string()));
    foot = foot.add(speed).add(el("span").class("sep"));
    if let Some(client) = picture.scene.clients.first() {
        foot = writer(foot, client, w, link);
    }
    let time = el("span")
        .class("t mono")
        .add(el("span").class("hidden").text(w.time).text(" "))
        .text("t = ")
        .say(clock(picture.now))
        .text(" s");
    foot.add(keys(w)).add(time)
}

/// A button with an icon, and a word where there is room.
fn worded(link: &Scope<App>, deed: Deed, which: Icon, word: &'static str) -> El {
    button("btn").on(link, deed).title(word).add(icon(which)).add(el("span").class("wide").text(word))
}

/// Starts, stops and paces the client that writes.
fn writer(foot: El, client: &ClientPill, w: &'static Words, link: &Scope<App>) -> El {
    let word = if client.running { w.stop_writes } else { w.start_writes };
    let toggle = button("btn")
        .on(link, Deed::Run(client.id, !client.running))
        .attr("aria-pressed", yes(client.running))
        .label(word)
        .add(icon(Icon::Write))
        .add(el("span").class("wide").text(word));
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

fn keys(w: &'static Words) -> El {
    let all = [(w.keys_space, w.keys_play), ("→", w.keys_step), ("X", w.keys_cut), ("R", w.keys_reset)];
    let mut keys = el("span").class("keys").attr("aria-hidden", "true");
    for (key, word) in all {
        keys = keys.add(el("kbd").text(key)).text(" ").text(word).text("  ");
    }
    keys
}

//! The transport: play, step, speed, start over; and the write client.

use super::icons::{Icon, icon};
use super::player::PlayerRef;
use crate::redis::Span;
use crate::sim::Action;
use crate::view::format::{clock, per_second};
use crate::view::scene::ClientPill;
use crate::view::speed::Speed;
use crate::view::{Picture, Words};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// Writes per second to choose from.
const RATES: [u64; 6] = [1, 2, 4, 8, 16, 32];

/// The transport.
pub(super) fn transport(
    w: &'static Words,
    player: &PlayerRef,
    picture: &Picture,
    playing: bool,
    speed: Speed,
) -> Html {
    let (now, reach) = (picture.now, picture.reach);
    let press = |act: fn(&super::player::Player)| {
        let player = player.clone();
        Callback::from(move |_: MouseEvent| act(&player))
    };
    let to_now = {
        let (player, reach) = (player.clone(), reach);
        Callback::from(move |_: MouseEvent| player.seek(reach))
    };
    let (which, word) = if playing { (Icon::Pause, w.pause) } else { (Icon::Play, w.play) };
    let onspeed = {
        let player = player.clone();
        Callback::from(move |event: InputEvent| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            player.set_speed(Speed::step(input.value_as_number().max(0.0) as usize));
        })
    };
    html! {
        <footer class="foot">
            <button type="button" class="btn pri play" onclick={press(super::player::Player::toggle)}>
                { icon(which) }<span class="word">{ word }</span>
            </button>
            <button type="button" class="btn" onclick={press(super::player::Player::step_back)} aria-label={w.step_back} title={w.step_back}>
                { icon(Icon::StepBack) }
            </button>
            <button type="button" class="btn" onclick={press(super::player::Player::step)} aria-label={w.step} title={w.step_hint}>
                { icon(Icon::Step) }<span class="wide">{ w.step }</span>
            </button>
            <button type="button" class="btn" onclick={press(super::player::Player::reset)} aria-label={w.reset} title={w.reset}>
                { icon(Icon::Reset) }<span class="wide">{ w.reset }</span>
            </button>
            if now < reach {
                <button type="button" class="btn" onclick={to_now} aria-label={w.back_to_now} title={w.back_to_now}>
                    { icon(Icon::Latest) }<span class="wide">{ w.back_to_now }</span>
                </button>
            }
            <label class="speed">
                <span class="wide">{ w.speed }</span>
                <input type="range" min="0" max={(Speed::STEPS.len() - 1).to_string()} step="1"
                    value={speed.index().to_string()} oninput={onspeed} aria-label={w.speed} aria-valuetext={speed.to_string()} />
                <output>{ speed.to_string() }</output>
            </label>
            <span class="sep"></span>
            { for picture.scene.clients.first().map(|client| writer(client, player, w)) }
            { keys(w) }
            <span class="t mono"><span class="hidden">{ w.time }{ " " }</span>{ "t = " }{ clock(now) }{ " s" }</span>
        </footer>
    }
}

/// Starts, stops and paces the client that writes.
fn writer(client: &ClientPill, player: &PlayerRef, w: &'static Words) -> Html {
    let (id, running) = (client.id, client.running);
    let toggle = {
        let player = player.clone();
        Callback::from(move |_: MouseEvent| player.act(Action::ClientRun(id, !running)))
    };
    let onchange = {
        let player = player.clone();
        Callback::from(move |event: Event| {
            let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else { return };
            let Some(rate) = select.value().parse::<u64>().ok().filter(|rate| *rate > 0) else { return };
            player.act(Action::ClientRate { client: id, every: Span::from_micros(1_000_000 / rate) });
        })
    };
    let now = per_second(client.every);
    let known = RATES.iter().any(|rate| rate.to_string() == now);
    html! {
        <>
            <button type="button" class="btn" onclick={toggle} aria-pressed={running.to_string()} aria-label={
                if running { w.stop_writes } else { w.start_writes }
            }>
                { icon(Icon::Write) }<span class="wide">{ if running { w.stop_writes } else { w.start_writes } }</span>
            </button>
            <select {onchange} aria-label={w.rate}>
                if !known { <option value={now.clone()} selected={true}>{ (w.per_second)(&now) }</option> }
                { for RATES.iter().map(|rate| {
                    let value = rate.to_string();
                    let selected = value == now;
                    html! { <option {selected} value={value.clone()}>{ (w.per_second)(&value) }</option> }
                }) }
            </select>
        </>
    }
}

fn keys(w: &'static Words) -> Html {
    let all = [(w.keys_space, w.keys_play), ("→", w.keys_step), ("X", w.keys_cut), ("R", w.keys_reset)];
    html! {
        <span class="keys" aria-hidden="true">
            { for all.iter().map(|(key, word)| html! { <><kbd>{ *key }</kbd>{ " " }{ *word }{ "  " }</> }) }
        </span>
    }
}

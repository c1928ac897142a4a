//! The History view: offsets above messages, on the axis that is also the scrubber.

use super::dom;
use super::player::PlayerRef;
use crate::redis::Time;
use crate::view::format::{clock, px};
use crate::view::history::{Band, Chart, Lane, Window};
use crate::view::{Lang, Words, words};
use std::rc::Rc;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What the History view shows.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct HistoryProps {
    /// The language.
    pub(super) lang: Lang,
    /// The player.
    pub(super) player: PlayerRef,
    /// The drawing.
    pub(super) chart: Rc<Chart>,
    /// The instants it shows.
    pub(super) window: Window,
    /// The instant shown.
    pub(super) now: Time,
    /// How far the session has gone.
    pub(super) reach: Time,
    /// Whether all of the session is shown.
    pub(super) whole: bool,
    /// Called to show all of it, or its recent part.
    pub(super) on_whole: Callback<bool>,
}

/// The History view.
#[component]
pub(super) fn HistoryView(props: &HistoryProps) -> Html {
    let HistoryProps { lang, player, chart, whole, on_whole, .. } = props;
    let w = words(*lang);
    let boxed = use_node_ref();
    {
        let (boxed, player) = (boxed.clone(), player.clone());
        use_effect_with((), move |()| {
            dom::on_resize(&boxed, move |width, height| {
                player.set_frame(|frame| frame.history = (width, height))
            })
        });
    }
    let toggle = {
        let (on_whole, whole) = (on_whole.clone(), *whole);
        Callback::from(move |_: MouseEvent| on_whole.emit(!whole))
    };
    html! {
        <section class="view history" aria-label={w.history}>
            <h2>{ w.history }</h2>
            <div class="histtools">
                <button type="button" class="btn" onclick={toggle} aria-pressed={whole.to_string()}>{ w.history_all }</button>
            </div>
            <div class="histbox" ref={boxed}>
                { drawing(chart, w) }
                { scrubber(props, w) }
            </div>
        </section>
    }
}

/// An invisible slider over the whole chart: dragging anywhere moves the playhead, and so do the
/// arrow keys.
fn scrubber(props: &HistoryProps, w: &'static Words) -> Html {
    let HistoryProps { player, chart, window, now, reach, .. } = props;
    let oninput = {
        let player = player.clone();
        Callback::from(move |event: InputEvent| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            player.seek(Time::from_millis(input.value_as_number().max(0.0) as u64));
        })
    };
    let style = format!(
        "left:{}px;width:{}px;top:0;height:{}px",
        px(chart.left),
        px(chart.right - chart.left),
        px(chart.height)
    );
    html! {
        <input class="scrub" type="range" {style} {oninput} aria-label={w.seek}
            min={window.from.as_millis().to_string()} max={window.to.as_millis().to_string()} step="10"
            value={now.as_millis().to_string()}
            aria-valuetext={format!("{} s / {} s", clock(*now), clock(*reach))} />
    }
}

fn drawing(chart: &Chart, w: &'static Words) -> Html {
    let bottom = px(chart.height - 6.0);
    let head = px(chart.head);
    // Below the button, which is larger on a phone.
    let label_y = if chart.left < 80.0 { "96" } else { "70" };
    html! {
        <svg aria-hidden="true">
            { for chart.ticks.iter().map(|tick| html! {
                <text class="h-axis m" x={px(tick.x)} y="16" text-anchor="middle">{ &tick.text }</text>
            }) }
            <path class="h-floor" d={chart.floor_area.clone()} />
            <path class="h-floorline" d={chart.floor_line.clone()} />
            if let Some((x, y)) = chart.floor_label {
                <text x={px(x)} y={px(y)} text-anchor="end" font-size="10.5" style="fill:var(--cut)">{ w.overwritten }</text>
            }
            <text x={px(chart.left - 10.0)} y={label_y} text-anchor="end" font-size="11.5" style="fill:var(--muted)">{ w.offset }</text>
            { for chart.lanes.iter().map(|lane| lane_line(lane, chart, w)) }
            { for chart.syncs.iter().map(|band| band_of("h-sync", band, w)) }
            { for chart.cuts.iter().map(|band| band_of("h-cut", band, w)) }
            <clipPath id="plot">
                <rect x={px(chart.left)} y="0" width={px(chart.right - chart.left)} height={px(chart.height)} />
            </clipPath>
            <g clip-path="url(#plot)">
                <path class="h-cmd" d={chart.commands.clone()} />
                <path class="h-ack" d={chart.acks.clone()} />
                <path class="h-shake" d={chart.shakes.clone()} />
                <path class="h-rdb" d={chart.rdb.clone()} />
                <path class="h-lost" d={chart.lost.clone()} />
            </g>
            { for chart.lanes.iter().rev().map(|lane| html! {
                <path class={classes!("h-line", lane.class())} d={lane.offsets.clone()} />
            }) }
            <line class="h-head" x1={head.clone()} x2={head.clone()} y1="26" y2={bottom} />
            <circle cx={head} cy="25" r="5" fill="var(--ink)" />
        </svg>
    }
}

fn lane_line(lane: &Lane, chart: &Chart, w: &'static Words) -> Html {
    let y = px(lane.y);
    html! {
        <g>
            <line class="h-lane" x1={px(chart.left)} x2={px(chart.right)} y1={y.clone()} y2={y.clone()} />
            <line class={lane.class()} stroke-width="2" x1={px(chart.left)} x2={px(chart.head)} y1={y.clone()} y2={y} />
            <text x={px(chart.left - 10.0)} y={px(lane.y + 4.0)} text-anchor="end" font-size="11.5" font-weight="600">
                { (w.node)(lane.name) }
            </text>
        </g>
    }
}

fn band_of(class: &'static str, band: &Band, w: &'static Words) -> Html {
    let text = band.told.map(|told| (w.cut_for)(told)).filter(|_| band.w > 60.0);
    html! {
        <g>
            <rect {class} x={px(band.x)} y={px(band.y - 7.0)} width={px(band.w)} height="14" />
            if let Some(text) = text {
                <text x={px(band.x + 4.0)} y={px(band.y + 18.0)} font-size="10.5" style="fill:var(--cut)">{ text }</text>
            }
        </g>
    }
}

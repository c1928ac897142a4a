//! The page: the state of what is shown, and its parts.

use super::console::Console;
use super::header::{head, notice};
use super::history::HistoryView;
use super::inspector::inspector;
use super::log::EventLog;
use super::player::{Player, PlayerRef, Shown};
use super::ring::ring_view;
use super::side::{StatusBox, intro};
use super::stage::Now;
use super::transport::transport;
use super::twin::twin;
use super::{dom, keys};
use crate::view::inspect::{self, Pick};
use crate::view::params::Problem;
use crate::view::speed::Speed;
use crate::view::{Lang, Params, words};
use std::rc::Rc;
use yew::prelude::*;

/// How the page starts.
#[derive(Clone, PartialEq, Properties)]
pub struct AppProps {
    /// What the address presets.
    pub params: Params,
    /// What in the address was ignored.
    pub problems: Rc<[Problem]>,
    /// The language, unless the address names one.
    pub lang: Lang,
    /// Whether the reader asked for less motion.
    pub still: bool,
}

/// Which view a phone shows.
#[derive(Clone, Copy, PartialEq)]
enum Tab {
    Now,
    Ring,
    History,
}

/// The page.
#[component]
pub fn App(props: &AppProps) -> Html {
    let params = props.params;
    let player = use_memo((), |()| PlayerRef(Player::new(params.speed.unwrap_or(Speed::DEFAULT))));
    let shown = use_state(|| player.shown());
    let lang = use_state_eq(|| params.lang.unwrap_or(props.lang));
    let theme = use_state_eq(|| params.theme);
    let problems = use_state_eq(|| props.problems.clone());
    let pick = use_state_eq(Pick::default);
    let whole = use_state_eq(|| false);
    let tab = use_state_eq(|| Tab::Now);
    let root = use_node_ref();
    use_start(&player, shown.setter(), &root, props.still, params.play);
    use_effect_with(*lang, |lang| {
        dom::set_root("lang", lang.tag());
        dom::set_title(words(*lang).page_title);
    });
    use_effect_with(*theme, |theme| dom::set_root("data-theme", theme.name()));
    let player = (*player).clone();
    let lang_now = *lang;
    let w = words(lang_now);
    let Shown { picture, playing, speed } = (*shown).clone();

    let on_pick = {
        let (set, player) = (pick.setter(), player.clone());
        Callback::from(move |pick: Pick| {
            player.show_ring_of(if let Pick::Node(id) = pick { Some(id) } else { None });
            set.set(pick);
        })
    };
    let on_whole = {
        let (set, player) = (whole.setter(), player.clone());
        Callback::from(move |whole: bool| {
            player.set_frame(|frame| frame.whole = whole);
            set.set(whole);
        })
    };
    let on_lang = {
        let set = lang.setter();
        Callback::from(move |lang| set.set(lang))
    };
    let on_theme = {
        let set = theme.setter();
        Callback::from(move |theme| set.set(theme))
    };
    let dismiss = {
        let set = problems.setter();
        Callback::from(move |()| set.set(Rc::new([])))
    };
    let sheet = match &*pick {
        Pick::Nothing => None,
        Pick::Node(id) => player.with_world(|world| inspect::node(world, *id, w)),
        Pick::Packet(packet) => Some(inspect::packet(packet, w)),
    };
    let on_close = on_pick.reform(|()| Pick::Nothing);
    let (name, tabs) = (tab_name(*tab), tabs(*tab, tab.setter(), w));
    let poster = !playing && picture.reach == crate::redis::Time::ZERO;
    html! {
        <div class="lab" ref={root}>
            <div>
                { head(lang_now, *theme, &on_lang, &on_theme) }
                if !problems.is_empty() {
                    { notice(w, &problems, &dismiss) }
                }
            </div>
            <main class="body">
                <aside class={classes!("side", sheet.is_some().then_some("inspecting"))}>
                    { intro(w) }
                    <StatusBox lang={lang_now} status={picture.status} verdict={picture.verdict.clone()} />
                    <EventLog lang={lang_now} lines={picture.log.clone()} squeezed={sheet.is_some()} />
                    { inspector(w, sheet.as_ref(), &on_close) }
                    <Console lang={lang_now} player={player.clone()} scene={picture.scene.clone()} said={picture.consoles.clone()} />
                </aside>
                <div class="views" data-tab={name}>
                    { tabs }
                    <Now lang={lang_now} player={player.clone()} picture={picture.clone()} {poster} pick={(*pick).clone()} {on_pick} />
                    { ring_view(w, picture.ring.as_deref(), picture.ring_owner) }
                    <HistoryView lang={lang_now} player={player.clone()} chart={picture.chart.clone()} window={picture.window}
                        now={picture.now} reach={picture.reach} whole={*whole} {on_whole} />
                </div>
                { twin(w, &picture) }
            </main>
            { transport(w, &player, &picture, playing, speed) }
        </div>
    }
}

/// Wires the player to the page and the browser, once.
#[hook]
fn use_start(
    player: &PlayerRef,
    set: UseStateSetter<Shown>,
    root: &NodeRef,
    still: bool,
    play: Option<bool>,
) {
    let (player, root) = (player.clone(), root.clone());
    use_effect_with((), move |()| {
        player.0.attach(Callback::from(move |shown| set.set(shown)));
        player.set_still(still);
        player.set_playing(play.unwrap_or(!still));
        let undo = [
            keys::listen(player.clone()),
            dom::on_hidden({
                let player = player.clone();
                move |hidden| player.set_hidden(hidden)
            }),
            dom::on_off_screen(&root, {
                let player = player.clone();
                move |off| player.set_off_screen(off)
            }),
        ];
        move || {
            undo.into_iter().for_each(|undo| undo());
            player.detach();
        }
    });
}

fn tab_name(tab: Tab) -> &'static str {
    match tab {
        Tab::Now => "now",
        Tab::Ring => "ring",
        Tab::History => "history",
    }
}

fn tabs(tab: Tab, set: UseStateSetter<Tab>, w: &'static crate::view::Words) -> Html {
    let all = [(Tab::Now, w.now), (Tab::Ring, w.ring), (Tab::History, w.history)];
    html! {
        <div class="tabs">
            { for all.into_iter().map(|(to, name)| {
                let set = set.clone();
                let class = classes!("btn", (to == tab).then_some("pri"));
                html! {
                    <button type="button" {class} aria-pressed={(to == tab).to_string()}
                        onclick={Callback::from(move |_: MouseEvent| set.set(to))}>{ name }</button>
                }
            }) }
        </div>
    }
}

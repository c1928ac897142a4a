//! The console: a Redis command for a chosen node, as real bytes on a real connection.

use super::player::PlayerRef;
use crate::sim::{Action, NodeId};
use crate::view::picture::Said;
use crate::view::scene::Scene;
use crate::view::{Lang, resp, words};
use std::rc::Rc;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What the console shows.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct ConsoleProps {
    /// The language.
    pub(super) lang: Lang,
    /// The player.
    pub(super) player: PlayerRef,
    /// The nodes.
    pub(super) scene: Rc<Scene>,
    /// What each node's console heard.
    pub(super) said: Rc<[Said]>,
}

/// A command that was typed.
#[derive(Clone, Copy, PartialEq)]
enum Asked {
    Nothing,
    BadQuotes,
    /// On this node, which had answered so many before.
    Of(usize, u32),
}

/// The console.
#[component]
pub(super) fn Console(props: &ConsoleProps) -> Html {
    let ConsoleProps { lang, player, scene, said } = props;
    let w = words(*lang);
    let (node, input) = (use_node_ref(), use_node_ref());
    let asked = use_state_eq(|| Asked::Nothing);
    let chosen = use_state_eq(|| 0_usize);
    let onchange = {
        let (node, set) = (node.clone(), chosen.setter());
        Callback::from(move |_: Event| {
            if let Some(node) = node.cast::<HtmlSelectElement>() {
                set.set(usize::try_from(node.selected_index()).unwrap_or(0));
            }
        })
    };
    let onsubmit = {
        let (node, input, player, said) = (node.clone(), input.clone(), player.clone(), said.clone());
        let asked = asked.setter();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (Some(node), Some(input)) =
                (node.cast::<HtmlSelectElement>(), input.cast::<HtmlInputElement>())
            else {
                return;
            };
            let n = usize::try_from(node.selected_index()).unwrap_or(0);
            match resp::split(&input.value()) {
                None => asked.set(Asked::BadQuotes),
                Some(args) if args.is_empty() => {}
                Some(args) => {
                    asked.set(Asked::Of(n, said.get(n).map_or(0, |said| said.count)));
                    player.act(Action::Write { node: NodeId(n as u8), args });
                    input.select();
                }
            }
        })
    };
    let reply = match *asked {
        Asked::Nothing => html! { <span class="hint">{ w.console_hint }</span> },
        Asked::BadQuotes => html! { <span class="bad">{ w.console_bad }</span> },
        Asked::Of(n, before) => match said.get(n).filter(|said| said.count > before) {
            None => html! { <span class="hint">{ w.console_pending }</span> },
            Some(Said { reply: None, .. }) => html! { <span class="bad">{ w.console_lost }</span> },
            Some(Said { reply: Some(reply), .. }) => {
                let class = reply.starts_with(b"-").then_some("bad");
                html! { <span {class}>{ resp::reply(reply) }</span> }
            }
        },
    };
    html! {
        <section class="console" aria-label={w.console}>
            <form {onsubmit}>
                <select ref={node} aria-label={w.console_node} {onchange}>
                    { for scene.nodes.iter().enumerate().map(|(n, node)| html! {
                        <option selected={n == *chosen}>{ (w.node)(node.name) }</option>
                    }) }
                </select>
                <input ref={input} aria-label={w.console_input} placeholder="SET k1 hello" autocomplete="off"
                    autocapitalize="off" spellcheck="false" maxlength="2000" />
                <button type="submit" class="btn">{ w.console_run }</button>
            </form>
            <output aria-live="polite">{ reply }</output>
        </section>
    }
}

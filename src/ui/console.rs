//! The console: a Redis command for a chosen node, as real bytes on a real connection.

use super::app::App;
use super::deed::Deed;
use super::el::{El, el};
use crate::view::picture::Said;
use crate::view::resp;
use yew::html::Scope;

/// A command that was typed.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Asked {
    Nothing,
    BadQuotes,
    /// On this node, which had answered so many before.
    Of(usize, u32),
}

/// The console.
pub(super) fn console(app: &App, link: &Scope<App>) -> El {
    let (w, picture) = (app.words(), &app.shown.picture);
    let reply = match app.asked {
        Asked::Nothing => el("span").class("hint").text(w.console_hint),
        Asked::BadQuotes => el("span").class("bad").text(w.console_bad),
        Asked::Of(n, before) => match picture.consoles.get(n).filter(|said| said.count > before) {
            None => el("span").class("hint").text(w.console_pending),
            Some(Said { reply: None, .. }) => el("span").class("bad").text(w.console_lost),
            Some(Said { reply: Some(reply), .. }) => {
                let class = if reply.starts_with(b"-") { "bad" } else { "" };
                el("span").class(class).say(resp::reply(reply))
            }
        },
    };
    let mut nodes = el("select").label(w.console_node).on(link, Deed::Choose);
    for (n, node) in picture.scene.nodes.iter().enumerate() {
        let mut option = el("option").set("value", n.to_string());
        if n == app.chosen {
            option = option.attr("selected", "selected");
        }
        nodes = nodes.add(option.say((w.node)(node.name)));
    }
    let input = el("input")
        .refer(&app.nodes.input)
        .label(w.console_input)
        .attr("placeholder", "SET k1 hello")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .attr("maxlength", "2000");
    let form = el("form")
        .on(link, Deed::Submit)
        .add(nodes)
        .add(input)
        .add(el("button").attr("type", "submit").class("btn").text(w.console_run));
    el("section")
        .class(if app.shine().is_some_and(|shine| shine.console.is_some()) {
            "console shine"
        } else {
            "console"
        })
        .label(w.console)
        .add(form)
        .add(el("output").attr("aria-live", "polite").add(reply))
}

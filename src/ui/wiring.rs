//! What the page listens to, from its first drawing on.

use super::app::{App, AppProps, Msg, News};
use super::live::Live;
use super::stage::hands::Hands;
use super::stage::layer::Layer;
use super::{dom, gesture, host, keys};
use crate::view::params::Problem;
use crate::view::permalink::{Start, VERSION};
use std::rc::Rc;
use web_sys::Element;
use yew::Context;

impl App {
    /// Wires the player to the page and the browser, once.
    pub(super) fn start(&mut self, ctx: &Context<Self>) {
        let AppProps { still, params, .. } = ctx.props();
        let player = &self.player;
        player.attach(ctx.link().callback(|shown| {
            Msg(match shown {
                Some(shown) => News::Shown(shown),
                None => News::More,
            })
        }));
        let (tail, log) = (self.tail.clone(), self.nodes.log.clone());
        let me = Rc::downgrade(player);
        self.home.on_drawn(move |piece| {
            tail.show(&log);
            if let Some(player) = me.upgrade() {
                player.drawn(piece);
            }
        });
        player.set_still(*still);
        // A figure in a text, and someone's session, wait for the reader.
        let starts = !still && params.controls.is_none() && ctx.props().shared.is_none();
        player.set_playing(params.play.unwrap_or(starts));
        player.set_live(self.nodes.root.cast::<Element>().map(Live::new));
        player.set_layer(self.nodes.flights.cast::<Element>().and_then(Layer::new));
        let touch = dom::matches("(pointer: coarse)");
        player.set_frame(|frame| frame.plan.touch = touch);
        self.undo = vec![
            if params.no_keys { Box::new(|| ()) } else { keys::listen(ctx.link().clone()) },
            dom::on_hidden({
                let player = player.clone();
                move |hidden| player.set_hidden(hidden)
            }),
            dom::on_off_screen(&self.nodes.root, {
                let player = player.clone();
                move |off| player.set_off_screen(off)
            }),
            dom::on_resize(&self.nodes.stage, {
                let player = player.clone();
                move |size| player.set_frame(|frame| (frame.plan.width, frame.plan.height) = size)
            }),
            dom::on_resize(&self.nodes.beside, {
                let player = player.clone();
                move |size| player.set_frame(|frame| frame.beside = size)
            }),
            gesture::listen(&self.nodes.history, player.clone(), ctx.link().clone()),
            dom::on_resize(&self.nodes.history, {
                let player = player.clone();
                move |size| player.set_frame(|frame| frame.history = size)
            }),
        ];
        if let Some((hands, undo)) = Hands::new(&self.nodes.stage, player.clone()) {
            self.hands = Some(hands);
            self.undo.extend(undo);
        }
        self.tell_language();
        dom::set_root("data-theme", self.theme.name());
        let link = ctx.link();
        self.fetch_index(link);
        let shared = ctx.props().shared.clone();
        if let Some(shared) = shared.filter(|shared| matches!(shared.start, Start::Lesson(_))) {
            if let Err(error) = self.open_shared(shared, link) {
                self.complain(Problem::Link(error));
            }
        } else if let (Some(lesson), None) = (&params.lesson, &ctx.props().shared) {
            self.fetch(lesson, link);
            self.lessons.coming.step = params.step.unwrap_or_default();
            // As everything that an address opens in a figure, it waits for its reader.
            self.lessons.waits = params.play.map_or(params.controls.is_some(), |play| !play);
        }
        if params.transparent {
            dom::set_root("data-bg", "transparent");
        }
        host::connect(ctx.link());
        host::ready(self.lang.tag(), VERSION);
    }
}

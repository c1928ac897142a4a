//! The page: the state of what is shown, and what the reader's deeds do to it.
//!
//! The drawing of its parts is plain functions in the files beside this one; `piece` says which of them are
//! drawn again by themselves.

use super::console::Asked;
use super::deed::{Deed, value};
use super::el::el;
use super::focus::Held;
use super::kept::Home;
use super::lesson::Lessons;
use super::look::Looking;
use super::piece::{Picked, Piece};
use super::player::{Player, Shown};
use super::stage::hands::Hands;
use super::stage::layer::Layer;
use super::{dom, failure, header, history, host, keys, lesson, log, ring, side, stage, twin};
use crate::redis::{Span, Time};
use crate::sim::{Action, NodeId};
use crate::view::orders::Order;
use crate::view::params::{Controls, Problem, Theme};
use crate::view::permalink::{LinkError, Look, Shared, Start, Tab};
use crate::view::speed::Speed;
use crate::view::{Lang, Params, Words, resp, words};
use gloo_timers::callback::Timeout;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};
use yew::{Component, Context, Html, NodeRef, Properties};

/// How the page starts.
#[derive(Clone, Properties)]
pub struct AppProps {
    /// What the address presets.
    pub params: Params,
    /// What in the address was ignored.
    pub problems: Rc<[Problem]>,
    /// The session in the address.
    pub shared: Option<Rc<Shared>>,
    /// The language, unless the address names one.
    pub lang: Lang,
    /// Whether the reader asked for less motion.
    pub still: bool,
    /// Whether the page may take all of the screen.
    pub can_fill: bool,
}

impl PartialEq for AppProps {
    /// They are given once and never change: comparing them would be code that never runs.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.problems, &other.problems)
    }
}

/// What the page hears of.
pub struct Msg(pub(super) News);

/// What is new.
pub(super) enum News {
    /// The player shows something else.
    Shown(Shown),
    /// A frame has time for pieces that wait to be drawn.
    More,
    /// The reader does something.
    Deed(Deed, Event),
    /// What had to wait is read out.
    Speak,
    /// Something of the lessons was fetched.
    Fetched(lesson::load::Fetched),
    /// The graph of the calculator wants its next point.
    Calculate,
    /// The reader entered the address of another session.
    Link(Box<Result<Shared, LinkError>>),
    /// The page around this one asks for something, by this name.
    Order(Result<Order, Problem>, JsValue),
}

/// Elements that something is done with after Yew made them.
#[derive(Default)]
pub(super) struct Nodes {
    pub(super) root: NodeRef,
    pub(super) stage: NodeRef,
    pub(super) flights: NodeRef,
    pub(super) history: NodeRef,
    pub(super) beside: NodeRef,
    pub(super) log: NodeRef,
    pub(super) input: NodeRef,
    pub(super) help: NodeRef,
    pub(super) inspector: NodeRef,
    pub(super) lesson: NodeRef,
    pub(super) verdict: NodeRef,
    pub(super) turn: NodeRef,
    pub(super) second: NodeRef,
}

/// The page.
pub struct App {
    pub(super) player: Rc<Player>,
    pub(super) look: Looking,
    pub(super) picked: Picked,
    /// What had the focus when the reader last did something.
    pub(super) held: Option<Held>,
    /// What had it when what is in the inspector was picked.
    pub(super) picker: Option<HtmlElement>,
    /// Pieces that wait for a frame with time for them.
    pub(super) waiting: Vec<Piece>,
    /// The address of what is shown is not kept yet.
    pub(super) unkept: bool,
    /// The pieces that are drawn by themselves.
    pub(super) home: Home,
    pub(super) controls: Controls,
    pub(super) lessons: Lessons,
    pub(super) hands: Option<Rc<Hands>>,
    pub(super) shown: Shown,
    pub(super) lang: Lang,
    pub(super) theme: Theme,
    pub(super) problems: Rc<[Problem]>,
    pub(super) tab: Tab,
    pub(super) can_fill: bool,
    pub(super) asked: Asked,
    /// Which node the console talks to.
    pub(super) chosen: usize,
    /// The status sentence that is read out.
    pub(super) spoken: side::Spoken,
    /// Whether all of the transport is shown where there is little room.
    pub(super) more: bool,
    pub(super) speaks_later: Option<Timeout>,
    pub(super) tail: Rc<log::Tail>,
    pub(super) nodes: Nodes,
    pub(super) undo: Vec<Box<dyn FnOnce()>>,
}

impl Component for App {
    type Message = Msg;
    type Properties = AppProps;

    fn create(ctx: &Context<Self>) -> Self {
        let AppProps { params, problems, lang, shared, can_fill, .. } = ctx.props();
        let player = Player::new(params);
        // A lesson is fetched first.
        let opened = shared.as_ref().map(|shared| match &shared.start {
            Start::Lesson(_) => Ok(shared.look),
            _ => player.open(shared).map(|()| shared.look),
        });
        let (look, failed) = match opened {
            Some(Ok(look)) => (look, None),
            Some(Err(error)) => (Look::default(), Some(Problem::Link(error))),
            None => (Look::default(), None),
        };
        // What the address itself says goes before what the link holds.
        let lang = params.lang.or(look.lang).unwrap_or(*lang);
        if let Some(speed) = params.speed {
            player.set_speed(speed);
        }
        let problems = problems.iter().cloned().chain(failed).collect();
        let mut app = Self {
            shown: player.shown(),
            player,
            lang,
            theme: params.theme,
            problems,
            look: Looking::default(),
            picked: Picked::default(),
            held: None,
            picker: None,
            waiting: Vec::new(),
            unkept: false,
            home: Home::default(),
            controls: params.controls.unwrap_or_default(),
            lessons: Lessons::default(),
            hands: None,
            tab: look.tab,
            can_fill: *can_fill,
            asked: Asked::Nothing,
            chosen: 0,
            spoken: side::Spoken::default(),
            more: false,
            speaks_later: None,
            tail: Rc::default(),
            nodes: Nodes::default(),
            undo: Vec::new(),
        };
        app.spoken.follow(&app.shown.picture, lang, side::PAUSE);
        app
    }

    fn update(&mut self, ctx: &Context<Self>, Msg(news): Msg) -> bool {
        let link = ctx.link();
        if let News::Deed(deed, _) = &news {
            self.hold_focus(*deed);
        }
        // Whether the page is drawn again, or only what a new picture makes stale.
        let (mut page, mut drags) = (true, false);
        match news {
            News::Speak => {
                self.speaks_later = None;
                page = false;
            }
            News::Shown(shown) => return self.show(shown, link),
            News::More => {
                self.draw_on_pieces(link);
                return false;
            }
            News::Deed(Deed::Class(class), event) => {
                self.learn(class, &event, link);
                failure::keep(self.permalink());
            }
            News::Deed(Deed::Lang(lang), _) => {
                self.lang = lang;
                self.tell_language();
                self.fetch_other_words(link);
            }
            News::Deed(deed, event) => {
                drags = deed == Deed::Seek;
                self.deed(deed, &event);
                page = !deed.is_of_player();
                // After a seek it is kept when all is drawn.
                self.unkept = self.player.is_late();
                if deed != Deed::Scroll && !self.unkept {
                    failure::keep(self.permalink());
                }
                if drags {
                    // The field shows where the reader dragged to, not where that led.
                    self.renew(&[Piece::Scrub], link);
                }
            }
            News::Fetched(fetched) => self.fetched(fetched),
            News::Calculate => self.draw_on(link),
            News::Order(Ok(Order::Load(name)), request) => {
                self.fetch(&name, link);
                self.lessons.asked = Some((name, request));
            }
            News::Order(Ok(Order::SetState(shared)), request) => {
                self.set_state(Rc::new(*shared), request, link);
            }
            // Asked for every two seconds while time runs: nothing of the page is another for it.
            News::Order(Ok(Order::GetState), request) => {
                self.tell_state(&request);
                return false;
            }
            News::Link(shared) => self.follow_link(*shared, link),
            News::Order(Ok(order), request) => self.obey(order, &request),
            News::Order(Err(problem), request) => host::refused(&request, &problem, self.words()),
        }
        self.follow_lesson(link);
        if self.speak(link) && !page {
            self.renew(&[Piece::Status, Piece::Log], link);
        }
        self.read_picked();
        if !drags {
            self.tail.moved.set(true);
        }
        if page {
            self.wait_for(Vec::new());
        }
        page
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let (link, w) = (ctx.link(), self.words());
        let mut top = el("div").add(header::head(self, link));
        if !self.problems.is_empty() {
            top = top.add(header::notice(w, &self.problems, link));
        }
        if self.controls != Controls::Full {
            return self.figure(ctx, self.controls);
        }
        let taught = self.teaches();
        let mut side = el("aside").class(match (taught, self.picked.sheet.is_some()) {
            (false, false) => "side",
            (false, true) => "side inspecting",
            (true, false) => "side teaching",
            (true, true) => "side teaching inspecting",
        });
        side = if taught { side.keep(self, Piece::Panel, link) } else { side.add(side::intro(w).key(2)) };
        let pieces = [Piece::Status, Piece::Log, Piece::Inspector];
        let side = pieces.into_iter().fold(side, |side, piece| side.keep(self, piece, link));
        let side = side.add(twin::twin(self, link)).keep(self, Piece::Console, link);
        let views = el("div")
            .class("views")
            .attr("data-second", if self.shown.second.is_some() { "true" } else { "false" })
            .attr("data-tab", ["now", "ring", "history"][self.tab as usize])
            .add(header::tabs(self.tab, w, link))
            .add(stage::now(self, link))
            .add(ring::ring_view(self, link))
            .keep(self, Piece::Compare, link)
            .add(history::history_view(self, link));
        let views = if self.shown.beside.is_some() && self.shown.second.is_none() {
            views.attr("data-compare", "")
        } else {
            views
        };
        el("div")
            .class(if taught { "lab taught" } else { "lab" })
            .refer(&self.nodes.root)
            .add(top)
            .add(el("main").class("body").add(side).add(views))
            .keep(self, Piece::Transport, link)
            .add(keys::help(self, w))
            .done()
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first {
            self.start(ctx);
        }
        self.tail.show(&self.nodes.log);
        self.player.expect([].into_iter(), self.words(), ring::marked(self));
        self.player.drawn_whole();
        self.player.set_second_layer(|| self.nodes.second.cast::<Element>().and_then(Layer::new));
        self.bring_in_sight();
        self.pass_focus_on();
        if std::mem::take(&mut self.look.reveal)
            && let Some(inspector) = self.nodes.inspector.cast::<Element>()
        {
            dom::reveal(&inspector);
        }
    }

    fn destroy(&mut self, _: &Context<Self>) {
        self.undo.drain(..).for_each(|undo| undo());
        self.player.detach();
    }
}

impl App {
    /// The words of the page's language.
    pub(super) fn words(&self) -> &'static Words {
        words(self.lang)
    }

    /// Whether the big play button stands in the middle.
    pub(super) fn poster(&self) -> bool {
        !self.shown.playing && self.shown.picture.reach == Time::ZERO
    }

    pub(super) fn tell_language(&self) {
        dom::set_root("lang", self.lang.tag());
        dom::set_title(self.words().page_title);
    }

    fn deed(&mut self, deed: Deed, event: &Event) {
        let player = &self.player;
        // A number that a field holds.
        let number = || value(event)?.parse::<u64>().ok();
        match deed {
            Deed::Toggle => player.toggle(),
            Deed::StepBack => player.step_back(),
            Deed::Step => player.step(),
            Deed::Reset => player.reset(),
            Deed::Latest => player.seek(self.shown.picture.reach),
            Deed::Speed => player.set_speed(Speed::step(number().unwrap_or(0) as usize)),
            Deed::Seek => player.seek(Time::from_millis(number().unwrap_or(0))),
            Deed::Flip(link) => player.flip(link),
            Deed::Run(client, run) => player.act(Action::ClientRun(client, run)),
            Deed::Rate(client) => {
                if let Some(rate) = number().filter(|rate| *rate > 0) {
                    player.act(Action::ClientRate { client, every: Span::from_micros(1_000_000 / rate) });
                }
            }
            Deed::Look(look) => self.look_closer(look, event),
            // These want the page's link.
            Deed::Lang(_) | Deed::Class(_) => {}
            Deed::Theme(theme) => {
                self.theme = theme;
                dom::set_root("data-theme", theme.name());
            }
            Deed::Dismiss => self.problems = Rc::new([]),
            Deed::Tab(tab) => self.tab = tab,
            Deed::Share => host::share(&self.permalink(), self.lang.tag()),
            Deed::Choose => self.chosen = number().unwrap_or(0) as usize,
            Deed::Submit => self.submit(),
            Deed::Time(time) => self.travel(time, event),
            Deed::Scroll => {
                if let Some(list) = self.nodes.log.cast::<Element>() {
                    self.tail.follows.set(log::at_end(&list));
                }
            }
        }
    }

    /// Runs what is typed in the console.
    fn submit(&mut self) {
        let Some(input) = self.nodes.input.cast::<HtmlInputElement>() else { return };
        match resp::split(&input.value()) {
            None => self.asked = Asked::BadQuotes,
            Some(args) if args.is_empty() => {}
            Some(args) => {
                let before = self.shown.picture.consoles.get(self.chosen).map_or(0, |said| said.count);
                self.asked = Asked::Of(self.chosen, before);
                self.player.act(Action::Write { node: NodeId(self.chosen as u8), args });
                input.select();
            }
        }
    }
}

//! The page that embeds this one: what it asks for comes in here, what it is told goes out here.
//!
//! The envelope, who may speak and how large the frame is are `www/embed.js`'s business; what a
//! message means is decided here and in [`Order`]. `docs/EMBED.md` has all messages.

use super::app::{App, Msg, News};
use super::dom;
use crate::view::Words;
use crate::view::inspect::Pick;
use crate::view::orders::Order;
use crate::view::params::{Problem, lesson_address};
use crate::view::permalink::{LinkError, Look, Shared, Start};
use js_sys::Array;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use yew::html::Scope;

#[wasm_bindgen]
extern "C" {
    /// Sends a message with these values, in the order of its fields.
    #[wasm_bindgen(js_namespace = psyncLab, js_name = tell)]
    fn js_tell(kind: &str, values: Array);
    /// Opens the dialog to share a session.
    #[wasm_bindgen(js_namespace = psyncLab, js_name = share)]
    fn js_share(fragment: &str, lang: &str);
}

thread_local! {
    static APP: RefCell<Option<Scope<App>>> = const { RefCell::new(None) };
}

/// What the host asks for: a kind, its text, its number, and the name of the request.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "JavaScript reaches it")]
pub fn order(kind: &str, text: &str, number: f64, request: JsValue) {
    let news = News::Order(Order::parse(kind, text, number), request);
    APP.with_borrow(|app| {
        if let Some(app) = app {
            app.send_message(Msg(news));
        }
    });
}

/// The address of the open page has another fragment: one with a session opens it.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "JavaScript reaches it")]
pub fn follow(fragment: &str) {
    APP.with_borrow(|app| {
        if let (Some(app), Some(shared)) = (app, Shared::parse(fragment)) {
            app.send_message(Msg(News::Link(Box::new(shared))));
        }
    });
}

/// From now on orders go to this page.
pub(super) fn connect(app: &Scope<App>) {
    APP.set(Some(app.clone()));
}

/// Tells the host something.
pub(super) fn tell(kind: &str, values: &[JsValue]) {
    js_tell(kind, values.iter().collect());
}

/// The page is drawn and takes orders.
pub(super) fn ready(lang: &str, version: u8) {
    tell("ready", &[lang.into(), version.into()]);
}

/// The session as a permalink, the instant in seconds, and whether time runs.
pub(super) fn state(request: &JsValue, fragment: &str, at: f64, playing: bool) {
    tell("state", &[request.clone(), fragment.into(), at.into(), playing.into()]);
}

/// An order was refused; nothing was changed.
pub(super) fn refused(request: &JsValue, problem: &Problem, words: &Words) {
    let code = match problem {
        Problem::Unknown(_) | Problem::More(_) => "type",
        Problem::Value { .. } => "value",
        Problem::Lesson(_) => "lesson",
        Problem::Link(_) => "state",
        Problem::NoStep(..) => "value",
    };
    tell("error", &[request.clone(), code.into(), (words.problem)(problem).into()]);
}

/// Opens the dialog to share a session.
pub(super) fn share(fragment: &str, lang: &str) {
    js_share(fragment, lang);
}

impl App {
    /// The session as a permalink.
    pub(super) fn permalink(&self) -> String {
        let ring_of = self.player.ring_of();
        let (lang, speed) = (Some(self.lang), Some(self.shown.speed));
        let look = Look { lang, tab: self.tab, ring_of, speed, ..Look::default() };
        self.player.shared(look, &self.lessons.name).into_fragment()
    }

    /// Opens a session that a link or a host brought; a lesson's is open once the lesson has come. One that does
    /// not open changes nothing.
    pub(super) fn open_shared(&mut self, shared: Rc<Shared>, link: &Scope<Self>) -> Result<(), LinkError> {
        if let Start::Lesson(name) = &shared.start {
            let name = lesson_address(name).ok_or(LinkError::Lesson)?.to_owned();
            self.fetch(&name, link);
            self.lessons.coming.shared = Some(shared);
            return Ok(());
        }
        self.player.open(&shared)?;
        self.lessons.leave();
        self.take_look(shared.look);
        Ok(())
    }

    /// Opens a session for the page around this one.
    pub(super) fn set_state(&mut self, shared: Rc<Shared>, request: JsValue, link: &Scope<Self>) {
        let lesson = match &shared.start {
            Start::Lesson(name) => Some(name.clone()),
            _ => None,
        };
        match (self.open_shared(shared, link), lesson) {
            (Err(error), _) => refused(&request, &Problem::Link(error), self.words()),
            (Ok(()), Some(name)) => self.lessons.asked = Some((name, request)),
            (Ok(()), None) => self.obey(Order::GetState, &request),
        }
    }

    /// Opens the session of an address that the reader entered into the open page.
    pub(super) fn follow_link(&mut self, shared: Result<Shared, LinkError>, link: &Scope<Self>) {
        let opened = shared.and_then(|shared| self.open_shared(Rc::new(shared), link));
        self.problems = opened.err().map(Problem::Link).into_iter().collect();
        self.shown = self.player.shown();
    }

    /// Does what the page around this one asks for. What cannot be done changes nothing.
    pub(super) fn obey(&mut self, order: Order, request: &JsValue) {
        let player = &self.player;
        match order {
            // The page fetches or opens it first.
            Order::Load(_) | Order::SetState(_) => {}
            Order::Play(playing) => player.set_playing(playing),
            Order::Seek(to) => player.run_to(to),
            Order::Step(count) => {
                for _ in 0..count.unsigned_abs() {
                    if count < 0 { player.step_back() } else { player.step() }
                }
            }
            Order::GetState => {}
            Order::Theme(theme) => {
                self.theme = theme;
                dom::set_root("data-theme", theme.name());
            }
            Order::Lang(lang) => {
                self.lang = lang;
                self.tell_language();
            }
            Order::Focus => dom::focus(".foot button"),
        }
        self.shown = self.player.shown();
        self.tell_state(request);
    }

    /// Tells the page around this one the session as it is.
    pub(super) fn tell_state(&self, request: &JsValue) {
        let shown = self.player.shown();
        let at = shown.picture.now.as_millis() as f64 / 1000.0;
        state(request, &self.permalink(), at, shown.playing);
    }

    /// Looks at the session as its link says; the language stays the reader's.
    pub(super) fn take_look(&mut self, look: Look) {
        self.tab = look.tab;
        self.pick(look.ring_of.map_or(Pick::Nothing, Pick::Node));
    }
}

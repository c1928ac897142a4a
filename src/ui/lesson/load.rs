//! Fetching lessons, which `www/lesson.js` does: a built-in one when it is chosen, a teacher's file
//! through a module of its own.

use super::Leaf;
use crate::lesson::{Lesson, binary};
use crate::ui::app::{App, Msg, News};
use crate::ui::host;
use crate::view::orders::Order;
use crate::view::params::Problem;
use crate::view::permalink::Shared;
use js_sys::{Array, Function, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use yew::html::Scope;

#[wasm_bindgen]
extern "C" {
    /// Fetches the index in a language (an empty name) or a lesson by its name or address, and calls
    /// back with it (a list of names and titles; bytes) or with text that says why not.
    #[wasm_bindgen(js_namespace = psyncLab, js_name = lesson)]
    fn js_lesson(name: &str, lang: &str, told: &Function);
}

/// What was fetched.
#[derive(Debug)]
pub(in crate::ui) enum Fetched {
    /// Names and titles of the lessons.
    Index(Vec<(String, String)>),
    /// A lesson in this language.
    Lesson(Result<Rc<Lesson>, Vec<String>>, &'static str),
}

/// What is being fetched, and where it opens.
#[derive(Default)]
pub(in crate::ui) struct Coming {
    name: String,
    /// The number of the step, from 1 on; 0 is the first one, too.
    pub(in crate::ui) step: u32,
    /// As a link has it.
    pub(in crate::ui) shared: Option<Rc<Shared>>,
}

fn ask(name: &str, lang: &'static str, link: Scope<App>, read: fn(JsValue, &'static str) -> Fetched) {
    let told = Closure::once_into_js(move |found: JsValue| {
        link.send_message(Msg(News::Fetched(read(found, lang))));
    });
    js_lesson(name, lang, told.unchecked_ref());
}

/// Pairs of names and titles; none if the index did not come.
fn index(found: JsValue, _: &'static str) -> Fetched {
    let words: Vec<String> = found
        .dyn_into::<Array>()
        .map(|all| all.iter().filter_map(|one| one.as_string()).collect())
        .unwrap_or_default();
    let pairs = words.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
    Fetched::Index(pairs.collect())
}

fn lesson(found: JsValue, lang: &'static str) -> Fetched {
    let read = match found.dyn_into::<Uint8Array>() {
        Ok(bytes) => binary::decode(&bytes.to_vec()).map(Rc::new).map_err(|error| vec![error.to_string()]),
        Err(other) => Err(other.as_string().unwrap_or_default().lines().map(String::from).collect()),
    };
    Fetched::Lesson(read, lang)
}

impl App {
    /// Fetches the list of lessons in the page's language.
    pub(in crate::ui) fn fetch_index(&self, link: &Scope<Self>) {
        ask("", self.lang.name(), link.clone(), index);
    }

    /// Fetches a lesson.
    pub(in crate::ui) fn fetch(&mut self, name: &str, link: &Scope<Self>) {
        (self.lessons.loading, self.lessons.failed) = (true, Vec::new());
        self.lessons.coming = Coming { name: name.to_owned(), ..Coming::default() };
        ask(name, self.lang.name(), link.clone(), lesson);
    }

    /// Fetches the open lesson in another language, unless it has it.
    pub(in crate::ui) fn fetch_other_words(&mut self, link: &Scope<Self>) {
        self.fetch_index(link);
        let Some(lecture) = &self.shown.lecture else { return };
        if !lecture.lesson.languages.iter().any(|lang| lang == self.lang.name()) {
            let name = self.lessons.name.clone();
            ask(&name, self.lang.name(), link.clone(), lesson);
        }
    }

    /// Takes what was fetched.
    pub(in crate::ui) fn fetched(&mut self, fetched: Fetched) {
        match fetched {
            Fetched::Index(index) => {
                if !index.is_empty() {
                    self.lessons.index = index;
                }
            }
            Fetched::Lesson(Ok(lesson), lang) => {
                let open = self.shown.lecture.as_ref().map(|lecture| lecture.lesson.id.as_str());
                let waited = std::mem::take(&mut self.lessons.loading);
                if !waited {
                    // Only the language changed.
                    if open == Some(&lesson.id) && lang == self.lang.name() {
                        self.player.retell(lesson);
                    }
                    return;
                }
                self.lessons.draft = super::Draft::default();
                (self.lessons.menu, self.lessons.leaf, self.lessons.seen) = (false, Leaf::Play, None);
                self.open(lesson);
                self.answer();
            }
            Fetched::Lesson(Err(lines), _) => {
                let waited = std::mem::take(&mut self.lessons.loading);
                if waited {
                    self.lessons.failed = lines;
                    self.lessons.menu = true;
                }
                self.answer();
            }
        }
    }

    /// Opens what was fetched, where it is to be opened.
    fn open(&mut self, lesson: Rc<Lesson>) {
        let Coming { name, step, shared } = std::mem::take(&mut self.lessons.coming);
        let waits = std::mem::take(&mut self.lessons.waits);
        self.lessons.name = name;
        if let Some(shared) = shared {
            match self.player.resume(lesson.clone(), &shared) {
                Ok(()) => return self.take_look(shared.look),
                Err(error) => self.complain(Problem::Link(error)),
            }
        }
        let steps = lesson.steps.len() as u32;
        if step > steps {
            self.complain(Problem::NoStep(step, steps));
        }
        if let Err(error) = self.player.teach(lesson, step.min(steps).saturating_sub(1) as usize) {
            self.lessons.failed = vec![error.to_string()];
        } else if waits {
            self.player.set_playing(false);
        }
    }

    /// Tells of one thing more that was ignored.
    pub(in crate::ui) fn complain(&mut self, problem: Problem) {
        self.problems = self.problems.iter().cloned().chain([problem]).collect();
    }

    /// Answers the page around this one, if it asked for the lesson.
    fn answer(&mut self) {
        let Some((name, request)) = self.lessons.asked.take() else { return };
        if self.lessons.failed.is_empty() {
            self.obey(Order::GetState, &request);
        } else {
            host::refused(&request, &Problem::Lesson(name), self.words());
        }
    }
}

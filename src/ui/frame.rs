//! The animation loop: one closure made once, asked for again only while it should run.

use std::cell::Cell;
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::Window;

/// Calls back before each repaint while it runs.
pub(super) struct FrameLoop {
    /// Looked up once: it is asked in every frame.
    window: Option<Window>,
    asked: Cell<Option<i32>>,
    tick: Closure<dyn FnMut(f64)>,
}

impl FrameLoop {
    /// A loop that stands still. `tick` gets the frame's time in milliseconds.
    pub(super) fn new(tick: impl Fn(f64) + 'static) -> Rc<Self> {
        Rc::new_cyclic(|me: &Weak<Self>| {
            let me = me.clone();
            let closure = Closure::new(move |at: f64| {
                let Some(me) = me.upgrade() else { return };
                me.asked.set(None);
                // Asked for first, so that the tick may stop it.
                me.start();
                tick(at);
            });
            Self { window: web_sys::window(), asked: Cell::new(None), tick: closure }
        })
    }

    /// Starts, or goes on.
    pub(super) fn start(&self) {
        if self.asked.get().is_some() {
            return;
        }
        let Some(window) = &self.window else { return };
        self.asked.set(window.request_animation_frame(self.tick.as_ref().unchecked_ref()).ok());
    }

    /// Stops: no callback follows.
    pub(super) fn stop(&self) {
        if let (Some(id), Some(window)) = (self.asked.take(), &self.window) {
            // Cancelling a frame that has gone by is harmless.
            let _ = window.cancel_animation_frame(id);
        }
    }
}

impl Drop for FrameLoop {
    fn drop(&mut self) {
        self.stop();
    }
}

//! The keyboard's focus, when the button that has it goes away by being pressed: it moves on to what
//! the reader would look for next. A browser would leave it nowhere.

use super::app::App;
use super::deed::Deed;
use super::dom;
use super::lesson::Class;
use super::look::Look;
use super::time::Time;
use web_sys::HtmlElement;

/// What had the focus when the reader did something, and who has it after that.
pub(super) struct Held {
    element: HtmlElement,
    heir: &'static str,
}

impl App {
    /// Notes who has the focus before a deed; and for as long as something is picked, who had it when it was.
    pub(super) fn hold_focus(&mut self, deed: Deed) {
        let focused = dom::focused();
        let inside = |element: &HtmlElement| matches!(element.closest(".inspector"), Ok(Some(_)));
        let picks = matches!(deed, Deed::Look(_) | Deed::Time(Time::Pick(_)));
        // What is picked from the inspector leads on from what was picked first.
        if picks && !focused.as_ref().is_some_and(inside) {
            self.picker = focused.clone();
        }
        self.held = focused.map(|element| Held { element, heir: heir(deed) });
    }

    /// If what had the focus is gone, another has it.
    pub(super) fn pass_focus_on(&mut self) {
        let gone = |element: &HtmlElement| {
            !element.is_connected() || matches!(element.closest("[hidden]"), Ok(Some(_)))
        };
        let Some(held) = self.held.take_if(|held| gone(&held.element)) else { return };
        // What is hidden loses it a moment later.
        if dom::focused().is_some_and(|now| now != held.element) {
            return;
        }
        match self.picker.as_ref().filter(|picker| held.heir == PICKED && picker.is_connected()) {
            // What is on the page can be focused.
            Some(picker) => drop(picker.focus()),
            None => dom::focus(held.heir),
        }
    }
}

/// Who has it if what picked is gone, too.
const PICKED: &str = ".stage [data-node]";

/// Whose turn it is after this deed.
fn heir(deed: Deed) -> &'static str {
    match deed {
        Deed::Look(Look::Pick(_)) => PICKED,
        Deed::Dismiss => ".head > .btn, .foot button",
        Deed::Class(Class::Menu) => ".head .menu",
        Deed::Class(_) => ".lesson > footer .pri, .lesson button",
        Deed::Time(Time::NoCompare) => ".histtools select",
        _ => ".foot button",
    }
}

//! What a reader does on the page, and the listener that tells the page of it.

use super::app::{App, Msg, News};
use super::lesson::Class;
use super::look::Look;
use super::time::Time;
use crate::sim::{ClientId, LinkId};
use crate::view::Lang;
use crate::view::params::Theme;
use crate::view::permalink::Tab;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};
use yew::html::Scope;
use yew::virtual_dom::{Listener, ListenerKind};

/// One thing that a reader does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Plays or pauses.
    Toggle,
    /// Back to what happened before.
    StepBack,
    /// On to what happens next.
    Step,
    /// Starts over.
    Reset,
    /// Returns from the past.
    Latest,
    /// Moves the speed's slider.
    Speed,
    /// Drags the playhead.
    Seek,
    /// Turns a link's switch.
    Flip(LinkId),
    /// Starts or stops a client.
    Run(ClientId, bool),
    /// Chooses a client's rate.
    Rate(ClientId),
    /// Looks closer at something.
    Look(Look),
    /// Chooses a language.
    Lang(Lang),
    /// Chooses a theme.
    Theme(Theme),
    /// Closes the notice.
    Dismiss,
    /// Shows another view on a phone.
    Tab(Tab),
    /// Chooses the console's node.
    Choose,
    /// Sends the typed command.
    Submit,
    /// Scrolls the log.
    Scroll,
    /// Does something with a lesson.
    Class(Class),
    /// Travels in time.
    Time(Time),
    /// Opens the dialog to share the session.
    Share,
}

impl Deed {
    /// Whether it only changes what the player shows: the player tells of that.
    pub(super) fn is_of_player(self) -> bool {
        match self {
            Self::Toggle
            | Self::StepBack
            | Self::Step
            | Self::Latest
            | Self::Seek
            | Self::Flip(_)
            | Self::Run(..)
            | Self::Scroll => true,
            Self::Time(time) => matches!(
                time,
                Time::Mark(_) | Time::Zoom(_) | Time::Pan(_) | Time::All | Time::Follow | Time::Seek(_)
            ),
            _ => false,
        }
    }
}

/// A listener of an element: hands the deed to the page.
pub(super) struct Heard {
    /// The page.
    pub(super) link: Scope<App>,
    /// What the event means.
    pub(super) deed: Deed,
}

impl Listener for Heard {
    fn kind(&self) -> ListenerKind {
        match self.deed {
            Deed::Submit => ListenerKind::onsubmit,
            Deed::Scroll => ListenerKind::onscroll,
            Deed::Speed | Deed::Seek | Deed::Class(Class::Slide | Class::Dial | Class::Knob(_)) => {
                ListenerKind::oninput
            }
            Deed::Rate(_)
            | Deed::Choose
            | Deed::Look(Look::RingOf)
            | Deed::Time(Time::ChooseGrain | Time::Compare) => ListenerKind::onchange,
            _ => ListenerKind::onclick,
        }
    }

    fn handle(&self, event: Event) {
        if self.deed == Deed::Submit {
            // The browser would load another page.
            event.prevent_default();
        }
        self.link.send_message(Msg(News::Deed(self.deed, event)));
    }

    fn passive(&self) -> bool {
        false
    }
}

/// What the field of an event holds. Every element that can be asked has a `value`, so the type is
/// not looked at.
pub(super) fn value(event: &Event) -> Option<String> {
    event.target().map(|target| target.unchecked_into::<HtmlInputElement>().value())
}

//! What the reader does with time, by the transport, the History view or the keyboard.

use super::app::App;
use super::deed::value;
use super::keys;
use crate::sim::{BranchId, EntryId, Grain};
use crate::view::history::Zoom;
use crate::view::inspect::Pick;
use web_sys::{Event, HtmlDialogElement};

/// One thing done with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    /// How far a step goes.
    Grain(Grain),
    /// The same, from a list.
    ChooseGrain,
    /// To the next instant of note, or the one before.
    Mark(bool),
    /// Faster or slower.
    Pace(bool),
    /// The range that repeats begins here.
    From,
    /// It ends here.
    Until,
    /// No range any more.
    NoRange,
    /// Shows less of the history, or more of it.
    Zoom(bool),
    /// Shows a later part of it, or an earlier one.
    Pan(bool),
    /// Shows all of it.
    All,
    /// Shows its recent part, moving along.
    Follow,
    /// Picks an event.
    Pick(EntryId),
    /// Goes to an instant.
    Seek(crate::redis::Time),
    /// To another branch.
    Branch(BranchId),
    /// Compares with the chosen branch.
    Compare,
    /// Compares no more.
    NoCompare,
    /// Cuts or restores the link in focus, or the first.
    FlipNear,
    /// Shows the rest of the transport where there is little room.
    More,
    /// Shows the keys.
    Help,
    /// Types a command.
    Type,
}

/// The grains, in the order of the list.
pub(super) const GRAINS: [Grain; 3] = [Grain::Event, Grain::Message, Grain::Command];

impl App {
    /// Does something with time.
    pub(super) fn travel(&mut self, time: Time, event: &Event) {
        let player = self.player.clone();
        match time {
            Time::Grain(grain) => player.set_grain(grain),
            Time::ChooseGrain => {
                let chosen = value(event).and_then(|text| text.parse::<usize>().ok());
                if let Some(grain) = chosen.and_then(|n| GRAINS.get(n)) {
                    player.set_grain(*grain);
                }
            }
            Time::Mark(forward) => player.to_mark(forward),
            Time::Pace(faster) => player.set_speed(self.shown.speed.beside(faster)),
            Time::From => player.range_from(),
            Time::Until => player.range_until(),
            Time::NoRange => player.range_off(),
            Time::Zoom(closer) => {
                let picture = &self.shown.picture;
                let chart = &picture.chart;
                let (head, seen) = chart.at(&picture.window, picture.now);
                let middle = (chart.left + chart.right) / 2.0;
                player.zoom_at(if closer { 0.5 } else { 2.0 }, if seen { head } else { middle });
            }
            Time::Pan(later) => {
                player.set_zoom(|zoom, now, reach| zoom.panned(now, reach, if later { 0.25 } else { -0.25 }));
            }
            Time::All => player.set_zoom(|_, _, _| Zoom::All),
            Time::Follow => player.set_zoom(|zoom, now, reach| match zoom {
                Zoom::Still(_) => Zoom::Follow(zoom.window(now, reach).span()),
                _ => Zoom::RECENT,
            }),
            Time::Pick(entry) => self.pick(Pick::Entry(entry)),
            Time::Seek(to) => player.seek(to),
            Time::Branch(branch) => player.switch_to(branch),
            Time::Compare => {
                let branch = value(event).and_then(|text| text.parse().ok()).map(BranchId);
                player.compare(branch);
            }
            Time::NoCompare => player.set_other(None),
            Time::FlipNear => {
                if let Some(link) = keys::link_near(event, &self.shown.picture) {
                    player.flip(link);
                }
            }
            Time::More => self.more = !self.more,
            Time::Help => {
                if let Some(dialog) = self.nodes.help.cast::<HtmlDialogElement>().filter(|d| !d.open()) {
                    // Fails only if it is open already.
                    let _ = dialog.show_modal();
                }
            }
            Time::Type => {
                if let Some(input) = self.nodes.input.cast::<web_sys::HtmlElement>() {
                    // A field that is not on the page keeps the focus where it is.
                    let _ = input.focus();
                }
            }
        }
    }
}

//! What of a lesson must be in sight: which view, where views are tabs, and what part of the panel.

use crate::lesson::format::Guess;
use crate::lesson::run::Stage;
use crate::ui::app::App;
use crate::ui::dom;
use crate::view::lesson::Shine;
use crate::view::permalink::Tab;
use web_sys::Element;

/// What the panel is scrolled to once it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui) enum Goal {
    /// The step's beginning.
    Top,
    /// What happened.
    Verdict,
    /// What the student has to do.
    Turn,
}

/// The view that a step begins with: what it points at is in it.
pub(super) fn tab_of(shine: &Shine) -> Tab {
    let on_stage = is_on_stage(shine) || shine.packets.is_some();
    match () {
        () if on_stage => Tab::Now,
        () if shine.ring.is_some() => Tab::Ring,
        () if shine.history => Tab::History,
        () => Tab::Now,
    }
}

/// The view that a stage of a step wants to be seen, if it wants one.
pub(super) fn tab_at(stage: Stage, shine: &Shine, guess: Option<&Guess>) -> Option<Tab> {
    match (stage, guess) {
        (Stage::Asking, Some(Guess::Byte { .. })) => Some(Tab::Ring),
        (Stage::Asking, Some(Guess::Node { .. })) => Some(Tab::Now),
        // What is to be pressed stands there; the console stands beside every view.
        (Stage::Awaiting, _) if is_on_stage(shine) => Some(Tab::Now),
        _ => None,
    }
}

fn is_on_stage(shine: &Shine) -> bool {
    let here = !shine.nodes.is_empty() || !shine.links.is_empty() || !shine.clients.is_empty();
    here || shine.other.as_deref().is_some_and(is_on_stage)
}

impl App {
    /// Scrolls the panel, after it was drawn, to what must be in sight.
    pub(in crate::ui) fn bring_in_sight(&mut self) {
        let Some(goal) = self.lessons.goal.take() else { return };
        let node = match goal {
            Goal::Top => &self.nodes.lesson,
            Goal::Verdict => &self.nodes.verdict,
            Goal::Turn => &self.nodes.turn,
        };
        let Some(element) = node.cast::<Element>() else { return };
        if goal != Goal::Top {
            return dom::to_start(&element);
        }
        element.set_scroll_top(0);
        // On a phone the panel is as long as its text, and the column around it is what scrolls.
        if let Ok(Some(column)) = element.closest(".side") {
            column.set_scroll_top(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::Condition;
    use crate::sim::{ClientId, LinkId, NodeId};

    #[test]
    fn a_step_about_the_ring_alone_begins_with_the_ring() {
        let ring = Shine { ring: Some(NodeId(0)), ..Shine::default() };
        assert_eq!(tab_of(&ring), Tab::Ring);
        let console = Shine { console: Some(NodeId(0)), ..ring.clone() };
        assert_eq!(tab_of(&console), Tab::Ring, "the console is beside every view");
        assert_eq!(tab_of(&Shine { history: true, ..Shine::default() }), Tab::History);
    }

    #[test]
    fn a_step_about_something_on_the_stage_begins_with_the_stage() {
        let ring = Shine { ring: Some(NodeId(0)), ..Shine::default() };
        let other = Some(Box::new(Shine { nodes: vec![NodeId(1)], ..Shine::default() }));
        for shine in [
            Shine::default(),
            Shine { links: vec![LinkId(0)], ..ring.clone() },
            Shine { nodes: vec![NodeId(1)], ..ring.clone() },
            Shine { clients: vec![ClientId(0)], ..ring.clone() },
            Shine { packets: Some("ack"), history: true, ..Shine::default() },
            Shine { other, ..ring.clone() },
        ] {
            assert_eq!(tab_of(&shine), Tab::Now, "{shine:?}");
        }
    }

    #[test]
    fn what_is_to_be_pressed_is_in_sight() {
        let link = Shine { ring: Some(NodeId(0)), links: vec![LinkId(0)], ..Shine::default() };
        assert_eq!(tab_at(Stage::Awaiting, &link, None), Some(Tab::Now));
        let console = Shine { console: Some(NodeId(0)), ring: Some(NodeId(0)), ..Shine::default() };
        assert_eq!(tab_at(Stage::Awaiting, &console, None), None, "the reader's choice stays");
        let node = Guess::Node { when: Condition::All(Vec::new()), among: Vec::new() };
        assert_eq!(tab_at(Stage::Asking, &console, Some(&node)), Some(Tab::Now));
    }
}

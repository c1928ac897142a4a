//! Worlds on the way, so that going to an instant means running a few hundred steps, not all.
//!
//! They are evenly spaced over the whole session. When there are too many, every second one goes and
//! the spacing doubles: a long session costs no more memory than a short one. What each tells of
//! its past is not kept with it: it is the beginning of what the branch keeps (`past`).

use crate::redis::Time;
use crate::sim::world::World;
use std::rc::Rc;

/// Steps from one snapshot to the next, at first. Running so many takes half a millisecond in a
/// browser (`benches/session.rs`).
const FIRST_SPACING: u64 = 128;
/// Most snapshots of one branch.
const MOST: usize = 1024;

/// A world and how many actions are done in it. Branches share them.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    pub(super) done: usize,
    pub(super) world: Rc<World>,
}

/// The snapshots of one branch, earliest first. The first is the start.
#[derive(Clone, Debug)]
pub(super) struct Snapshots {
    list: Vec<Snapshot>,
    spacing: u64,
}

impl Snapshots {
    pub(super) fn new(start: &World) -> Self {
        Self { list: vec![Snapshot { done: 0, world: Rc::new(start.clone()) }], spacing: FIRST_SPACING }
    }

    /// Keeps a world if it is far enough from the newest.
    pub(super) fn offer(&mut self, done: usize, world: &World) {
        let newest = self.list.last().map_or(0, |last| last.world.steps());
        if world.steps() < newest + self.spacing {
            return;
        }
        self.list.push(Snapshot { done, world: Rc::new(world.without_past()) });
        if self.list.len() > MOST {
            let mut n = 0;
            self.list.retain(|_| {
                n += 1;
                n % 2 == 1
            });
            self.spacing *= 2;
        }
    }

    /// The last one that `before` holds for; it must hold for all up to some point. The start if for
    /// none.
    pub(super) fn last(&self, before: impl Fn(&Snapshot) -> bool) -> &Snapshot {
        let after = self.list.partition_point(before);
        &self.list[after.saturating_sub(1)]
    }

    /// Those on which a branch may build that shares `shared` actions and does its own at `at`.
    pub(super) fn shared(&self, shared: usize, at: Time) -> Self {
        let fits = |snapshot: &&Snapshot| snapshot.done <= shared && snapshot.world.now() <= at;
        let mut list: Vec<Snapshot> = self.list.iter().filter(fits).cloned().collect();
        if list.is_empty() {
            list.extend(self.list.first().cloned());
        }
        Self { list, spacing: self.spacing }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }
}

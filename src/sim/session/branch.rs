//! Branches: acting in the past starts another future, and the old one is kept.

use super::snapshots::Snapshots;
use super::{Marks, Session};
use crate::redis::Time;
use crate::sim::spec::{TimedAction, WorldSpec};
use crate::sim::world::World;
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// A branch: its place in [`Session::branches`]. 0 is the trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BranchId(pub u16);

/// One future of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch<'a> {
    /// Its name.
    pub id: BranchId,
    /// The branch it left; `None` for the trunk.
    pub parent: Option<BranchId>,
    /// When it left its parent; zero for the trunk.
    pub from: Time,
    /// The latest instant that was ever reached on it.
    pub reach: Time,
    /// All its actions from the start, the shared ones first, with the opening's among them.
    pub actions: &'a [TimedAction],
    /// How many of them are its parent's.
    pub shared: u32,
}

/// A branch as the session keeps it.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) parent: Option<BranchId>,
    pub(super) from: Time,
    pub(super) reach: Time,
    pub(super) shared: usize,
    pub(super) actions: Vec<TimedAction>,
    pub(super) snapshots: Snapshots,
    pub(super) marks: Marks,
    /// The world of it that has the longest past, unless the one that is shown has.
    pub(super) past: Rc<World>,
}

/// A session as a value: what a file or a permalink holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    /// Where it starts; its seed is in it.
    pub spec: WorldSpec,
    /// Its branches, parents before their children.
    pub branches: Vec<StoryBranch>,
    /// The branch that is shown.
    pub on: BranchId,
    /// The instant that is shown.
    pub at: Time,
}

/// A branch of a [`Story`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryBranch {
    /// The branch it left; `None` for the trunk.
    pub parent: Option<BranchId>,
    /// When it left its parent.
    pub from: Time,
    /// The latest instant that was ever reached on it.
    pub reach: Time,
    /// How many of its parent's actions it shares.
    pub shared: u32,
    /// Its own actions.
    pub actions: Vec<TimedAction>,
}

/// Why a [`Story`] is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoryError {
    /// There is no branch, or none with the number that is shown.
    #[error("there is no branch {0:?}")]
    NoBranch(BranchId),
    /// A branch comes before its parent, or a second one has none.
    #[error("branch {0:?} has no parent before it")]
    NoParent(BranchId),
    /// A branch shares more actions than its parent has.
    #[error("branch {0:?} shares more than its parent has")]
    TooMuchShared(BranchId),
}

impl Line {
    pub(super) fn trunk(start: &World, actions: Vec<TimedAction>) -> Self {
        let snapshots = Snapshots::new(start);
        let past = snapshots.last(|_| false).world.clone();
        let (from, reach, marks) = (Time::ZERO, Time::ZERO, Marks::default());
        Self { parent: None, from, reach, shared: 0, actions, snapshots, marks, past }
    }

    /// A branch that leaves this one at `from` with `actions`, `shared` of them this one's.
    pub(super) fn leave(&self, id: BranchId, from: Time, shared: usize, actions: Vec<TimedAction>) -> Self {
        let snapshots = self.snapshots.shared(shared, from);
        let (marks, past) = (Marks::default(), snapshots.last(|_| false).world.clone());
        Self { parent: Some(id), from, reach: from, shared, actions, snapshots, marks, past }
    }
}

impl Session {
    /// The branch the session is on.
    pub fn branch(&self) -> BranchId {
        self.on
    }

    /// All branches, parents before their children; the trunk is the first.
    pub fn branches(&self) -> impl Iterator<Item = Branch<'_>> {
        self.lines.iter().enumerate().map(|(n, line)| Branch {
            id: BranchId(n as u16),
            parent: line.parent,
            from: line.from,
            reach: line.reach,
            actions: &line.actions,
            shared: line.shared as u32,
        })
    }

    /// The latest instant ever reached on this branch.
    pub fn reach(&self) -> Time {
        self.line().reach
    }

    /// Goes to another branch, to the instant shown now or as far as that branch was ever reached;
    /// `false` if there is no such branch.
    pub fn switch_to(&mut self, branch: BranchId) -> bool {
        let Some(line) = self.lines.get(usize::from(branch.0)) else { return false };
        let to = self.world.now().min(line.reach);
        self.keep_past();
        self.on = branch;
        self.world = (*self.line().snapshots.last(|_| false).world).clone();
        self.restore_last(|_| false);
        self.seek(to);
        true
    }

    /// A copy of this session on another branch, at the same instant as far as it was reached: the
    /// other half of a comparison. `None` if there is no such branch.
    pub fn on_branch(&self, branch: BranchId) -> Option<Self> {
        let mut other = self.clone();
        other.switch_to(branch).then_some(other)
    }

    /// A copy that runs on by itself, with the actions still to come and without the other
    /// branches: what would happen if nobody did anything more. Cheap: worlds are shared.
    pub fn fork(&self) -> Self {
        let mut line = self.line().clone();
        (line.parent, line.from, line.shared) = (None, Time::ZERO, 0);
        Self {
            spec: self.spec.clone(),
            lines: vec![line],
            on: BranchId(0),
            world: self.world.clone(),
            done: self.done,
        }
    }

    /// The session as a value.
    pub fn story(&self) -> Story {
        let branches = self.lines.iter().map(|line| StoryBranch {
            parent: line.parent,
            from: line.from,
            reach: line.reach,
            shared: line.shared as u32,
            actions: line.actions[line.shared..].to_vec(),
        });
        Story { spec: (*self.spec).clone(), branches: branches.collect(), on: self.on, at: self.world.now() }
    }

    /// The session of a value, at the branch and instant it names. Runs it up to there.
    ///
    /// # Errors
    /// If its branches do not make a tree.
    pub fn from_story(story: Story) -> Result<Self, StoryError> {
        let mut session = Self::new(story.spec);
        let mut lines: Vec<Line> = Vec::with_capacity(story.branches.len());
        for (n, branch) in story.branches.into_iter().enumerate() {
            let id = BranchId(n as u16);
            let parent = branch.parent.map(|parent| lines.get(usize::from(parent.0)));
            let shared = branch.shared as usize;
            let mut line = match (n, parent) {
                (0, None) => Line::trunk(&session.world, Vec::new()),
                (1.., Some(Some(parent))) => {
                    let Some(shared) = parent.actions.get(..shared) else {
                        return Err(StoryError::TooMuchShared(id));
                    };
                    Line { parent: branch.parent, actions: shared.to_vec(), ..parent.clone() }
                }
                _ => return Err(StoryError::NoParent(id)),
            };
            (line.from, line.reach, line.shared) = (branch.from, branch.reach, line.actions.len());
            line.actions.extend(branch.actions);
            line.actions = super::in_time(line.actions);
            lines.push(line);
        }
        if usize::from(story.on.0) >= lines.len() {
            return Err(StoryError::NoBranch(story.on));
        }
        (session.lines, session.on) = (lines, story.on);
        session.seek(story.at);
        Ok(session)
    }
}

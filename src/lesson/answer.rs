//! Questions: the right answer is what happens in a copy of the world that is run forward.

use super::event::Event;
use super::format::{Ask, Choice, Guess};
use super::lab::Lab;
use super::probe::Value;
use super::scope::{Begin, Scope};
use super::script::{Problem, forward};
use super::text::Named;
use crate::redis::Time;
use serde::{Deserialize, Serialize};

/// An answer: a guess, or the right one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// Options by their places: one, or several where several may be right.
    Choose(Vec<u32>),
    /// Items by their places, first to last.
    Order(Vec<u32>),
    /// A number, or the position of a byte.
    Number(i64),
    /// A node's name.
    Node(String),
}

/// What the copy of the world showed.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The right answer.
    pub right: Reply,
    /// The values for the explanation.
    pub values: Named<Value>,
    /// The deciding instant.
    pub moment: Option<Time>,
    /// The end of the run.
    pub ends: Time,
}

/// A guess, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is right.
    pub right: bool,
    /// What was guessed.
    pub guess: Reply,
    /// The right answer.
    pub correct: Reply,
    /// Guess less right answer, for numbers; how many items are not in their place, for orders; 0 or 1
    /// otherwise.
    pub gap: i64,
    /// The values for the explanation.
    pub values: Named<Value>,
    /// The deciding instant.
    pub moment: Option<Time>,
    /// The end of the run.
    pub ends: Time,
}

/// Why a question has no right answer in this world.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// The run cannot be gone through.
    #[error("run.do[{0}]: {1}")]
    Run(usize, Problem),
    /// No option, or no node, is right.
    #[error("no {0} is right in the end: one must be")]
    None(&'static str),
    /// Several are right where one must be.
    #[error("more than one {0} is right in the end: {1}")]
    Several(&'static str, String),
    /// Something to be ordered does not happen.
    #[error("item {0} does not happen in the run")]
    Never(usize),
    /// Two items are the same event.
    #[error("items {0} and {1} are the same event")]
    Same(usize, usize),
    /// The probe finds no number.
    #[error("the probe finds no number in the end")]
    NoNumber,
    /// The right number is not on the slider.
    #[error("the right answer, {0}, is not on the slider")]
    OffSlider(i64),
    /// The guess is of another kind than the question.
    #[error("this is not an answer to the question")]
    Kind,
}

impl Ask {
    /// Runs a copy of the lab forward and sees what is right. Events count from now on.
    ///
    /// # Errors
    /// If the question has no right answer here.
    pub fn outcome(&self, lab: &Lab) -> Result<Outcome, AskError> {
        let begin = Begin::now(lab);
        let mut copy = lab.clone();
        forward(&mut copy, &self.run, begin).map_err(|(at, problem)| AskError::Run(at, problem))?;
        let scope = Scope::new(&copy, begin);
        let right = self.guess.right(&scope)?;
        let values = read_all(&self.values, &scope);
        let moment = self.moment.as_ref().and_then(|event| event.first(&scope)).map(|entry| entry.at);
        Ok(Outcome { right, values, moment, ends: copy.now() })
    }

    /// Judges a guess by an outcome.
    ///
    /// # Errors
    /// If the guess is of another kind than the question.
    pub fn judge(&self, guess: Reply, outcome: &Outcome) -> Result<Verdict, AskError> {
        let (gap, tolerance) = match (&self.guess, &guess, &outcome.right) {
            (_, Reply::Choose(a), Reply::Choose(b)) => {
                let same = a.len() == b.len() && a.iter().all(|one| b.contains(one));
                (i64::from(!same), 0)
            }
            (_, Reply::Order(a), Reply::Order(b)) => {
                let out = a.iter().zip(b).filter(|(a, b)| a != b).count();
                (out.max(a.len().abs_diff(b.len())) as i64, 0)
            }
            (
                Guess::Number { tolerance, .. } | Guess::Byte { tolerance, .. },
                Reply::Number(a),
                Reply::Number(b),
            ) => (a.saturating_sub(*b), i64::from(*tolerance)),
            (_, Reply::Node(a), Reply::Node(b)) => (i64::from(a != b), 0),
            _ => return Err(AskError::Kind),
        };
        Ok(Verdict {
            right: gap.saturating_abs() <= tolerance,
            guess,
            correct: outcome.right.clone(),
            gap,
            values: outcome.values.clone(),
            moment: outcome.moment,
            ends: outcome.ends,
        })
    }
}

/// Reads a list of probes.
pub fn read_all(probes: &Named<super::Probe>, scope: &Scope<'_>) -> Named<Value> {
    Named(probes.0.iter().map(|(name, probe)| (name.clone(), probe.read(scope))).collect())
}

impl Guess {
    fn right(&self, scope: &Scope<'_>) -> Result<Reply, AskError> {
        match self {
            Self::Choose(options) => {
                let right = holding(options, scope);
                match right.as_slice() {
                    [] => Err(AskError::None("option")),
                    [_] => Ok(Reply::Choose(right)),
                    several => Err(AskError::Several("option", listed(several))),
                }
            }
            Self::ChooseAll(options) => match holding(options, scope) {
                right if right.is_empty() => Err(AskError::None("option")),
                right => Ok(Reply::Choose(right)),
            },
            Self::Order(items) => order(&items.iter().map(|item| &item.event).collect::<Vec<_>>(), scope),
            Self::Number { probe, min, max, .. } => match probe.read(scope).number() {
                None => Err(AskError::NoNumber),
                Some(n) if n < *min || n > *max => Err(AskError::OffSlider(n)),
                Some(n) => Ok(Reply::Number(n)),
            },
            Self::Byte { probe, .. } => {
                probe.read(scope).number().map(Reply::Number).ok_or(AskError::NoNumber)
            }
            Self::Node { when, among } => {
                let mut right = Vec::new();
                for node in scope.world().nodes() {
                    let asked = among.is_empty() || among.iter().any(|name| **name == *node.name);
                    if asked && when.holds(&Scope { this: Some(node.id), ..*scope }) {
                        right.push(String::from(&*node.name));
                    }
                }
                match right.len() {
                    0 => Err(AskError::None("node")),
                    1 => Ok(Reply::Node(right.remove(0))),
                    _ => Err(AskError::Several("node", right.join(", "))),
                }
            }
        }
    }
}

fn holding(options: &[Choice], scope: &Scope<'_>) -> Vec<u32> {
    let right = options.iter().enumerate().filter(|(_, option)| option.when.holds(scope));
    right.map(|(n, _)| n as u32).collect()
}

fn listed(places: &[u32]) -> String {
    let words: Vec<String> = places.iter().map(|n| (n + 1).to_string()).collect();
    words.join(", ")
}

/// The places of events in the order in which they first happen.
fn order(events: &[&Event], scope: &Scope<'_>) -> Result<Reply, AskError> {
    let mut found: Vec<(u32, u32)> = Vec::new();
    for (n, event) in events.iter().enumerate() {
        let entry = event.first(scope).ok_or(AskError::Never(n))?;
        if let Some((_, other)) = found.iter().find(|(id, _)| *id == entry.id.0) {
            return Err(AskError::Same(*other as usize, n));
        }
        let place = found.partition_point(|(id, _)| *id < entry.id.0);
        found.insert(place, (entry.id.0, n as u32));
    }
    Ok(Reply::Order(found.into_iter().map(|(_, n)| n).collect()))
}

//! "Why?": the chain of earlier events that forced an event, as the simulation recorded it.

use super::tell;
use super::words::Words;
use crate::redis::Time;
use crate::sim::{EntryId, LinkId, NodeId, Party, What, World};

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// The event.
    pub id: EntryId,
    /// When.
    pub at: Time,
    /// In words.
    pub text: String,
}

/// What a chain lights on the stage and in the history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lit {
    /// Its events: the one asked about first, the first cause last.
    pub entries: Vec<EntryId>,
    /// The nodes where they happened.
    pub nodes: Vec<NodeId>,
    /// The links that carried them.
    pub links: Vec<LinkId>,
}

/// So many causes are written out; a long snapshot is a long chain.
const SHOWN: usize = 24;

impl Lit {
    /// The chain that led to an event.
    pub fn of(world: &World, id: EntryId) -> Self {
        let mut lit = Self::default();
        for entry in world.trace().why(id) {
            lit.entries.push(entry.id);
            if let Some(Party::Node(node)) = entry.party
                && !lit.nodes.contains(&node)
            {
                lit.nodes.push(node);
            }
            let link = match &entry.what {
                What::Sent(sent) => sent.link,
                What::LinkMode { link, .. } => Some(*link),
                _ => None,
            };
            if let Some(link) = link.filter(|link| !lit.links.contains(link)) {
                lit.links.push(link);
            }
        }
        lit
    }

    /// Whether nothing is lit.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The chain in words, the event asked about first; and how many earlier ones are left out.
    pub fn tell(&self, world: &World, words: &Words) -> (Vec<Because>, usize) {
        let told = self.entries.iter().take(SHOWN).filter_map(|id| {
            let entry = world.trace().get(*id)?;
            Some(Because { id: *id, at: entry.at, text: tell::sentence(world, entry, words) })
        });
        (told.collect(), self.entries.len().saturating_sub(SHOWN))
    }
}

//! What a world tells of its past: its trace, and what its clients were answered. The worlds that are kept
//! for going back have none of it; one world of the branch has it for all of them.

use crate::sim::log::Log;
use crate::sim::trace::Trace;
use crate::sim::world::World;

impl World {
    /// A copy without its past, unless it is the start.
    pub(super) fn without_past(&self) -> Self {
        let mut copy = self.clone();
        if self.steps() > 0 {
            copy.trace = Trace::forgotten(self.trace.len());
            for client in &mut copy.clients {
                client.log = Log::forgotten(client.log.len());
            }
        }
        copy
    }

    /// Takes its past from a later world of the same branch, as far as that one has it.
    pub(super) fn take_past(&mut self, later: &Self) {
        if let Some(trace) = later.trace.until(self.trace.len()) {
            self.trace = trace;
        }
        for (client, later) in self.clients.iter_mut().zip(&later.clients) {
            if let Some(log) = later.log.until(client.log.len()) {
                client.log = log;
            }
        }
    }

    /// Forgets all but about the newest `keep` entries of the trace, and what clients were answered before
    /// those. A console's log is short: a person wrote it.
    pub(super) fn forget(&mut self, keep: u32) {
        self.trace.forget(keep);
        let Some(oldest) = self.trace.iter().next().map(|entry| entry.at) else { return };
        for client in &mut self.clients {
            if !client.console {
                let kept = client.log.iter().rev().take_while(|exchange| exchange.done >= oldest).count();
                client.log.forget(kept as u32);
            }
        }
    }
}

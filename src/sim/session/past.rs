//! What a world tells of its past: its trace, and what its clients were answered. Of the worlds that are
//! kept for going back none has it; the branch has it once, for all of them.

use crate::sim::client::{Client, Exchange};
use crate::sim::log::Log;
use crate::sim::trace::Trace;
use crate::sim::world::World;

/// The past of a branch, as far as it is not forgotten.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    trace: Trace,
    /// Of each client that is no console, in their order.
    logs: Vec<Log<Exchange>>,
}

impl Past {
    /// Takes over what a world tells, if that is more.
    pub(super) fn follow(&mut self, world: &World) {
        if world.trace().len() > self.trace.len() {
            *self = Self::of(world);
        }
    }

    /// What a world tells.
    pub(super) fn of(world: &World) -> Self {
        Self {
            trace: world.trace().clone(),
            logs: world.clients().map(|client| client.log.clone()).collect(),
        }
    }

    /// Gives a world that was kept the past that it had, as far as it is known.
    pub(super) fn give(&self, world: &mut World) {
        if let Some(trace) = self.trace.until(world.trace().len()) {
            world.trace = trace;
        }
        for (client, log) in clients(world).zip(&self.logs) {
            if let Some(log) = log.until(client.log.len()) {
                client.log = log;
            }
        }
    }

    /// Forgets all but about the newest `keep` entries of the trace, and what clients were answered before
    /// those.
    pub(super) fn forget(&mut self, keep: u32) {
        forget(&mut self.trace, self.logs.iter_mut(), keep);
    }
}

impl World {
    /// A copy without its past, unless it is the start. A console's log is short: a person wrote it.
    pub(super) fn without_past(&self) -> Self {
        let mut copy = self.clone();
        if self.steps() > 0 {
            copy.trace = Trace::forgotten(self.trace.len());
            clients(&mut copy).for_each(|client| client.log = Log::forgotten(client.log.len()));
        }
        copy
    }

    /// Forgets like [`Past::forget`].
    pub(super) fn forget(&mut self, keep: u32) {
        let console = self.clients.iter().position(|client| client.console).unwrap_or(self.clients.len());
        let logs = self.clients[..console].iter_mut().map(|client| &mut client.log);
        forget(&mut self.trace, logs, keep);
    }
}

/// The clients that are no consoles.
fn clients(world: &mut World) -> impl Iterator<Item = &mut Client> {
    world.clients.iter_mut().filter(|client| !client.console)
}

fn forget<'a>(trace: &mut Trace, logs: impl Iterator<Item = &'a mut Log<Exchange>>, keep: u32) {
    trace.forget(keep);
    let Some(oldest) = trace.iter().next().map(|entry| entry.at) else { return };
    for log in logs {
        let kept = log.iter().rev().take_while(|exchange| exchange.done >= oldest).count();
        log.forget(kept as u32);
    }
}

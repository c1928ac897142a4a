//! Doing what a person or a script says.

use super::action::{Action, ActionError, LinkMode};
use super::ids::{ClientId, EntryId, LinkId, NodeId};
use super::trace::What;
use super::world::World;

impl World {
    /// Does an action at once.
    ///
    /// # Errors
    /// If what it names does not exist or is in the wrong state; the world is as before.
    pub fn act(&mut self, action: &Action) -> Result<(), ActionError> {
        self.allowed(action)?;
        let entry = Some(self.note(None, None, What::Action(Box::new(action.clone()))));
        match action {
            Action::Cut(link) => self.set_link_mode(*link, LinkMode::Cut, entry),
            Action::Heal(link) => self.set_link_mode(*link, LinkMode::Up, entry),
            Action::SetLinkMode(link, mode) => self.set_link_mode(*link, *mode, entry),
            Action::SetLinkPath { link, latency, jitter, rate } => {
                let path = &mut self.links[link.index()].path;
                (path.latency, path.jitter, path.rate) = (*latency, *jitter, *rate);
            }
            Action::Write { node, args } => self.console_write(*node, args, entry),
            Action::ReplicaOf { node, of } => {
                let port = of.as_ref().map(|of| of.port.to_string());
                let args: [&[u8]; 3] = match (of, &port) {
                    (Some(of), Some(port)) => [b"replicaof", of.host.as_bytes(), port.as_bytes()],
                    _ => [b"replicaof", b"no", b"one"],
                };
                self.operate(*node, &args, entry);
            }
            Action::Kill(node) => self.stop(*node, entry),
            Action::Restart { node, keep_rdb } => {
                if !keep_rdb {
                    self.nodes[node.index()].rdb = None;
                }
                self.start(*node, entry);
            }
            Action::Pause(node) => self.pause(*node, entry),
            Action::Resume(node) => self.resume(*node, entry),
            Action::ClientRate { client, every } => {
                self.clients[client.index()].every = *every;
                self.restart_ticks(*client, entry);
            }
            Action::ClientRun(client, run) => {
                self.clients[client.index()].running = *run;
                self.restart_ticks(*client, entry);
            }
        }
        Ok(())
    }

    /// Whether an action can be done now.
    fn allowed(&self, action: &Action) -> Result<(), ActionError> {
        match action {
            Action::Cut(link) | Action::Heal(link) | Action::SetLinkPath { link, .. } => {
                self.known_link(*link)
            }
            Action::SetLinkMode(link, mode) => {
                self.known_link(*link)?;
                let ends = self.link(*link).map(|link| [link.a, link.b]);
                match (mode, ends) {
                    (LinkMode::OneWay { to }, Some(ends)) if !ends.contains(to) => {
                        Err(ActionError::NotAnEnd(*link, *to))
                    }
                    _ => Ok(()),
                }
            }
            Action::Write { args, .. } if args.is_empty() => Err(ActionError::Empty),
            Action::Write { node, .. }
            | Action::ReplicaOf { node, .. }
            | Action::Kill(node)
            | Action::Pause(node)
            | Action::Resume(node) => match self.known_node(*node)? {
                true => Ok(()),
                false => Err(ActionError::NodeDown(*node)),
            },
            Action::Restart { node, .. } => match self.known_node(*node)? {
                false => Ok(()),
                true => Err(ActionError::NodeUp(*node)),
            },
            Action::ClientRate { every, .. } if every.as_micros() == 0 => Err(ActionError::Empty),
            Action::ClientRate { client, .. } | Action::ClientRun(client, _) => self.known_client(*client),
        }
    }

    fn known_link(&self, id: LinkId) -> Result<(), ActionError> {
        self.link(id).map(|_| ()).ok_or(ActionError::NoLink(id))
    }

    /// Whether the node is alive.
    fn known_node(&self, id: NodeId) -> Result<bool, ActionError> {
        self.node(id).map(super::node::Node::alive).ok_or(ActionError::NoNode(id))
    }

    fn known_client(&self, id: ClientId) -> Result<(), ActionError> {
        self.client(id).filter(|client| !client.console).map(|_| ()).ok_or(ActionError::NoClient(id))
    }

    fn pause(&mut self, node: NodeId, cause: Option<EntryId>) {
        if !std::mem::replace(&mut self.nodes[node.index()].paused, true) {
            self.note(Some(super::ids::Party::Node(node)), cause, What::Paused);
        }
    }

    fn resume(&mut self, node: NodeId, cause: Option<EntryId>) {
        if std::mem::replace(&mut self.nodes[node.index()].paused, false) {
            self.note(Some(super::ids::Party::Node(node)), cause, What::Resumed);
            self.drain(node);
        }
    }
}

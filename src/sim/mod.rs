//! The world around the core: servers, links, clients, faults, time and the trace.
pub mod action;
pub mod client;
pub mod digest;
pub mod ids;
pub mod link;
pub mod log;
pub mod node;
pub mod packet;
pub mod settings;
pub mod spec;
pub mod trace;
pub mod session;
mod world;

pub use action::{Action, ActionError, LinkMode};
pub use client::{Client, Exchange};
pub use ids::{ClientId, EntryId, LinkId, NodeId, PacketId, Party, WireId};
pub use link::Link;
pub use log::Log;
pub use node::Node;
pub use packet::{LINGER, Packet, PacketKind};
pub use session::Session;
pub use settings::NodeSettings;
pub use spec::{ClientSpec, LinkSpec, NodeSpec, PathSpec, TimedAction, WorldSpec, WriteLoad};
pub use trace::{CloseReason, Entry, Sent, Trace, What};
pub use world::World;

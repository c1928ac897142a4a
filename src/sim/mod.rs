//! The world around the core: servers, links, clients, faults, time and the trace.
//!
//! ```
//! use psync_lab::redis::Time;
//! use psync_lab::sim::{Action, LinkId, Session, WorldSpec};
//!
//! let mut session = Session::new(WorldSpec::course());
//! session.advance(Time::from_millis(10_000)); // both replicas have synced
//! session.act(Action::Cut(LinkId(0)))?;
//! session.advance(Time::from_millis(11_000)); // the other one goes on
//! for entry in session.world().trace().iter() {
//!     println!("{}", session.world().line(entry)); // "10.000   network   a-b cut"
//! }
//! session.seek(Time::from_millis(2_000)); // exactly the state that was there
//! # Ok::<(), psync_lab::sim::ActionError>(())
//! ```
//!
//! Start reading at [`World`] (what runs), then `net` and `faults` (the network), `run` (the
//! servers), [`trace`] (what is recorded) and [`Session`] (history as a value). [`script`] tells
//! stories as text, [`check`] says what must always hold. Deliberately not here: anything that knows
//! Redis's protocol, words of the page, and floating point numbers.

mod act;
pub mod action;
pub mod bench;
pub mod check;
pub mod client;
pub mod compare;
pub mod digest;
pub mod fanout;
mod faults;
pub mod ids;
mod line;
pub mod link;
pub mod log;
mod net;
pub mod node;
mod numbered;
pub mod packet;
mod peers;
mod queue;
mod run;
pub mod script;
pub mod session;
pub mod settings;
pub mod spec;
pub mod trace;
mod wire;
mod world;

pub use action::{Action, ActionError, LinkMode};
pub use client::{Client, Exchange};
pub use ids::{ClientId, EntryId, LinkId, NodeId, PacketId, Party, WireId};
pub use link::Link;
pub use log::Log;
pub use node::Node;
pub use packet::{LINGER, Packet, PacketKind};
pub use session::{Branch, BranchId, Grain, Mark, MarkKind, Session, Story, StoryBranch, StoryError};
pub use settings::NodeSettings;
pub use spec::{ClientSpec, LinkSpec, NodeSpec, PathSpec, TimedAction, WorldSpec, WriteLoad};
pub use trace::{CloseReason, Entry, Sent, Trace, What};
pub use world::World;

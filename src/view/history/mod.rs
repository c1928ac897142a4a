//! The History view: a chart of offsets above the space–time diagram, on one axis of model time.
//!
//! [`Record`] follows the trace and keeps what is drawn; [`Chart`] draws a window of it with a
//! bounded number of marks, whatever the length of the session.

mod chart;
mod record;

pub use chart::{Band, Chart, Lane, Tick, Window};
pub use record::{Cut, Message, Record, Sync};

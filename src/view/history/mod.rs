//! The History view: a chart of offsets above the space–time diagram, on one axis of model time.
//!
//! [`Record`] follows the trace and keeps what is drawn; [`Chart`] draws a window of it with a
//! bounded number of marks, whatever the length of the session.

mod axis;
mod chart;
mod density;
mod messages;
mod pins;
mod record;
mod window;

pub use chart::{Band, Chart, Dense, Hit, Lane, Paper, Segment, Tick, Twig};
pub use density::{Count, Density};
pub use pins::Pin;
pub use record::{Cut, Fork, Message, Record, Sync};
pub use window::{Window, Zoom};

//! The History view: a chart of offsets above the space–time diagram, on one axis of model time.
//!
//! [`Record`] follows the trace and keeps what is drawn; [`Chart`] draws a window of it with a
//! bounded number of marks, whatever the length of the session.

mod axis;
mod chart;
#[cfg(test)]
mod chart_tests;
mod density;
mod messages;
mod packed;
mod pins;
mod record;
#[cfg(test)]
mod record_tests;
mod series;
mod thin;
mod window;

pub use chart::{Band, Chart, Dense, Hit, Lane, Paper, Part, Segment, Tick, Twig};
pub use density::{Count, Density};
pub use pins::Pin;
pub use record::{Cut, Fork, Record, Sync};
pub use series::{Fed, Message, Messages, Steps};
pub use window::{Window, Zoom};

//! sim
pub mod digest;

#![doc = include_str!("../ARCHITECTURE.md")]

#[cfg(any(feature = "digest", feature = "lesson-reader"))]
pub mod exports;
pub mod lesson;
#[cfg(all(feature = "node", not(target_arch = "wasm32")))]
pub mod node;
pub mod redis;
#[cfg(feature = "share")]
pub mod share;
pub mod sim;
#[cfg(feature = "ui")]
pub mod ui;
pub mod view;

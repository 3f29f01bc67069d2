//! BPMN 2.0 as data. No engine, no I/O, no clock.
//!
//! A model's way through this crate: bytes are read by [`read`] into a [`model::Definitions`] that keeps everything the
//! file holds; [`compile`] resolves one process of it into a [`compile::Program`], the only thing an engine executes;
//! [`behaviour`] explores what a program can do; [`expression`] evaluates its conditions and values. [`write`](mod@write) turns a model back into XML.
//! What is wrong with a model is said by [`diagnostic::Diagnostic`]s, all at once, each with code and position.

#![warn(missing_docs, clippy::indexing_slicing, clippy::as_conversions)]
#![cfg_attr(
    test,
    allow(clippy::indexing_slicing, reason = "a test that is out of bounds fails, as it should")
)]

pub mod behaviour;
mod circle;
pub mod compile;
pub mod cron;
pub mod decision;
pub mod diagnostic;
pub mod dialect;
pub mod expression;
pub mod limits;
pub mod lint;
pub mod model;
pub mod read;
pub mod render;
pub mod write;
pub mod xml;

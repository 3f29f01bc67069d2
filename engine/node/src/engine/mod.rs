//! The engine role: the pumped driver, its hands (plugins, deliveries, answers) and its ear (the own mailbox).

pub mod answer;
pub mod deliver;
pub mod deployment;
pub mod inbox;
pub mod link;
pub mod local;
pub mod operator;
pub mod perform;
pub mod pump;
pub mod workers;

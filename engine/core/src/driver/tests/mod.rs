//! What a site promises, on a pump in memory: behaviour (`behaviour`), and convergence after a fault at every border of a
//! short history (`faults`).
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test names what it wants to see and panics at everything else"
)]

mod behaviour;
mod faults;
mod operations;
mod pump;

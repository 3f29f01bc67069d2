//! What a site promises, on a pump in memory: behaviour (`behaviour`), and convergence after a fault at every border of a
//! short history (`faults`).

mod behaviour;
mod faults;
mod pump;

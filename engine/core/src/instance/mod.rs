//! One process instance.

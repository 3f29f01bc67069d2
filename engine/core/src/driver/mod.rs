//! The order of load, decide, commit, perform, reply.

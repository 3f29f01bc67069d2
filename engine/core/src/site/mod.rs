//! What a site remembers.

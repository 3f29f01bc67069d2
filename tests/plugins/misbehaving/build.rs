//! Does nothing, on purpose: a package with a build script is built again when any of its files changes, so that a new
//! model or resource finds its way into the component.

fn main() {}

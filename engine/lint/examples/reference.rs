//! Writes the reference of all rules, without building the program: `tessera lint --list --format markdown` says the same.

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    io::stdout().lock().write_all(tessera_lint::reference::document().as_bytes())
}

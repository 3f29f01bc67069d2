//! The id of a process is the domain of its author, `_`, and a name.
//!
//! **Why it is bad.** The address of its ActivityDefinition is made of it; with another id the process cannot be
//! started.
//!
//! **Bad**
//! ```xml
//! <process id="«hello»" isExecutable="true"/>
//! ```
//! **Good**
//! ```xml
//! <process id="dsfdev_hello" isExecutable="true"/>
//! ```
//! **How to fix.** Write the domain without dots, `_`, and the name: `dsfdev_hello`.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for process in file.named("process").iter().filter(|process| process.flag("isExecutable")) {
        let Some(id) = process.id() else { continue };
        let is_part = |part: &str, more: &[char]| {
            !part.is_empty()
                && part.chars().all(|letter| letter.is_ascii_alphanumeric() || more.contains(&letter))
        };
        let is_right =
            id.split_once('_').is_some_and(|(domain, name)| is_part(domain, &['-']) && is_part(name, &['-']));
        if !is_right {
            findings
                .on_attribute(*process, "id", format!("`{id}` is not a domain, `_` and a name"))
                .help("such as `dsfdev_hello`");
        }
    }
}

//! A plugin asks for no capability that it does not use.
//!
//! An operator grants what is asked for; what is not needed is only of use to who takes the plugin over.
//!
//! **Bad**:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0", "capabilities": [ { "id": "«directory.read»" } ], "imports": [ "tessera:process/log@0.1.0" ] }
//! ```
//! **Good**:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0", "capabilities": [ { "id": "directory.read" } ], "imports": [ "tessera:process/directory@0.1.0" ] }
//! ```

use super::capability_declared::INTERFACES;
use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    let Some(plugin) = &package.plugin else { return };
    let sends = || package.processes().flat_map(|process| process.value.sends.iter());
    // A message name that is computed may be any.
    let is_open = sends().any(|send| send.literal("messageName").is_none());
    for capability in &plugin.capabilities {
        let name = capability.name();
        let message = if name == "message.send" {
            let unused = |message: &&str| {
                !sends()
                    .any(|send| send.literal("messageName").is_some_and(|sent| sent.text.trim() == *message))
            };
            let unused: Vec<&str> =
                capability.scope().unwrap_or_default().into_iter().filter(unused).collect();
            let is_needless = capability.scope().is_none() && sends().next().is_none();
            if is_needless {
                "no model sends a message".to_owned()
            } else if unused.is_empty() || is_open {
                continue;
            } else {
                format!("no model sends the message `{}`", unused.join("`, `"))
            }
        } else {
            let interface = INTERFACES.iter().find(|(_, names)| names.contains(&name));
            match interface {
                Some((interface, _)) if !plugin.imports(interface) => {
                    format!("the code does not use the interface `{interface}`")
                }
                _ => continue,
            }
        };
        let (file, span) = package.in_manifest(&capability.id);
        found.at(file, span, format!("the capability `{}` is not used: {message}", capability.id));
    }
}

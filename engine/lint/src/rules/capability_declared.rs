//! A plugin declares the capabilities that its models and its code use: `message.send:<names>` for each message that is
//! sent, `directory.read` and `fhir.read` where its code imports these interfaces.
//!
//! What is not declared is not granted: the first call fails.
//!
//! **Bad**, the capability names another message:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0", "capabilities": [ { "id": "message.send:count" } ] }
//! ```
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tessera="https://tessera.dev/bpmn/1">
//!   <process id="exampleorg_count" isExecutable="true"><sendTask id="send" tessera:handler="send"><extensionElements>
//!     <tessera:field name="messageName" value="«sum»"/>
//!   </extensionElements></sendTask></process>
//! </definitions>
//! ```
//! **Good**:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0", "capabilities": [ { "id": "message.send:sum" } ] }
//! ```
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tessera="https://tessera.dev/bpmn/1">
//!   <process id="exampleorg_count" isExecutable="true"><sendTask id="send" tessera:handler="send"><extensionElements>
//!     <tessera:field name="messageName" value="sum"/>
//!   </extensionElements></sendTask></process>
//! </definitions>
//! ```

use tessera_bpmn::lint::Span;

use crate::package::Package;
use crate::report::Found;

/// Interfaces that need a capability, and the capabilities that allow them.
pub(super) const INTERFACES: &[(&str, &[&str])] = &[
    ("directory", &["directory.read"]),
    ("fhir", &["fhir.read", "fhir.write", "fhir.delete", "fhir.operation"]),
];

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    let Some(plugin) = &package.plugin else { return };
    let declares = |name: &str| plugin.capabilities.iter().any(|capability| capability.name() == name);
    for (interface, capabilities) in INTERFACES {
        if plugin.imports(interface) && !capabilities.iter().any(|name| declares(name)) {
            let (file, _) = package.in_manifest(&plugin.name);
            let message = format!("the code uses the interface `{interface}`, no capability allows it");
            found
                .at(file, Span::default(), message)
                .help(format!("declare `{}`", capabilities.join("` or `")));
        }
    }
    for process in package.processes().filter(|process| process.is_executable) {
        for send in &process.sends {
            let Some(message) = send.literal("messageName").filter(|name| !name.text.trim().is_empty())
            else {
                continue;
            };
            let name = message.text.trim();
            let is_declared = plugin
                .capabilities
                .iter()
                .filter(|capability| capability.name() == "message.send")
                .any(|capability| capability.scope().is_none_or(|scope| scope.contains(&name)));
            if !is_declared {
                let text = format!("no capability of the plugin allows to send the message `{name}`");
                found
                    .value(process.file, message, text)
                    .about(send.element.clone())
                    .help(format!("declare `message.send:{name}`"));
            }
        }
    }
}

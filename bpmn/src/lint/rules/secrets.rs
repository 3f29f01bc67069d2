//! Secrets are written as `{{secrets.NAME}}`.
//!
//! **Why it is bad.** The form `secrets.NAME` is not replaced any more: its text is what the connector gets.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="t"/>
//!     <zeebe:ioMapping><zeebe:input source="«=secrets.KEY»" target="key"/></zeebe:ioMapping>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="t"/>
//!     <zeebe:ioMapping><zeebe:input source="{{secrets.KEY}}" target="key"/></zeebe:ioMapping>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **How to fix.** Write `{{secrets.NAME}}`.

use crate::lint::{File, Findings, Space};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.document().nodes().filter(|node| node.space() == Space::Zeebe) {
        for attribute in node.attributes() {
            if names_secret(node.attribute_value(attribute)) {
                findings
                    .at(attribute.value_span(), "the secret is not written in braces")
                    .help("write {{secrets.NAME}}");
            }
        }
    }
}

/// Whether a text names a secret outside of braces.
fn names_secret(text: &str) -> bool {
    text.match_indices("secrets.").any(|(at, found)| {
        let before = text.get(..at).unwrap_or_default().trim_end();
        let after = text.get(at.saturating_add(found.len())..).unwrap_or_default();
        !before.ends_with("{{")
            && !before.ends_with(|last: char| last.is_alphanumeric() || last == '_' || last == '.')
            && after.starts_with(|next: char| next.is_ascii_alphabetic() || next == '_')
    })
}

//! Passwords, tokens and keys are not written into a model.
//!
//! **Why it is bad.** A model is mailed, drawn and versioned: everybody who sees it has the secret.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="t" camunda:class="org.example.Call"><extensionElements>
//!     <camunda:field name="password" stringValue="«hunter2»"/>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="t" camunda:class="org.example.Call"><extensionElements>
//!     <camunda:field name="password" stringValue="${password}"/>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **How to fix.** Refer to a variable or to the configuration of the site.

use crate::lint::{File, Findings, Space};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.document().nodes() {
        if !matches!(node.space(), Space::Camunda | Space::Zeebe | Space::Tessera) {
            continue;
        }
        let name = ["name", "key", "target"].iter().find_map(|attribute| node.attribute(attribute));
        if !name.is_some_and(is_secret) {
            continue;
        }
        let literal =
            ["stringValue", "value", "source"].iter().find_map(|attribute| node.attribute_record(attribute));
        match literal {
            Some(attribute) if is_literal(node.attribute_value(attribute)) => {
                findings.at(attribute.value_span(), "a secret is written into the model");
            }
            None if node.is_in(Space::Camunda, "inputParameter") || node.children().count() == 1 => {
                let holder = node.children().find(|child| child.name() == "string").unwrap_or(node);
                if holder.children().next().is_none() && is_literal(&holder.text()) {
                    findings.at(holder.text_span(), "a secret is written into the model");
                }
            }
            Some(_) | None => {}
        }
    }
}

/// Whether something is called like a secret.
fn is_secret(name: &str) -> bool {
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    ["password", "passwd", "secret", "apikey", "accesstoken", "privatekey", "bearertoken"]
        .iter()
        .any(|known| name.ends_with(known))
}

/// Whether a value is written down, and neither computed nor replaced.
fn is_literal(value: &str) -> bool {
    let value = value.trim();
    !value.is_empty() && !value.contains(['$', '#', '{']) && !value.starts_with('=')
}

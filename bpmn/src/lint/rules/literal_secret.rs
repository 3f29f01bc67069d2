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
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="t" camunda:class="org.example.Call"><extensionElements>
//!     <camunda:field name="url" stringValue="«https://alice:hunter2@example.org/api»"/>
//!     <camunda:field name="header" stringValue="«Bearer eyJhbGciOiJIUzI1NiJ9»"/>
//!     <camunda:field name="token" stringValue="«c0ffee»"/>
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
//! ```xml
//! <process id="p" isExecutable="true"><serviceTask id="t"><extensionElements>
//!   <zeebe:ioMapping><zeebe:input source="secrets.MAIL_KEY" target="apiKey"/></zeebe:ioMapping>
//! </extensionElements></serviceTask></process>
//! ```
//! **How to fix.** Refer to a variable or to the configuration of the site.

use crate::lint::{File, Findings, Space};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.document().nodes() {
        if !matches!(node.space(), Space::Camunda | Space::Zeebe | Space::Tessera) {
            continue;
        }
        let name = ["name", "key", "target"].iter().find_map(|attribute| node.attribute(attribute));
        let is_named = name.is_some_and(is_secret);
        let is_written = |value: &str| is_literal(value) && is_named || shows_secret(value);
        let literal =
            ["stringValue", "value", "source"].iter().find_map(|attribute| node.attribute_record(attribute));
        match literal {
            Some(attribute) if is_written(node.attribute_value(attribute)) => {
                findings.at(attribute.value_span(), "a secret is written into the model");
            }
            None if node.is_in(Space::Camunda, "inputParameter") || node.children().count() == 1 => {
                let holder = node.children().find(|child| child.name() == "string").unwrap_or(node);
                if holder.children().next().is_none() && is_written(&holder.text()) {
                    findings.at(holder.text_span(), "a secret is written into the model");
                }
            }
            Some(_) | None => {}
        }
    }
}

/// A shorter word behind `Bearer` is no token.
const TOKEN_BYTES_MIN: usize = 8;
/// The identifier of an access key, behind its prefix.
const CLOUD_KEY_BYTES: usize = 16;

/// Whether something is called like a secret.
fn is_secret(name: &str) -> bool {
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    ["password", "passwd", "passwort", "secret", "apikey", "privatekey", "token"]
        .iter()
        .any(|known| name.ends_with(known))
}

/// Whether a value is a secret by its looks: a token of HTTP, a private key, a key of a cloud, a password in a url.
fn shows_secret(value: &str) -> bool {
    let value = value.trim().trim_start_matches('=').trim_matches('"');
    let token = ["Bearer ", "Basic "].iter().find_map(|scheme| value.strip_prefix(scheme));
    let is_token = token.is_some_and(|token| {
        token.len() >= TOKEN_BYTES_MIN
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte))
    });
    let key = value.strip_prefix("AKIA").unwrap_or_default();
    let is_cloud_key = key.len() == CLOUD_KEY_BYTES
        && key.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let authority =
        value.split_once("://").map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let user = authority.and_then(|authority| authority.rsplit_once('@')).map(|(user, _)| user);
    let password = user.and_then(|user| user.split_once(':')).map(|(_, password)| password);
    let has_password = password.is_some_and(is_literal);
    is_token || is_cloud_key || has_password || value.contains("PRIVATE KEY-----")
}

/// Whether a value is written down, and neither computed nor replaced.
fn is_literal(value: &str) -> bool {
    let value = value.trim();
    // `secrets.NAME` is how connectors of Camunda 8 name a secret.
    !value.is_empty()
        && !value.contains(['$', '#', '{'])
        && !value.starts_with('=')
        && !value.starts_with("secrets.")
}

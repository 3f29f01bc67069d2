//! Each input of a Task says what it is (system and code of one coding) and has a value; exactly one is the message name.
//!
//! Business and correlation keys belong to messages between running processes: a draft has none. Codes that a code
//! system of the package does not have are misspelt.
//!
//! **Bad**, the input has no value:
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft", "input": [
//!   { "type": { "coding": [ { "system": "http://dsf.dev/fhir/CodeSystem/bpmn-message", "code": "message-name" } ] }, "valueString": "startCount" },
//!   «{» "type": { "coding": [ { "system": "http://example.org/fhir/CodeSystem/count", "code": "query" } ] } } ] }
//! ```
//! **Good**:
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft", "input": [
//!   { "type": { "coding": [ { "system": "http://dsf.dev/fhir/CodeSystem/bpmn-message", "code": "message-name" } ] }, "valueString": "startCount" },
//!   { "type": { "coding": [ { "system": "http://example.org/fhir/CodeSystem/count", "code": "query" } ] }, "valueString": "x" } ] }
//! ```
//! **Elsewhere.** dsf-linter: FHIR_TASK_MISSING_INPUT, FHIR_TASK_INPUT_REQUIRED_CODING_SYSTEM_AND_CODING_CODE,
//! FHIR_TASK_INPUT_MISSING_VALUE, FHIR_TASK_INPUT_DUPLICATE_SLICE, FHIR_TASK_REQUIRED_INPUT_WITH_CODE_MESSAGE_NAME,
//! FHIR_TASK_STATUS_REQUIRED_INPUT_BUSINESS_KEY, FHIR_TASK_BUSINESS_KEY_EXISTS, FHIR_TASK_CORRELATION_EXISTS,
//! FHIR_TASK_UNKNOWN_CODE.

use std::collections::BTreeSet;

use tessera_fhir::names;
use tessera_fhir::source::Node;

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::{code_of, known_code, misspelt_system};

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for task in package.drafts() {
        let root = task.root();
        let status = root.text("status").unwrap_or_default();
        if root.items("input").next().is_none() {
            found.on_member(task.file, root, "input", "the Task has no input, not even the message name");
            continue;
        }
        let mut seen = BTreeSet::new();
        let mut message_names: Vec<Node<'_>> = Vec::new();
        let mut has_key = false;
        for input in root.items("input") {
            let Some((system, code)) = code_of(input) else {
                found.on_member(
                    task.file,
                    input,
                    "type",
                    "the input needs a type.coding with system and code",
                );
                continue;
            };
            let is_empty = match input.choice("value") {
                Some((_, value)) => value.as_text().is_some_and(|text| text.trim().is_empty()),
                None => !input.members().any(|(name, _)| name.starts_with("_value")),
            };
            if is_empty {
                let place = input.choice("value").map_or(input, |(_, value)| value);
                found.on(task.file, place, format!("the input `{code}` has no value"));
            }
            if !seen.insert((system, code, input.choice("value").map(|(_, value)| value.value.to_string()))) {
                found.on(task.file, input, format!("the input `{code}` is there twice with the same value"));
            }
            if let Some(meant) = misspelt_system(package, system) {
                let place = coding(input).unwrap_or(input);
                found
                    .on_member(task.file, place, "system", format!("there is no code system `{system}`"))
                    .help(format!("`{meant}` is there"));
            }
            if known_code(package, system, code) == Some(false) {
                let place = coding(input).unwrap_or(input);
                found.on_member(task.file, place, "code", format!("{system} has no code `{code}`"));
            }
            if system != names::BPMN_MESSAGE {
                continue;
            }
            match code {
                names::MESSAGE_NAME => message_names.push(input),
                names::BUSINESS_KEY if status == "draft" => {
                    found.on(
                        task.file,
                        input,
                        "a draft has no business-key: the process gets one when it starts",
                    );
                }
                names::BUSINESS_KEY => has_key = true,
                names::CORRELATION_KEY if status == "draft" => {
                    found.on(task.file, input, "a draft has no correlation-key: it is an answer to nothing");
                }
                _ => {}
            }
        }
        match message_names.as_slice() {
            [] => {
                found.on_member(task.file, root, "input", "there is no input message-name");
            }
            [_] => {}
            [_, second, ..] => {
                found.on(task.file, *second, "a Task has exactly one message-name");
            }
        }
        if matches!(status, "in-progress" | "completed" | "failed") && !has_key {
            let message = format!("the input business-key is needed once the status is `{status}`");
            found.on_member(task.file, root, "input", message);
        }
    }
}

fn coding(input: Node<'_>) -> Option<Node<'_>> {
    input.member("type")?.items("coding").next()
}

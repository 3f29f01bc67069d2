//! For code scanning: SARIF 2.1.0. Columns count characters; a result keeps its fingerprint when the file is edited
//! elsewhere; what was allowed is there with the reason, and what is in the baseline is marked as unchanged.

#![expect(clippy::indexing_slicing, reason = "indexing a JSON object by name inserts what is missing")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tessera_bpmn::lint::{About, FileReport, Finding, Level};

use crate::known;
use crate::outcome::{Checked, Outcome};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The whole document.
pub fn document(outcome: &Outcome) -> Value {
    let places: BTreeMap<&str, usize> =
        known().enumerate().map(|(place, about)| (about.code, place)).collect();
    let mut results = Vec::new();
    for file in &outcome.files {
        results_of(file, &places, &mut results);
    }
    let failures =
        outcome.failures.iter().map(|error| json!({ "level": "error", "message": { "text": error } }));
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "tessera",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": known().map(rule).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "%SRCROOT%": { "description": { "text": "Where the command was run." } } },
            "invocations": [{
                "executionSuccessful": outcome.failures.is_empty(),
                "toolExecutionNotifications": failures.collect::<Vec<_>>(),
            }],
            "results": results,
        }],
    })
}

fn rule(about: &About) -> Value {
    let page = about.page();
    json!({
        "id": about.code,
        "name": about.name,
        "shortDescription": { "text": page.summary },
        "fullDescription": { "text": page.summary },
        "help": { "text": page.text, "markdown": page.text },
        "defaultConfiguration": { "level": level(about.level) },
        "properties": { "tags": [about.group.name()] },
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    }
}

fn results_of(file: &Checked, places: &BTreeMap<&str, usize>, results: &mut Vec<Value>) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut add = |finding: &Finding, more: Value| {
        let mut result = result(&file.report, finding, places);
        let key =
            format!("{}\n{}\n{:?}\n{}", file.report.path, finding.code, finding.element, finding.message);
        let count = seen.entry(key.clone()).or_default();
        *count += 1;
        let digest = Sha256::digest(format!("{key}\n{count}"));
        let print = digest.iter().take(16).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        result["partialFingerprints"] = json!({ "tessera/v1": print });
        if let (Some(result), Value::Object(more)) = (result.as_object_mut(), more) {
            result.extend(more);
        }
        results.push(result);
    };
    for finding in &file.report.findings {
        add(finding, json!({}));
    }
    for (finding, reason) in &file.report.suppressed {
        add(finding, json!({ "suppressions": [{ "kind": "inSource", "justification": reason }] }));
    }
    for finding in &file.known {
        add(
            finding,
            json!({
                "baselineState": "unchanged",
                "suppressions": [{ "kind": "external", "justification": "in the baseline" }],
            }),
        );
    }
}

fn result(report: &FileReport, finding: &Finding, places: &BTreeMap<&str, usize>) -> Value {
    let mut text = finding.message.clone();
    if let Some(help) = &finding.help {
        let _ = write!(text, " ({help})");
    }
    let mut location = json!({ "physicalLocation": physical(&report.path) });
    if !report.text.is_empty() {
        location["physicalLocation"]["region"] = json!({
            "startLine": finding.start.line,
            "startColumn": finding.start.column,
            "endLine": finding.end.line,
            "endColumn": finding.end.column,
        });
    }
    if let Some(element) = &finding.element {
        let name = match &finding.process {
            Some(process) if process != element => format!("{process}/{element}"),
            Some(_) | None => element.clone(),
        };
        location["logicalLocations"] =
            json!([{ "name": element, "fullyQualifiedName": name, "kind": "element" }]);
    }
    let mut result = json!({
        "ruleId": finding.code,
        "level": level(finding.level),
        "message": { "text": text },
        "locations": [location],
    });
    if let Some(place) = places.get(finding.code) {
        result["ruleIndex"] = json!(place);
    }
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(|(number, related)| {
            let mut physical = physical(&report.path);
            physical["region"] =
                json!({ "startLine": related.start.line, "startColumn": related.start.column });
            json!({ "id": number, "message": { "text": related.message }, "physicalLocation": physical })
        });
        result["relatedLocations"] = related.collect();
    }
    result
}

fn physical(path: &str) -> Value {
    let uri = uri(path);
    let mut artifact = json!({ "uri": uri });
    if !uri.starts_with("file:") {
        artifact["uriBaseId"] = json!("%SRCROOT%");
    }
    json!({ "artifactLocation": artifact })
}

/// A path as a URI reference: relative where the path is.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a b/ä.bpmn"), "a%20b/%C3%A4.bpmn");
        assert_eq!(uri("/tmp/x#y.bpmn"), "file:///tmp/x%23y.bpmn");
        assert_eq!(uri("c:x.bpmn"), "c%3Ax.bpmn");
    }
}

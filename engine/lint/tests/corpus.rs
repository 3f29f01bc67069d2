//! The published plugins of the corpus that lies beside the checkout: no error but real defects, each of which is listed here with
//! its reason. Where there is no corpus this passes over nothing.

#![expect(clippy::panic, reason = "a test fails by panicking and says where")]

use std::fs;
use std::path::{Path, PathBuf};

use tessera_bpmn::lint::{Config, Level, Source};

/// Every finding of rules over packages in a folder, as `file:line rule`.
fn found(folder: &str, level: Level) -> Option<Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus").join(folder);
    if !root.exists() {
        return None;
    }
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut open: Vec<PathBuf> = vec![root.clone()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
            continue;
        }
        let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        files.push((path.strip_prefix(&root).unwrap_or(&path).display().to_string(), bytes));
    }
    files.sort();
    let sources: Vec<Source<'_>> = files.iter().map(|(path, bytes)| Source { path, bytes }).collect();
    let report = tessera_lint::package(&sources, None, &Config::default());
    let mut found = Vec::new();
    for file in &report.files {
        for finding in file.findings.iter().filter(|finding| finding.code >= "L7" && finding.level == level) {
            found.push(format!("{}:{} {}", file.path, finding.start.line, finding.rule));
        }
    }
    Some(found)
}

/// Real defects of published plugins and of what is published beside them.
const DSF_ERRORS: &[&str] = &[
    // The tutorial is what learners start from: processes, messages and Tasks are to be filled in.
    "dsf-process-tutorial/tutorial-process/bpe/cos-process.bpmn:3 process-activity-definition",
    "dsf-process-tutorial/tutorial-process/bpe/hrp-process.bpmn:3 process-activity-definition",
    "dsf-process-tutorial/tutorial-process/bpe/hrp-process.bpmn:3 process-version",
    "dsf-process-tutorial/tutorial-process/fhir/example-task.xml:1 task-draft",
    // A unit test of DSF deploys an ActivityDefinition without its profile.
    "dsf/dsf-bpe/dsf-bpe-process-api-v1-impl/test/test-plugin/ActivityDefinition_test.xml:30 message-profile",
    // A slice with max `*` in an element with max 3: FHIR does not allow a slice to occur more often than its element.
    "mii-process-data-sharing/fhir/StructureDefinition/task-received-data-set.xml:55 structure-slice-cardinality",
];

#[test]
fn published_plugins_have_no_errors_but_real_defects() {
    let Some(mut found) = found("dsf", Level::Error) else { return };
    let mut expected: Vec<String> = DSF_ERRORS.iter().map(|&line| line.to_owned()).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn what_a_plugin_may_mend_when_it_is_loaded_is_a_warning() {
    // DSF's own test plugin adds an authorisation when it is loaded, and sends with made-up values in a test of its own.
    let Some(warnings) = found("dsf/dsf/dsf-bpe/dsf-bpe-test-plugin-v2", Level::Warning) else { return };
    for expected in [
        "bpe/test.bpmn:134 send-target",
        "bpe/test.bpmn:211 send-target",
        "bpe/test.bpmn:220 message-authorised",
    ] {
        assert_eq!(warnings.iter().filter(|line| *line == expected).count(), 1, "{expected}: {warnings:#?}");
    }
    assert!(!warnings.iter().any(|line| line == "bpe/test.bpmn:134 field-placeholder"), "{warnings:#?}");
}

#[test]
fn what_dsf_linter_is_tested_with_is_judged_as_there() {
    let Some(errors) = found("invalid/dsf-linter", Level::Error) else { return };
    // The manifest of the corpus says that both models are valid, and names no violation of a resource.
    assert!(errors.is_empty(), "{errors:#?}");
    let warnings = found("invalid/dsf-linter", Level::Warning).unwrap_or_default();
    for expected in [
        "fhir/examples/dashBoardReport/ValueSet/approve-parameters.json:23 value-set-code-known",
        "fhir/examples/dashBoardReport/ValueSet/approve-results.json:26 value-set-code-known",
        "fhir/examples/feasibility/ValueSet/feasibility.json:11 value-set-include-version",
        "fhir/examples/feasibility/ActivityDefinition/feasibilityExecute.json:91 resource-date",
    ] {
        assert!(warnings.iter().any(|line| line == expected), "{expected} is not among {warnings:#?}");
    }
    let notes = found("invalid/dsf-linter", Level::Info).unwrap_or_default();
    let texts = notes.iter().filter(|line| line.ends_with("questionnaire-text")).count();
    assert_eq!(texts, 2, "{notes:#?}");
}

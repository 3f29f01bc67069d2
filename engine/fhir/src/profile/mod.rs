//! Does a Task fit the profiles it names? An interpreter of StructureDefinition differentials as far as profiles of DSF
//! processes use them: cardinality, fixed and pattern values, types of `value[x]`, slices by value, required bindings.
//!
//! A profile that is not installed is an error: what cannot be checked is not accepted. `rules` reads differentials into a
//! tree, `check` walks a resource along it.

mod check;
mod rules;

use serde_json::Value;

use crate::definitions::Definitions;
use crate::names;
use crate::outcome::Issue;
use crate::resource::{self, list, text};
use crate::task::Status;
use rules::Rules;

/// Checks a Task against every profile in its `meta.profile`, and against the rules that hold for all Tasks. Empty: it fits.
pub fn validate(task: &Value, definitions: &Definitions) -> Vec<Issue> {
    let mut issues = invariants(task);
    let mut profiles = resource::profiles(task).peekable();
    if profiles.peek().is_none() {
        issues.push(
            Issue::error("invalid", "meta.profile names no profile; name the Task profile of the process")
                .at("Task.meta.profile"),
        );
    }
    for profile in profiles {
        match Rules::of(profile, definitions) {
            Ok(rules) => issues.extend(check::run(&rules, task, definitions)),
            Err(unknown) => {
                issues.push(Issue::error("not-found", unknown.to_string()).at("Task.meta.profile"));
            }
        }
    }
    issues
}

/// What DSF's Task profile says in FHIRPath.
fn invariants(task: &Value) -> Vec<Issue> {
    let mut issues = Vec::new();
    let status = text(task, "status").and_then(Status::parse);
    let drafts = resource::identifiers(task)
        .iter()
        .filter(|identifier| identifier.system == names::TASK_IDENTIFIER)
        .count();
    let is_draft = status == Some(Status::Draft);
    if is_draft != (drafts > 0) {
        issues.push(
            Issue::error("invariant", "an identifier of system http://dsf.dev/sid/task-identifier is needed if, and only if, the status is draft")
                .at("Task.identifier"),
        );
    }
    let taken = matches!(status, Some(Status::InProgress | Status::Completed | Status::Failed));
    let has_key = list(task, "input").iter().any(|input| crate::task::has_code(input, names::BUSINESS_KEY));
    if taken && !has_key {
        issues.push(
            Issue::error(
                "invariant",
                "input business-key is needed once the status is in-progress, completed or failed",
            )
            .at("Task.input"),
        );
    }
    issues
}

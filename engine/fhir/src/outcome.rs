//! OperationOutcome: how a mailbox says what happened.

use serde_json::{Value, json};

use crate::limits::ISSUES_MAX;

/// `OperationOutcome.issue.severity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The request was refused.
    Error,
    /// The request was carried out in part.
    Warning,
    /// For the record.
    Information,
}

impl Severity {
    const fn code(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }
}

/// One thing to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// How bad.
    pub severity: Severity,
    /// Code of FHIR's issue-type value set.
    pub code: &'static str,
    /// What, where, what to do.
    pub diagnostics: String,
    /// FHIRPath-like location in the resource, when there is one.
    pub location: Option<String>,
}

impl Issue {
    /// An issue of severity error.
    pub fn error(code: &'static str, diagnostics: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, diagnostics: diagnostics.into(), location: None }
    }

    /// The same issue at a place of the resource.
    #[must_use]
    pub fn at(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }
}

/// An OperationOutcome with these issues, the first [`ISSUES_MAX`] of them.
pub fn of(issues: &[Issue]) -> Value {
    let issues: Vec<Value> = issues
        .iter()
        .take(ISSUES_MAX)
        .map(|issue| {
            let mut written = json!({
                "severity": issue.severity.code(),
                "code": issue.code,
                "diagnostics": issue.diagnostics,
            });
            if let (Some(location), Some(members)) = (&issue.location, written.as_object_mut()) {
                members.insert("expression".to_owned(), json!([location]));
            }
            written
        })
        .collect();
    json!({ "resourceType": "OperationOutcome", "issue": issues })
}

/// One issue of severity error.
pub fn error(code: &'static str, diagnostics: impl Into<String>) -> Value {
    of(&[Issue::error(code, diagnostics)])
}

/// One issue of severity information.
pub fn information(code: &'static str, diagnostics: impl Into<String>) -> Value {
    of(&[Issue { severity: Severity::Information, code, diagnostics: diagnostics.into(), location: None }])
}

/// One issue of severity warning.
pub fn warning(code: &'static str, diagnostics: impl Into<String>) -> Value {
    of(&[Issue { severity: Severity::Warning, code, diagnostics: diagnostics.into(), location: None }])
}

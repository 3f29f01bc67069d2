//! The table of rules over one file, and the only place besides a rule's own file where it is named.
//!
//! Codes: `L0..` XML and schema, `L1..` structure, `L2..` practice, `L3..` execution and expressions, `L4..` engines,
//! `L5..` Data Sharing Framework. Crates above continue: `L6..` behaviour, `L7..` FHIR, `L8..` packages. A code is never reused.

use crate::lint::{About, FileRule};

crate::lint_rules! {
    /// All rules over one file.
    RULES: FileRule;
    "L001" "xml-well-formed" xml_well_formed Xml Error Stable;
    "L002" "xml-entities" xml_entities Xml Error Stable;
    "L003" "xml-limits" xml_limits Xml Error Stable;
    "L004" "xml-encoding" xml_encoding Xml Error Stable;
    "L005" "unused-suppression" unused_suppression Xml Warning Stable;
    "L210" "fake-join" fake_join Practice Warning Stable;
}

/// The rule that the engine itself reports, which alone knows what was suppressed.
pub(super) fn unused_suppression_rule() -> Option<&'static About> {
    RULES.iter().map(|rule| &rule.about).find(|about| about.name == "unused-suppression")
}

/// Whether a rule over one file has this name or code.
pub(super) fn is_known(rule: &str) -> bool {
    RULES.iter().any(|known| known.about.name == rule || known.about.code == rule)
}

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
    "L010" "schema-root" schema_root Schema Error Stable;
    "L011" "schema-structure" schema_structure Schema Error Stable;
    "L012" "schema-attribute" schema_attribute Schema Error Stable;
    "L013" "schema-value" schema_value Schema Error Stable;
    "L014" "schema-text" schema_text Schema Error Stable;
    "L015" "id-unique" id_unique Schema Error Stable;
    "L016" "reference-resolves" reference_resolves Schema Error Stable;
    "L017" "reference-kind" reference_kind Schema Error Stable;
    "L101" "ad-hoc-sub-process" ad_hoc_sub_process Structure Error Stable;
    "L102" "event-based-gateway" event_based_gateway Structure Error Stable;
    "L103" "event-sub-process-typed-start-event" event_sub_process_typed_start_event Structure Error Stable;
    "L104" "link-event" link_event Structure Error Stable;
    "L105" "single-blank-start-event" single_blank_start_event Structure Error Stable;
    "L106" "sub-process-blank-start-event" sub_process_blank_start_event Structure Error Stable;
    "L201" "conditional-flows" conditional_flows Practice Warning Stable;
    "L202" "end-event-required" end_event_required Practice Warning Stable;
    "L203" "fake-join" fake_join Practice Warning Stable;
    "L204" "global" global Practice Warning Stable;
    "L205" "label-required" label_required Practice Warning Stable;
    "L206" "no-bpmndi" no_bpmndi Practice Warning Stable;
    "L207" "no-complex-gateway" no_complex_gateway Practice Warning Stable;
    "L208" "no-disconnected" no_disconnected Practice Warning Stable;
    "L209" "no-duplicate-sequence-flows" no_duplicate_sequence_flows Practice Warning Stable;
    "L210" "no-gateway-join-fork" no_gateway_join_fork Practice Warning Stable;
    "L211" "no-implicit-end" no_implicit_end Practice Warning Stable;
    "L212" "no-implicit-split" no_implicit_split Practice Warning Stable;
    "L213" "no-implicit-start" no_implicit_start Practice Warning Stable;
    "L214" "no-inclusive-gateway" no_inclusive_gateway Practice Info Stable;
    "L215" "no-overlapping-elements" no_overlapping_elements Practice Warning Stable;
    "L216" "single-event-definition" single_event_definition Practice Warning Stable;
    "L217" "standard-size" standard_size Practice Info Stable;
    "L218" "start-event-required" start_event_required Practice Warning Stable;
    "L219" "superfluous-gateway" superfluous_gateway Practice Warning Stable;
    "L220" "superfluous-label" superfluous_label Practice Info Stable;
    "L221" "superfluous-termination" superfluous_termination Practice Warning Stable;
    "L301" "conditional-event" conditional_event Execution Error Stable;
}

/// The rule that the engine itself reports, which alone knows what was suppressed.
pub(super) fn unused_suppression_rule() -> Option<&'static About> {
    RULES.iter().map(|rule| &rule.about).find(|about| about.name == "unused-suppression")
}

/// Whether a rule over one file has this name or code.
pub(super) fn is_known(rule: &str) -> bool {
    RULES.iter().any(|known| known.about.name == rule || known.about.code == rule)
}

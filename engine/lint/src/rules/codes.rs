//! The table of rules over packages, and the only place besides a rule's own file where it is named.
//!
//! Codes: `L65.` what processes say to each other, `L7..` FHIR resources, `L8..` what must agree in a package. A code is never reused.

use tessera_bpmn::lint::{Config, Finding, Level, Rule};

use crate::package::{File, Package};
use crate::report::Found;

/// A rule over a package.
pub type PackageRule = Rule<for<'f, 'p, 'c> fn(&'p Package, &'f mut Found<'p, 'c>)>;

tessera_bpmn::lint_rules! {
    /// All rules over packages.
    RULES: PackageRule;
    "L651" "message-awaited" message_awaited Behaviour Warning Stable;
    "L652" "message-sent" message_sent Behaviour Warning Stable;
    "L654" "message-undecided" message_undecided Behaviour Info Preview;
    "L701" "fhir-readable" fhir_readable Fhir Error Stable;
    "L702" "fhir-structure" fhir_structure Fhir Error Stable;
    "L703" "resource-url" resource_url Fhir Error Stable;
    "L704" "resource-version" resource_version Fhir Error Stable;
    "L705" "resource-date" resource_date Fhir Warning Stable;
    "L706" "resource-status" resource_status Fhir Error Stable;
    "L707" "read-access-tag" read_access_tag Fhir Error Stable;
    "L708" "placeholder-known" placeholder_known Fhir Error Stable;
    "L710" "activity-definition-kind" activity_definition_kind Fhir Error Stable;
    "L711" "activity-definition-url" activity_definition_url Fhir Error Stable;
    "L712" "process-authorization" process_authorization Fhir Error Stable;
    "L713" "authorization-parties" authorization_parties Fhir Error Stable;
    "L714" "authorization-profile" authorization_profile Fhir Error Stable;
    "L720" "structure-differential" structure_differential Fhir Error Stable;
    "L721" "structure-snapshot" structure_snapshot Fhir Warning Stable;
    "L722" "structure-element-id" structure_element_id Fhir Error Stable;
    "L723" "structure-slice-cardinality" structure_slice_cardinality Fhir Error Stable;
    "L724" "structure-slice-minimum" structure_slice_minimum Fhir Warning Stable;
    "L725" "structure-element-path" structure_element_path Fhir Warning Stable;
    "L730" "task-draft" task_draft Fhir Error Stable;
    "L731" "task-identifier" task_identifier Fhir Error Stable;
    "L732" "task-process" task_process Fhir Error Stable;
    "L733" "task-parties" task_parties Fhir Error Stable;
    "L734" "task-placeholder" task_placeholder Fhir Warning Stable;
    "L735" "task-profile" task_profile Fhir Error Stable;
    "L736" "task-profile-known" task_profile_known Fhir Warning Stable;
    "L737" "task-input" task_input Fhir Error Stable;
    "L738" "task-fits-profile" task_fits_profile Fhir Error Stable;
    "L740" "value-set-complete" value_set_complete Fhir Error Stable;
    "L741" "value-set-code-unique" value_set_code_unique Fhir Error Stable;
    "L742" "value-set-code-known" value_set_code_known Fhir Warning Stable;
    "L743" "value-set-include-version" value_set_include_version Fhir Warning Stable;
    "L744" "code-system-complete" code_system_complete Fhir Error Stable;
    "L745" "code-system-code-unique" code_system_code_unique Fhir Error Stable;
    "L750" "questionnaire-profile" questionnaire_profile Fhir Error Stable;
    "L751" "questionnaire-item" questionnaire_item Fhir Error Stable;
    "L752" "questionnaire-mandatory-item" questionnaire_mandatory_item Fhir Error Stable;
    "L753" "questionnaire-link-id" questionnaire_link_id Fhir Warning Stable;
    "L754" "questionnaire-text" questionnaire_text Fhir Info Stable;
    "L801" "process-activity-definition" process_activity_definition Package Error Stable;
    "L802" "activity-definition-process" activity_definition_process Package Warning Stable;
    "L803" "process-version" process_version Package Error Stable;
    "L804" "message-authorised" message_authorised Package Error Stable;
    "L805" "message-received" message_received Package Warning Stable;
    "L806" "message-profile" message_profile Package Error Stable;
    "L807" "profile-agrees" profile_agrees Package Error Stable;
    "L810" "send-field" send_field Package Error Stable;
    "L811" "send-field-literal" send_field_literal Package Warning Stable;
    "L812" "send-field-known" send_field_known Package Warning Stable;
    "L813" "field-placeholder" field_placeholder Package Warning Stable;
    "L814" "send-target" send_target Package Error Stable;
    "L815" "send-target-elsewhere" send_target_elsewhere Package Info Stable;
    "L820" "user-task-questionnaire" user_task_questionnaire Package Error Stable;
    "L821" "user-task-output" user_task_output Package Error Stable;
    "L822" "questionnaire-used" questionnaire_used Package Warning Stable;
    "L830" "resource-duplicate" resource_duplicate Package Error Stable;
    "L831" "process-duplicate" process_duplicate Package Error Stable;
    "L832" "package-complete" package_complete Package Warning Stable;
    "L833" "package-outdated" package_outdated Package Warning Stable;
    "L840" "handler-exists" handler_exists Package Error Stable;
    "L841" "handler-used" handler_used Package Warning Stable;
    "L842" "capability-declared" capability_declared Package Error Stable;
    "L843" "capability-used" capability_used Package Warning Stable;
    "L844" "plugin-process" plugin_process Package Error Stable;
    "L845" "file-used" file_used Package Warning Stable;
    "L846" "file-folder" file_folder Package Warning Stable;
    "L847" "plugin-readable" plugin_readable Package Error Stable;
    "L848" "import-resolves" import_resolves Package Warning Stable;
    "L849" "call-resolves" call_resolves Package Info Stable;
    "L850" "call-starts" call_starts Package Warning Stable;
}

/// What was found in one file of a package.
#[derive(Debug, Clone, Default)]
pub struct InFile {
    /// What, at the level that the file's configuration sets.
    pub findings: Vec<Finding>,
    /// How many more there were.
    pub omitted: usize,
}

/// What is said of files that are written for a version of the Data Sharing Framework before 1.0, too: other rules follow later ones.
const OF_ALL_VERSIONS: &[&str] = &["fhir-readable", "fhir-structure", "package-outdated"];

/// What the rules find in a package: one entry for each of its files. `configs` says for each file what holds for it.
pub fn run(package: &Package, configs: &[&Config]) -> Vec<InFile> {
    let mut files = vec![InFile::default(); package.files.len()];
    let Some(first) = configs.first() else { return files };
    let is_outdated: Vec<bool> = package.files.iter().map(File::is_outdated).collect();
    for rule in RULES {
        let levels: Vec<Option<Level>> = configs.iter().map(|config| config.level(&rule.about)).collect();
        let Some(highest) = levels.iter().flatten().min() else { continue };
        let mut found = Found::new(package, &rule.about, *highest, first);
        (rule.check)(package, &mut found);
        for (place, mut findings, omitted) in found.into_files() {
            if is_outdated.get(place) == Some(&true) && !OF_ALL_VERSIONS.contains(&rule.about.name) {
                continue;
            }
            let (Some(file), Some(Some(level))) = (files.get_mut(place), levels.get(place)) else { continue };
            for finding in &mut findings {
                // A rule may have said that this one matters less.
                finding.level = finding.level.max(*level);
            }
            file.findings.append(&mut findings);
            file.omitted = file.omitted.saturating_add(omitted);
        }
    }
    files
}

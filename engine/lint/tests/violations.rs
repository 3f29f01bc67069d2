//! What dsf-linter reports of FHIR resources and plugins, we report too, at the right place: a plugin without findings is
//! changed in one place, and the finding must be there. The plugin itself is the good twin of all of them.

#![expect(clippy::panic, reason = "a test fails by panicking and says where")]

use std::fs;
use std::path::{Path, PathBuf};

use tessera_bpmn::lint::{Config, Finding, Report, Source};

/// A change to one file of the plugin, and what must be found.
struct Case {
    /// What dsf-linter calls it; empty where only we look.
    peer: &'static str,
    rule: &'static str,
    file: &'static str,
    /// Replaced where it stands first.
    from: &'static str,
    to: &'static str,
    /// The text that the finding shows.
    shown: &'static str,
}

const fn case(
    peer: &'static str,
    rule: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    shown: &'static str,
) -> Case {
    Case { peer, rule, file, from, to, shown }
}

const TASK: &str = "fhir/Task/start-ping.json";
const ACTIVITY: &str = "fhir/ActivityDefinition/ping.json";
const PROFILE: &str = "fhir/StructureDefinition/task-start-ping.json";
const VALUES: &str = "fhir/ValueSet/ping.json";
const CODES: &str = "fhir/CodeSystem/ping.json";
const FORM: &str = "fhir/Questionnaire/release.xml";
const MODEL: &str = "bpe/ping.bpmn";
const USER: &str = "bpe/release.bpmn";
const RELEASE: &str = "fhir/ActivityDefinition/release.xml";

#[rustfmt::skip]
const CASES: &[Case] = &[
    // Resources of any type
    case("PLUGIN_DEFINITION_UNPARSABLE_FHIR_RESOURCE", "fhir-readable", CODES, "\"version\": ", "\"version\" ", "\""),
    case("", "fhir-structure", CODES, "\"versionNeeded\"", "\"versionsNeeded\"", "false"),
    case("", "fhir-structure", FORM, "<required value=\"true\"/>", "<required value=\"yes\"/>", "yes"),
    case("", "placeholder-known", VALUES, "Tessera", "#{publisher}", "#{publisher}"),
    case("INVALID_FHIR_URL", "resource-url", VALUES, "http://dsf.dev/fhir/ValueSet/ping", "ping", "ping"),
    case("FHIR_VALUE_SET_MISSING_URL", "resource-url", VALUES, "  \"url\": \"http://dsf.dev/fhir/ValueSet/ping\",\n", "", "{"),
    case("STRUCTURE_DEFINITION_URL_MISSING", "resource-url", PROFILE, "  \"url\": \"http://dsf.dev/fhir/StructureDefinition/task-start-ping\",\n", "", "{"),
    case("STRUCTURE_DEFINITION_VERSION_NO_PLACEHOLDER", "resource-version", PROFILE, "\"version\": \"#{version}\"", "\"version\": \"1.0\"", "1.0"),
    case("FHIR_VALUE_SET_VERSION_NO_PLACEHOLDER", "resource-version", VALUES, "\"version\": \"#{version}\"", "\"version\": \"1.0\"", "1.0"),
    case("CODE_SYSTEM_VERSION_NO_PLACEHOLDER", "resource-version", CODES, "\"version\": \"#{version}\"", "\"version\": \"1.0\"", "1.0"),
    case("QUESTIONNAIRE_VERSION_NO_PLACEHOLDER", "resource-version", FORM, "<version value=\"#{version}\"/>", "<version value=\"1.0\"/>", "1.0"),
    case("PLUGIN_DEFINITION_RESOURCE_VERSION_NULL", "resource-version", CODES, "  \"version\": \"#{version}\",\n", "", "{"),
    case("STRUCTURE_DEFINITION_DATE_NO_PLACEHOLDER", "resource-date", PROFILE, "#{date}", "2024-01-01", "2024-01-01"),
    case("FHIR_VALUE_SET_DATE_NO_PLACEHOLDER", "resource-date", VALUES, "#{date}", "2024-01-01", "2024-01-01"),
    case("CODE_SYSTEM_DATE_NO_PLACEHOLDER", "resource-date", CODES, "#{date}", "2024-01-01", "2024-01-01"),
    case("QUESTIONNAIRE_DATE_NO_PLACEHOLDER", "resource-date", FORM, "#{date}", "2024-01-01", "2024-01-01"),
    case("INVALID_FHIR_STATUS", "resource-status", ACTIVITY, "\"unknown\"", "\"running\"", "running"),
    case("FHIR_STATUS_IS_NOT_SET_AS_UNKNOWN", "resource-status", ACTIVITY, "\"unknown\"", "\"active\"", "active"),
    case("STRUCTURE_DEFINITION_INVALID_STATUS", "resource-status", PROFILE, "\"unknown\"", "\"active\"", "active"),
    case("CODE_SYSTEM_INVALID_STATUS", "resource-status", CODES, "\"unknown\"", "\"draft\"", "draft"),
    case("QUESTIONNAIRE_INVALID_STATUS", "resource-status", FORM, "<status value=\"unknown\"/>", "<status value=\"active\"/>", "active"),
    case("MISSING_FHIR_ACCESS_TAG", "read-access-tag", ACTIVITY, "read-access-tag", "other-tag", "{"),
    case("INVALID_FHIR_ACCESS_TAG", "read-access-tag", ACTIVITY, "\"code\": \"ALL\"", "\"code\": \"SOME\"", "SOME"),
    case("MISSING_READ_ACCESS_TAG", "read-access-tag", CODES, "read-access-tag", "other-tag", "{"),
    case("STRUCTURE_DEFINITION_READ_ACCESS_TAG_MISSING", "read-access-tag", PROFILE, "read-access-tag", "other-tag", "{"),
    case("FHIR_VALUE_SET_MISSING_READ_ACCESS_TAG_ALL_OR_LOCAL", "read-access-tag", VALUES, "\"code\": \"ALL\"", "\"code\": \"ORGANIZATION\"", "ORGANIZATION"),
    case("FHIR_VALUE_SET_ORGANIZATION_ROLE_MISSING_VALID_CODE_VALUE", "read-access-tag", VALUES, "\"code\": \"ALL\"", "\"code\": \"ROLE\"", "ROLE"),
    case("QUESTIONNAIRE_MISSING_READ_ACCESS_TAG", "read-access-tag", FORM, "read-access-tag", "other-tag", "<meta"),

    // ActivityDefinition
    case("INVALID_FHIR_KIND", "activity-definition-kind", ACTIVITY, "\"kind\": \"Task\"", "\"kind\": \"Work\"", "Work"),
    case("FHIR_KIND_NOT_SET_AS_TASK", "activity-definition-kind", ACTIVITY, "\"kind\": \"Task\"", "\"kind\": \"Appointment\"", "Appointment"),
    case("ACTIVITY_DEFINITION_INVALID_URL_PATTERN", "activity-definition-url", ACTIVITY, "\"http://dsf.dev/bpe/Process/ping\"", "\"http://dsf.dev/Process/ping\"", "http://dsf.dev/Process/ping"),
    case("NO_EXTENSION_PROCESS_AUTHORIZATION_FOUND", "process-authorization", "fhir/ActivityDefinition/pong.json", "extension-process-authorization\"", "extension-other\"", "{"),
    case("ACTIVITY_DEFINITION_ENTRY_MISSING_REQUESTER", "authorization-parties", RELEASE, "url=\"requester\"", "url=\"asker\"", "<extension"),
    case("ACTIVITY_DEFINITION_ENTRY_INVALID_REQUESTER", "authorization-parties", ACTIVITY, "\"code\": \"LOCAL_ALL\"", "\"code\": \"ANYBODY\"", "ANYBODY"),
    case("ACTIVITY_DEFINITION_ENTRY_MISSING_RECIPIENT", "authorization-parties", "fhir/ActivityDefinition/pong.json", "\"url\": \"recipient\"", "\"url\": \"asked\"", "{"),
    case("ACTIVITY_DEFINITION_ENTRY_INVALID_RECIPIENT", "authorization-parties", ACTIVITY, "\"url\": \"recipient\",\n          \"valueCoding\": {\n            \"system\": \"http://dsf.dev/fhir/CodeSystem/process-authorization\",\n            \"code\": \"LOCAL_ALL\"", "\"url\": \"recipient\",\n          \"valueCoding\": {\n            \"system\": \"http://dsf.dev/fhir/CodeSystem/process-authorization\",\n            \"code\": \"REMOTE_ALL\"", "REMOTE_ALL"),
    case("", "authorization-parties", ACTIVITY, "\"code\": \"DSF_ADMIN\"", "\"code\": \"DSF_KING\"", "LOCAL_ALL_PRACTITIONER"),
    case("ACTIVITY_DEFINITION_MISSING_PROFILE", "authorization-profile", ACTIVITY, "\"url\": \"task-profile\"", "\"url\": \"profile\"", "{"),
    case("ACTIVITY_DEFINITION_PROFILE_NO_PLACEHOLDER", "authorization-profile", ACTIVITY, "task-start-ping|#{version}", "task-start-ping", "http://dsf.dev/fhir/StructureDefinition/task-start-ping"),

    // StructureDefinition
    case("STRUCTURE_DEFINITION_DIFFERENTIAL_MISSING", "structure-differential", PROFILE, "\"differential\"", "\"snapshot\"", "{"),
    case("STRUCTURE_DEFINITION_SNAPSHOT_PRESENT", "structure-snapshot", PROFILE, "\"differential\"", "\"snapshot\"", "{"),
    case("STRUCTURE_DEFINITION_ELEMENT_ID_MISSING", "structure-element-id", PROFILE, "        \"id\": \"Task.input\",\n", "", "{"),
    case("STRUCTURE_DEFINITION_ELEMENT_ID_DUPLICATE", "structure-element-id", PROFILE, "\"id\": \"Task.input:message-name\"", "\"id\": \"Task.input\"", "Task.input"),
    case("STRUCTURE_DEFINITION_SLICE_MAX_TOO_HIGH", "structure-slice-cardinality", PROFILE, "\"min\": 0,\n        \"max\": \"1\"", "\"min\": 0,\n        \"max\": \"4\"", "4"),
    case("STRUCTURE_DEFINITION_SLICE_MIN_SUM_EXCEEDS_MAX", "structure-slice-cardinality", PROFILE, "\"min\": 0,\n        \"max\": \"1\"", "\"min\": 7,\n        \"max\": \"1\"", "3"),
    case("STRUCTURE_DEFINITION_SLICE_MIN_SUM_ABOVE_BASE_MIN", "structure-slice-minimum", PROFILE, "\"min\": 0,\n        \"max\": \"1\"", "\"min\": 2,\n        \"max\": \"3\"", "1"),

    // Task
    case("FHIR_TASK_MISSING_STATUS", "task-draft", TASK, "  \"status\": \"draft\",\n", "", "{"),
    case("FHIR_TASK_UNKNOWN_STATUS", "task-draft", TASK, "\"status\": \"draft\"", "\"status\": \"sketch\"", "sketch"),
    case("FHIR_TASK_STATUS_NOT_DRAFT", "task-draft", TASK, "\"status\": \"draft\"", "\"status\": \"requested\"", "requested"),
    case("FHIR_TASK_VALUE_IS_NOT_SET_AS_ORDER", "task-draft", TASK, "\"order\"", "\"plan\"", "plan"),
    case("FHIR_TASK_IDENTIFIER_INVALID_FORMAT", "task-identifier", TASK, "ping/#{version}/task-start-ping", "ping/task-start-ping", "http://dsf.dev/bpe/Process/ping/task-start-ping"),
    case("FHIR_TASK_IDENTIFIER_INVALID_SYSTEM", "task-identifier", TASK, "http://dsf.dev/sid/task-identifier", "http://dsf.dev/sid/task", "http://dsf.dev/sid/task"),
    case("FHIR_TASK_IDENTIFIER_MISSING_SYSTEM", "task-identifier", TASK, "      \"system\": \"http://dsf.dev/sid/task-identifier\",\n", "", "{"),
    case("FHIR_TASK_MISSING_INSTANTIATES_CANONICAL", "task-process", TASK, "  \"instantiatesCanonical\": \"http://dsf.dev/bpe/Process/ping|#{version}\",\n", "", "{"),
    case("FHIR_TASK_UNKNOWN_INSTANTIATES_CANONICAL", "task-process", TASK, "Process/ping|", "Process/pink|", "http://dsf.dev/bpe/Process/pink|#{version}"),
    case("FHIR_TASK_INSTANTIATES_CANONICAL_PLACEHOLDER", "task-placeholder", TASK, "Process/ping|#{version}", "Process/ping|1.0", "http://dsf.dev/bpe/Process/ping|1.0"),
    case("FHIR_TASK_DATE_NO_PLACEHOLDER", "task-placeholder", TASK, "#{date}", "2024-01-01", "2024-01-01"),
    case("FHIR_TASK_REQUESTER_ORGANIZATION_NO_PLACEHOLDER", "task-placeholder", TASK, "#{organization}", "a.example", "a.example"),
    case("FHIR_TASK_REQUESTER_ID_NO_PLACEHOLDER", "task-placeholder", TASK, "#{organization}", "organization", "organization"),
    case("FHIR_TASK_RECIPIENT_ORGANIZATION_NO_PLACEHOLDER", "task-placeholder", TASK, "#{organization}\"\n        }", "b.example\"\n        }", "b.example"),
    case("FHIR_TASK_RECIPIENT_ID_NO_PLACEHOLDER", "task-placeholder", TASK, "#{organization}\"\n        }", "organization\"\n        }", "organization"),
    case("FHIR_TASK_MISSING_REQUESTER", "task-parties", TASK, "\"requester\"", "\"owner\"", "{"),
    case("FHIR_TASK_INVALID_REQUESTER", "task-parties", TASK, "sid/organization-identifier", "sid/other", "http://dsf.dev/sid/other"),
    case("FHIR_TASK_REQUESTER_ID_NOT_EXIST", "task-parties", TASK, "\"#{organization}\"", "\"\"", "\""),
    case("FHIR_TASK_MISSING_RECIPIENT", "task-parties", TASK, "\"recipient\"", "\"repetitions\"", "{"),
    case("FHIR_TASK_INVALID_RECIPIENT", "task-parties", TASK, "          \"system\": \"http://dsf.dev/sid/organization-identifier\"", "          \"system\": \"http://dsf.dev/sid/other\"", "http://dsf.dev/sid/other"),
    case("FHIR_TASK_RECIPIENT_ID_NOT_EXIST", "task-parties", TASK, "          \"value\": \"#{organization}\"", "          \"value\": \" \"", " "),
    case("FHIR_TASK_MISSING_PROFILE", "task-profile", TASK, "\"profile\"", "\"profiles\"", "{"),
    case("FHIR_TASK_COULD_NOT_LOAD_PROFILE", "task-profile-known", TASK, "task-start-ping|", "task-begin-ping|", "http://dsf.dev/fhir/StructureDefinition/task-begin-ping|#{version}"),
    case("FHIR_TASK_MISSING_INPUT", "task-input", TASK, "\"input\"", "\"note\"", "{"),
    case("FHIR_TASK_INPUT_REQUIRED_CODING_SYSTEM_AND_CODING_CODE", "task-input", TASK, "            \"system\": \"http://dsf.dev/fhir/CodeSystem/ping\",\n", "", "{"),
    case("FHIR_TASK_INPUT_MISSING_VALUE", "task-input", TASK, "},\n      \"valueString\": \"startPing\"", "}", "{"),
    case("FHIR_TASK_INPUT_DUPLICATE_SLICE", "task-input", TASK, "\"input\": [", "\"input\": [ { \"type\": { \"coding\": [ { \"system\": \"http://dsf.dev/fhir/CodeSystem/bpmn-message\", \"code\": \"message-name\" } ] }, \"valueString\": \"startPing\" },", "{"),
    case("FHIR_TASK_REQUIRED_INPUT_WITH_CODE_MESSAGE_NAME", "task-input", TASK, "\"code\": \"message-name\"", "\"code\": \"error\"", "["),
    case("FHIR_TASK_STATUS_REQUIRED_INPUT_BUSINESS_KEY", "task-input", TASK, "\"status\": \"draft\"", "\"status\": \"completed\"", "["),
    case("FHIR_TASK_BUSINESS_KEY_EXISTS", "task-input", TASK, "\"input\": [", "\"input\": [ { \"type\": { \"coding\": [ { \"system\": \"http://dsf.dev/fhir/CodeSystem/bpmn-message\", \"code\": \"business-key\" } ] }, \"valueString\": \"k\" },", "{"),
    case("FHIR_TASK_CORRELATION_EXISTS", "task-input", TASK, "\"input\": [", "\"input\": [ { \"type\": { \"coding\": [ { \"system\": \"http://dsf.dev/fhir/CodeSystem/bpmn-message\", \"code\": \"correlation-key\" } ] }, \"valueString\": \"k\" },", "{"),
    case("FHIR_TASK_UNKNOWN_CODE", "task-input", TASK, "\"target-endpoints\"", "\"target-endpoint\"", "target-endpoint"),
    case("FHIR_TASK_CORRELATION_MISSING_BUT_REQUIRED", "task-fits-profile", PROFILE, "\"sliceName\": \"correlation-key\",\n        \"max\": \"0\"", "\"sliceName\": \"correlation-key\",\n        \"min\": 1", "["),
    case("FHIR_TASK_INPUT_INSTANCE_COUNT_BELOW_MIN", "task-fits-profile", PROFILE, "\"min\": 1,\n        \"max\": \"3\"", "\"min\": 3,\n        \"max\": \"3\"", "["),
    case("FHIR_TASK_INPUT_INSTANCE_COUNT_EXCEEDS_MAX", "task-fits-profile", PROFILE, "\"max\": \"3\"", "\"max\": \"1\"", "["),
    case("FHIR_TASK_INPUT_SLICE_COUNT_BELOW_SLICE_MIN", "task-fits-profile", PROFILE, "\"min\": 0,\n        \"max\": \"1\"", "\"min\": 2,\n        \"max\": \"3\"", "{"),
    case("FHIR_TASK_INPUT_SLICE_COUNT_EXCEEDS_SLICE_MAX", "task-fits-profile", PROFILE, "\"min\": 0,\n        \"max\": \"1\"", "\"min\": 0,\n        \"max\": \"0\"", "{"),
    case("", "task-fits-profile", TASK, "\"startPing\"", "\"beginPing\"", "beginPing"),

    // ValueSet and CodeSystem
    case("FHIR_VALUE_SET_MISSING_NAME", "value-set-complete", VALUES, "  \"name\": \"Ping\",\n", "", "{"),
    case("FHIR_VALUE_SET_MISSING_TITLE", "value-set-complete", VALUES, "  \"title\": \"Ping\",\n", "", "{"),
    case("FHIR_VALUE_SET_MISSING_PUBLISHER", "value-set-complete", VALUES, "  \"publisher\": \"Tessera\",\n", "", "{"),
    case("FHIR_VALUE_SET_MISSING_DESCRIPTION", "value-set-complete", VALUES, "\"description\"", "\"purpose\"", "{"),
    case("FHIR_VALUE_SET_MISSING_COMPOSE_INCLUDE", "value-set-complete", VALUES, "\"include\"", "\"exclude\"", "{"),
    case("FHIR_VALUE_SET_INCLUDE_MISSING_SYSTEM", "value-set-complete", VALUES, "        \"system\": \"http://dsf.dev/fhir/CodeSystem/ping\",\n", "", "{"),
    case("FHIR_VALUE_SET_CONCEPT_MISSING_CODE", "value-set-complete", VALUES, "CodeSystem/ping\",", "CodeSystem/ping\", \"concept\": [ { \"display\": \"x\" } ],", "{"),
    case("FHIR_VALUE_SET_DUPLICATE_CONCEPT_CODE", "value-set-code-unique", VALUES, "CodeSystem/ping\",", "CodeSystem/ping\", \"concept\": [ { \"code\": \"ping-status\" }, { \"code\": \"ping-status\" } ],", "ping-status"),
    case("FHIR_VALUE_SET_UNKNOWN_CODE", "value-set-code-known", VALUES, "CodeSystem/ping\",", "CodeSystem/ping\", \"concept\": [ { \"code\": \"pink-status\" } ],", "pink-status"),
    case("FHIR_TASK_UNKNOWN_CODE", "task-input", TASK, "http://dsf.dev/fhir/CodeSystem/ping", "http://dsf.dev/fhir/CodeSystem/pingx", "http://dsf.dev/fhir/CodeSystem/pingx"),
    case("FHIR_VALUE_SET_FALSE_URL_REFERENCED", "value-set-code-known", VALUES, "http://dsf.dev/fhir/CodeSystem/ping", "http://dsf.dev/fhir/CodeSystem/pingx", "http://dsf.dev/fhir/CodeSystem/pingx"),
    case("FHIR_VALUE_SET_FALSE_URL_REFERENCED", "value-set-code-known", VALUES, "http://dsf.dev/fhir/CodeSystem/ping", "http://example.org/fhir/CodeSystem/ping", "http://example.org/fhir/CodeSystem/ping"),
    case("FHIR_VALUE_SET_INCLUDE_VERSION_NO_PLACEHOLDER", "value-set-include-version", VALUES, "ping\",\n        \"version\": \"#{version}\"", "ping\",\n        \"version\": \"1.0\"", "1.0"),
    case("CODE_SYSTEM_MISSING_ELEMENT", "code-system-complete", CODES, "  \"publisher\": \"Tessera\",\n", "", "{"),
    case("CODE_SYSTEM_MISSING_CONCEPT", "code-system-complete", "fhir/CodeSystem/ping-status.json", "\"concept\"", "\"property\"", "{"),
    case("CODE_SYSTEM_CONCEPT_MISSING_CODE", "code-system-complete", CODES, "      \"code\": \"pong-status\",\n", "", "{"),
    case("CODE_SYSTEM_CONCEPT_MISSING_DISPLAY", "code-system-complete", CODES, "      \"display\": \"Pong status\",\n", "", "{"),
    case("CODE_SYSTEM_DUPLICATE_CODE", "code-system-code-unique", CODES, "\"code\": \"pong-status\"", "\"code\": \"ping-status\"", "ping-status"),

    // Questionnaire
    case("QUESTIONNAIRE_MISSING_META_PROFILE", "questionnaire-profile", FORM, "<profile value=\"http://dsf.dev/fhir/StructureDefinition/questionnaire|2.0.0\"/>", "", "<meta"),
    case("QUESTIONNAIRE_INVALID_META_PROFILE", "questionnaire-profile", FORM, "http://dsf.dev/fhir/StructureDefinition/questionnaire|2.0.0", "http://dsf.dev/fhir/StructureDefinition/form", "http://dsf.dev/fhir/StructureDefinition/form"),
    case("QUESTIONNAIRE_MISSING_ITEM", "questionnaire-item", FORM, FORM_ITEMS, "", "<Questionnaire"),
    case("QUESTIONNAIRE_ITEM_MISSING_ATTRIBUTES_LINK_ID", "questionnaire-item", FORM, "<linkId value=\"release\"/>", "", "<item"),
    case("QUESTIONNAIRE_DUPLICATE_LINK_ID", "questionnaire-item", FORM, "<linkId value=\"release\"/>", "<linkId value=\"user-task-id\"/>", "user-task-id"),
    case("QUESTIONNAIRE_ITEM_MISSING_ATTRIBUTES_TYPE", "questionnaire-item", FORM, "<type value=\"boolean\"/>", "", "<item"),
    case("QUESTIONNAIRE_UNUSUAL_LINK_ID", "questionnaire-link-id", FORM, "<linkId value=\"release\"/>", "<linkId value=\"release it\"/>", "release it"),
    case("QUESTIONNAIRE_MANDATORY_ITEM_INVALID_TYPE", "questionnaire-mandatory-item", FORM, "<type value=\"string\"/>", "<type value=\"text\"/>", "text"),
    case("QUESTIONNAIRE_MANDATORY_ITEM_NOT_REQUIRED", "questionnaire-mandatory-item", FORM, "<required value=\"true\"/>", "<required value=\"false\"/>", "false"),
    case("", "questionnaire-mandatory-item", FORM, "<linkId value=\"user-task-id\"/>", "<linkId value=\"task-id\"/>", "<item"),
    case("", "questionnaire-item", FORM, "<type value=\"boolean\"/>", "<type value=\"yes\"/>", "yes"),
    case("", "resource-date", FORM, "<date value=\"#{date}\"/>", "", "<Questionnaire"),
    case("QUESTIONNAIRE_ITEM_MISSING_ATTRIBUTES_TEXT", "questionnaire-text", FORM, "<text value=\"Release?\"/>", "", "<item"),

    // Models and resources together
    case("BPMN_NO_ACTIVITY_DEFINITION_FOUND_FOR_MESSAGE", "process-activity-definition", MODEL, "id=\"dsfdev_ping\"", "id=\"dsfdev_pink\"", "<process"),
    case("BPMN_NO_ACTIVITY_DEFINITION_FOUND_FOR_MESSAGE", "message-authorised", ACTIVITY, "\"valueString\": \"startPing\"", "\"valueString\": \"beginPing\"", "<startEvent"),
    case("BPMN_NO_STRUCTURE_DEFINITION_FOUND_FOR_MESSAGE", "message-profile", ACTIVITY, "StructureDefinition/task-pong|", "StructureDefinition/task-pung|", "http://dsf.dev/fhir/StructureDefinition/task-pung|#{version}"),
    case("", "process-version", MODEL, "versionTag=\"#{version}\"", "versionTag=\"1.0\"", "1.0"),
    case("", "message-received", ACTIVITY, "\"valueString\": \"startPing\"", "\"valueString\": \"beginPing\"", "beginPing"),
    case("", "profile-agrees", PROFILE, "Process/ping|", "Process/pong|", "http://dsf.dev/bpe/Process/pong|#{version}"),
    case("BPMN_FIELD_INJECTION_INSTANTIATES_CANONICAL_EMPTY", "send-field", MODEL, "http://dsf.dev/bpe/Process/pong|#{version}", "", "<camunda:field"),
    case("BPMN_FIELD_INJECTION_MESSAGE_VALUE_EMPTY", "send-field", MODEL, "<camunda:string>ping</camunda:string>", "<camunda:string/>", "<camunda:field"),
    case("BPMN_FIELD_INJECTION_PROFILE_EMPTY", "send-field", MODEL, "name=\"profile\"", "name=\"profil\"", "<intermediateThrowEvent"),
    case("BPMN_UNKNOWN_FIELD_INJECTION", "send-field-known", MODEL, "name=\"profile\"", "name=\"profil\"", "<camunda:field"),
    case("BPMN_FIELD_INJECTION_NOT_STRING_LITERAL", "send-field-literal", MODEL, "<camunda:string>ping</camunda:string>", "<camunda:expression>${name}</camunda:expression>", "<camunda:field"),
    case("BPMN_FIELD_INJECTION_INSTANTIATES_CANONICAL_NO_VERSION_PLACEHOLDER", "field-placeholder", MODEL, "Process/pong|#{version}", "Process/pong|1.0", "http://dsf.dev/bpe/Process/pong|1.0"),
    case("BPMN_FIELD_INJECTION_PROFILE_NO_VERSION_PLACEHOLDER", "field-placeholder", MODEL, "task-ping|#{version}", "task-ping", "http://dsf.dev/fhir/StructureDefinition/task-ping"),
    case("", "send-target", MODEL, "task-ping|#{version}", "task-pong|#{version}", "http://dsf.dev/fhir/StructureDefinition/task-pong|#{version}"),
    case("", "send-target", "bpe/pong.bpmn", "name=\"ping\" />", "name=\"pink\" />", "ping"),
    case("BPMN_USER_TASK_FORM_KEY_EMPTY", "user-task-questionnaire", USER, " camunda:formKey=\"http://dsf.dev/fhir/Questionnaire/release|#{version}\"", "", "<userTask"),
    case("BPMN_USER_TASK_FORM_KEY_IS_NOT_AN_EXTERNAL_FORM", "user-task-questionnaire", USER, "http://dsf.dev/fhir/Questionnaire/release|#{version}", "embedded:release", "embedded:release"),
    case("BPMN_USER_TASK_QUESTIONNAIRE_NOT_FOUND", "user-task-questionnaire", USER, "Questionnaire/release", "Questionnaire/releases", "http://dsf.dev/fhir/Questionnaire/releases|#{version}"),
    case("", "user-task-questionnaire", USER, "Questionnaire/release|#{version}", "Questionnaire/release", "http://dsf.dev/fhir/Questionnaire/release"),
    case("BPMN_USER_TASK_LISTENER_INCOMPLETE_TASK_OUTPUT_FIELDS", "user-task-output", USER, "name=\"taskOutputVersion\"", "name=\"other\"", "<camunda:taskListener"),
    case("BPMN_USER_TASK_LISTENER_TASK_OUTPUT_CODE_INVALID_FHIR_RESOURCE", "user-task-output", USER, "<camunda:string>ping-status<", "<camunda:string>pink-status<", "pink-status"),
    case("BPMN_USER_TASK_LISTENER_TASK_OUTPUT_SYSTEM_INVALID_FHIR_RESOURCE", "user-task-output", USER, "CodeSystem/ping<", "CodeSystem/pink<", "http://dsf.dev/fhir/CodeSystem/pink"),
    case("BPMN_USER_TASK_LISTENER_TASK_OUTPUT_VERSION_NO_PLACEHOLDER", "field-placeholder", USER, "<camunda:string>#{version}<", "<camunda:string>1.0<", "1.0"),
];

const FORM_ITEMS: &str = r#"<item><linkId value="user-task-id"/><text value="Task"/><type value="string"/><required value="true"/></item>
  <item><linkId value="release"/><text value="Release?"/><type value="boolean"/><required value="true"/></item>"#;

const RELEASE_MODEL: &str = r##"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  <message id="release" name="release"/>
  <process id="dsfdev_release" isExecutable="true" camunda:versionTag="#{version}">
    <startEvent id="start"><messageEventDefinition messageRef="release"/></startEvent>
    <userTask id="ask" name="Release?" camunda:formKey="http://dsf.dev/fhir/Questionnaire/release|#{version}">
      <extensionElements><camunda:taskListener class="release" event="create">
        <camunda:field name="taskOutputSystem"><camunda:string>http://dsf.dev/fhir/CodeSystem/ping</camunda:string></camunda:field>
        <camunda:field name="taskOutputCode"><camunda:string>ping-status</camunda:string></camunda:field>
        <camunda:field name="taskOutputVersion"><camunda:string>#{version}</camunda:string></camunda:field>
      </camunda:taskListener></extensionElements>
    </userTask>
  </process>
</definitions>"##;

const RELEASE_ACTIVITY: &str = r##"<ActivityDefinition xmlns="http://hl7.org/fhir">
  <meta><tag><system value="http://dsf.dev/fhir/CodeSystem/read-access-tag"/><code value="LOCAL"/></tag></meta>
  <extension url="http://dsf.dev/fhir/StructureDefinition/extension-process-authorization">
    <extension url="message-name"><valueString value="release"/></extension>
    <extension url="task-profile"><valueCanonical value="http://dsf.dev/fhir/StructureDefinition/task-release|#{version}"/></extension>
    <extension url="requester"><valueCoding>
      <system value="http://dsf.dev/fhir/CodeSystem/process-authorization"/><code value="LOCAL_ALL"/></valueCoding></extension>
    <extension url="recipient"><valueCoding>
      <system value="http://dsf.dev/fhir/CodeSystem/process-authorization"/><code value="LOCAL_ALL"/></valueCoding></extension>
  </extension>
  <url value="http://dsf.dev/bpe/Process/release"/>
  <version value="#{version}"/>
  <name value="Release"/>
  <status value="unknown"/>
  <date value="#{date}"/>
  <kind value="Task"/>
</ActivityDefinition>"##;

/// The plugin of the ping-pong lesson in JSON, and a process in XML that asks a human.
fn plugin() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../example-plugins/ping-pong");
    let mut files = Vec::new();
    let mut open: Vec<PathBuf> = vec![root.join("bpe"), root.join("fhir")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let relative = path.strip_prefix(&root).unwrap_or(&path);
        files.push((relative.display().to_string(), text));
    }
    let form = format!(
        r#"<Questionnaire xmlns="http://hl7.org/fhir">
  <meta><profile value="http://dsf.dev/fhir/StructureDefinition/questionnaire|2.0.0"/>
    <tag><system value="http://dsf.dev/fhir/CodeSystem/read-access-tag"/><code value="ALL"/></tag></meta>
  <url value="http://dsf.dev/fhir/Questionnaire/release"/>
  <version value="{version}"/>
  <status value="unknown"/>
  <date value="{date}"/>
  {FORM_ITEMS}
</Questionnaire>"#,
        version = "#{version}",
        date = "#{date}"
    );
    files.push((FORM.to_owned(), form));
    files.push((USER.to_owned(), RELEASE_MODEL.to_owned()));
    files.push((RELEASE.to_owned(), RELEASE_ACTIVITY.to_owned()));
    let profile = files.iter().find(|(path, _)| path == PROFILE).map(|(_, text)| {
        text.replace("task-start-ping", "task-release")
            .replace("Process/ping|", "Process/release|")
            .replace("startPing", "release")
    });
    files.push(("fhir/StructureDefinition/task-release.json".to_owned(), profile.unwrap_or_default()));
    files.sort();
    files
}

fn lint(files: &[(String, String)]) -> Report {
    let sources: Vec<Source<'_>> =
        files.iter().map(|(path, text)| Source { path, bytes: text.as_bytes() }).collect();
    tessera_lint::package(&sources, None, &Config::default())
}

/// Findings of rules over packages, with the text that they show.
fn found(report: &Report) -> Vec<(&str, &Finding, &str)> {
    let files = report.files.iter();
    files
        .flat_map(|file| {
            let own = file.findings.iter().filter(|finding| finding.code >= "L7");
            own.map(|finding| (file.path.as_str(), finding, finding.span.of(&file.text)))
        })
        .collect()
}

#[test]
fn each_violation_is_found_at_its_place() {
    let plugin = plugin();
    let mut problems = Vec::new();
    for case in CASES {
        let what = format!("{} ({}) in {}", case.rule, case.peer, case.file);
        let mut changed = plugin.clone();
        let Some((_, text)) = changed.iter_mut().find(|(path, _)| path == case.file) else {
            problems.push(format!("{what}: no such file"));
            continue;
        };
        if !text.contains(case.from) {
            problems.push(format!("{what}: nothing to change"));
            continue;
        }
        *text = text.replacen(case.from, case.to, 1);
        let report = lint(&changed);
        let found = found(&report);
        let is_there =
            found.iter().any(|(_, finding, shown)| finding.rule == case.rule && *shown == case.shown);
        if !is_there {
            let found: Vec<String> = found
                .iter()
                .map(|(path, finding, shown)| format!("{path}: {} `{shown}`", finding.rule))
                .collect();
            problems.push(format!("{what}: not found at `{}`; found {found:#?}", case.shown));
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn the_unchanged_plugin_has_no_findings() {
    let report = lint(&plugin());
    let found: Vec<String> = found(&report)
        .iter()
        .map(|(path, finding, _)| format!("{path}:{} {} {}", finding.start, finding.rule, finding.message))
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_model_beside_the_data_of_patients_is_no_plugin() {
    let model = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
        <process id="p" isExecutable="true"><userTask id="a"/></process></definitions>"#;
    let files = [
        ("a.bpmn", model),
        ("patient.xml", r#"<Patient xmlns="http://hl7.org/fhir"><id value="x"/></Patient>"#),
        ("checkstyle.xml", "<!DOCTYPE module><module/>"),
        (
            "profile.json",
            r#"{ "resourceType": "StructureDefinition", "url": "http://example.org/a", "version": "1" }"#,
        ),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let report = lint(&files);
    assert!(found(&report).is_empty(), "{:#?}", found(&report));
}

//! The table of rules over one file, and the only place besides a rule's own file where it is named.
//!
//! Codes: `L0..` XML and schema, `L1..` structure, `L2..` practice, `L3..` execution and expressions, `L4..` engines,
//! `L5..` Data Sharing Framework, `L6..` behaviour. Crates above continue: `L65.` messages, `L7..` FHIR, `L8..` packages. A code is never reused.

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
    "L107" "start-event-incoming" start_event_incoming Structure Error Stable;
    "L108" "end-event-outgoing" end_event_outgoing Structure Error Stable;
    "L109" "sequence-flow-scope" sequence_flow_scope Structure Error Stable;
    "L110" "incoming-outgoing" incoming_outgoing Structure Warning Stable;
    "L111" "default-flow" default_flow Structure Error Stable;
    "L112" "lone-conditional-flow" lone_conditional_flow Structure Warning Stable;
    "L113" "boundary-event" boundary_event Structure Error Stable;
    "L114" "event-trigger" event_trigger Structure Error Stable;
    "L115" "event-gateway-target" event_gateway_target Structure Error Stable;
    "L116" "event-sub-process" event_sub_process Structure Error Stable;
    "L117" "cancel-event" cancel_event Structure Error Stable;
    "L118" "compensation-handler" compensation_handler Structure Error Stable;
    "L119" "message-flow" message_flow Structure Error Stable;
    "L120" "gateway-direction" gateway_direction Structure Warning Stable;
    "L121" "lane-membership" lane_membership Structure Warning Stable;
    "L122" "quantities" quantities Structure Error Stable;
    "L123" "sub-process-data" sub_process_data Structure Error Stable;
    "L124" "input-output-sets" input_output_sets Structure Warning Stable;
    "L125" "public-not-executable" public_not_executable Structure Error Stable;
    "L126" "event-pair" event_pair Structure Warning Stable;
    "L127" "call-activity-no-target-start" call_activity_no_target_start Structure Error Stable;
    "L128" "boundary-event-outgoing" boundary_event_outgoing Structure Warning Stable;
    "L129" "operation-message" operation_message Structure Warning Stable;
    "L130" "choreography-activity" choreography_activity Structure Error Stable;
    "L131" "item-collection" item_collection Structure Warning Stable;
    "L132" "input-output-subsets" input_output_subsets Structure Warning Stable;
    "L133" "data-association-item" data_association_item Structure Warning Stable;
    "L134" "event-data" event_data Structure Warning Stable;
    "L135" "event-definition-shared" event_definition_shared Structure Warning Stable;
    "L136" "multi-instance-item" multi_instance_item Structure Warning Stable;
    "L137" "data-reference-name" data_reference_name Structure Info Stable;
    "L138" "participant-multiplicity" participant_multiplicity Structure Warning Stable;
    "L139" "global-conversation" global_conversation Structure Warning Stable;
    "L140" "choreography-reference" choreography_reference Structure Warning Stable;
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
    "L222" "unknown-extension" unknown_extension Practice Warning Stable;
    "L301" "conditional-event" conditional_event Execution Error Stable;
    "L302" "thrown-code" thrown_code Execution Error Stable;
    "L303" "multi-instance-source" multi_instance_source Execution Error Stable;
    "L304" "timer-value" timer_value Execution Error Stable;
    "L305" "condition-empty" condition_empty Execution Error Stable;
    "L306" "called-process" called_process Execution Error Stable;
    "L307" "duplicate-handler" duplicate_handler Execution Error Stable;
    "L308" "immediate-flow" immediate_flow Execution Warning Stable;
    "L309" "event-gateway-timeout" event_gateway_timeout Execution Warning Stable;
    "L310" "signal-definition" signal_definition Execution Error Stable;
    "L311" "executable-start" executable_start Execution Error Stable;
    "L312" "message-name" message_name Execution Error Stable;
    "L313" "exclusive-gateway-total" exclusive_gateway_total Execution Warning Stable;
    "L314" "catch-all-handler" catch_all_handler Execution Warning Stable;
    "L315" "uncaught-throw" uncaught_throw Execution Warning Stable;
    "L316" "compensation-event" compensation_event Execution Error Stable;
    "L317" "escalation-source" escalation_source Execution Warning Stable;
    "L318" "extension-value" extension_value Execution Error Stable;
    "L319" "compensation-wait" compensation_wait Execution Info Stable;
    "L320" "expression-syntax" expression_syntax Expression Error Stable;
    "L321" "condition-text" condition_text Expression Warning Stable;
    "L322" "condition-never-holds" condition_never_holds Expression Warning Stable;
    "L323" "variable-spelling" variable_spelling Expression Info Preview;
    "L325" "work-unsaid" work_unsaid Execution Warning Stable;
    "L330" "script" script Security Warning Stable;
    "L331" "remote-import" remote_import Security Warning Stable;
    "L332" "literal-secret" literal_secret Security Warning Stable;
    "L401" "not-executable-here" not_executable_here Tessera Error Stable;
    "L410" "history-time-to-live" history_time_to_live Camunda7 Info Stable;
    "L411" "camunda7-implementation" camunda7_implementation Camunda7 Error Stable;
    "L412" "camunda7-element-type" camunda7_element_type Camunda7 Error Stable;
    "L420" "element-type" element_type Camunda8 Error Stable;
    "L421" "executable-process" executable_process Camunda8 Warning Stable;
    "L422" "implementation" implementation Camunda8 Error Stable;
    "L423" "called-element" called_element Camunda8 Error Stable;
    "L424" "loop-characteristics" loop_characteristics Camunda8 Error Stable;
    "L425" "io-mapping" io_mapping Camunda8 Error Stable;
    "L426" "message-reference" message_reference Camunda8 Error Stable;
    "L427" "subscription" subscription Camunda8 Error Stable;
    "L428" "signal-reference" signal_reference Camunda8 Error Stable;
    "L429" "error-reference" error_reference Camunda8 Error Stable;
    "L430" "escalation-reference" escalation_reference Camunda8 Error Stable;
    "L431" "escalation-boundary-event-attached-to-ref" escalation_boundary_event_attached_to_ref Camunda8 Error Stable;
    "L432" "event-based-gateway-target" event_based_gateway_target Camunda8 Error Stable;
    "L433" "sequence-flow-condition" sequence_flow_condition Camunda8 Error Stable;
    "L434" "inclusive-gateway" inclusive_gateway Camunda8 Error Stable;
    "L435" "collapsed-subprocess" collapsed_subprocess Camunda8 Error Stable;
    "L436" "no-multiple-none-start-events" no_multiple_none_start_events Camunda8 Error Stable;
    "L437" "no-signal-event-sub-process" no_signal_event_sub_process Camunda8 Error Stable;
    "L438" "no-interrupting-event-subprocess" no_interrupting_event_subprocess Camunda8 Error Stable;
    "L439" "timer" timer Camunda8 Error Stable;
    "L440" "user-task-definition" user_task_definition Camunda8 Warning Stable;
    "L441" "user-task-form" user_task_form Camunda8 Error Stable;
    "L442" "start-event-form" start_event_form Camunda8 Error Stable;
    "L443" "start-event-form-embedded" start_event_form_embedded Camunda8 Warning Stable;
    "L444" "zeebe-user-task" zeebe_user_task Camunda8 Warning Stable;
    "L445" "variable-name" variable_name Camunda8 Warning Stable;
    "L446" "priority-definition" priority_definition Camunda8 Error Stable;
    "L447" "task-schedule" task_schedule Camunda8 Error Stable;
    "L448" "duplicate-task-headers" duplicate_task_headers Camunda8 Error Stable;
    "L449" "duplicate-execution-listeners" duplicate_execution_listeners Camunda8 Error Stable;
    "L450" "no-binding-type" no_binding_type Camunda8 Error Stable;
    "L451" "no-business-id" no_business_id Camunda8 Error Stable;
    "L452" "no-candidate-users" no_candidate_users Camunda8 Error Stable;
    "L453" "no-execution-listeners" no_execution_listeners Camunda8 Error Stable;
    "L454" "no-job-priority-definition" no_job_priority_definition Camunda8 Error Stable;
    "L455" "no-priority-definition" no_priority_definition Camunda8 Error Stable;
    "L456" "no-propagate-all-parent-variables" no_propagate_all_parent_variables Camunda8 Error Stable;
    "L457" "no-task-listeners" no_task_listeners Camunda8 Error Stable;
    "L458" "no-task-schedule" no_task_schedule Camunda8 Error Stable;
    "L459" "no-template" no_template Camunda8 Error Stable;
    "L460" "no-version-tag" no_version_tag Camunda8 Error Stable;
    "L461" "no-zeebe-properties" no_zeebe_properties Camunda8 Error Stable;
    "L462" "no-zeebe-user-task" no_zeebe_user_task Camunda8 Error Stable;
    "L463" "no-execution-listener-headers" no_execution_listener_headers Camunda8 Error Stable;
    "L464" "no-before-all-execution-listener" no_before_all_execution_listener Camunda8 Error Stable;
    "L465" "no-cancel-execution-listener" no_cancel_execution_listener Camunda8 Error Stable;
    "L466" "execution-listener" execution_listener Camunda8 Error Stable;
    "L467" "task-listener" task_listener Camunda8 Error Stable;
    "L468" "version-tag" version_tag Camunda8 Error Stable;
    "L469" "wait-for-completion" wait_for_completion Camunda8 Error Stable;
    "L470" "secrets" secrets Camunda8 Warning Stable;
    "L471" "no-loop" no_loop Camunda8 Error Stable;
    "L472" "no-expression" no_expression Camunda8 Error Stable;
    "L473" "feel" feel Camunda8 Error Stable;
    "L501" "dsf-process-id" dsf_process_id Dsf Error Stable;
    "L502" "dsf-one-process" dsf_one_process Dsf Error Stable;
    "L503" "dsf-message-name" dsf_message_name Dsf Error Stable;
    "L504" "dsf-error-boundary" dsf_error_boundary Dsf Warning Stable;
    "L505" "dsf-timer-placeholder" dsf_timer_placeholder Dsf Info Stable;
    "L506" "dsf-multi-instance-async" dsf_multi_instance_async Dsf Warning Stable;
    "L507" "dsf-gateway-name" dsf_gateway_name Dsf Info Stable;
    "L508" "dsf-implementation" dsf_implementation Dsf Error Stable;
    "L601" "deadlock" deadlock Behaviour Error Stable;
    "L602" "possible-deadlock" possible_deadlock Behaviour Warning Stable;
    "L603" "lack-of-synchronisation" lack_of_synchronisation Behaviour Warning Stable;
    "L604" "dead-element" dead_element Behaviour Warning Stable;
    "L605" "livelock" livelock Behaviour Warning Stable;
    "L606" "unbounded-tokens" unbounded_tokens Behaviour Warning Stable;
    "L607" "improper-completion" improper_completion Behaviour Info Stable;
    "L608" "behaviour-undecided" behaviour_undecided Behaviour Info Stable;
    "L609" "call-recursion" call_recursion Behaviour Warning Stable;
    "L653" "message-wait-bounded" message_wait_bounded Behaviour Info Stable;
}

/// The rule that the engine itself reports, which alone knows what was suppressed.
pub(super) fn unused_suppression_rule() -> Option<&'static About> {
    RULES.iter().map(|rule| &rule.about).find(|about| about.name == "unused-suppression")
}

/// Whether a rule over one file has this name or code.
pub(super) fn is_known(rule: &str) -> bool {
    RULES.iter().any(|known| known.about.name == rule || known.about.code == rule)
}

//! Every bound of this crate, with its unit and its reason. Models come from outside: each is bounded before it is parsed.

/// Bytes of a model file. The largest public model has well under 1 MB; UTF-16 may double it.
pub const DOCUMENT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Elements within elements. Subprocesses nest a handful deep; the reader, writer and compiler descend this far on the stack.
pub const DEPTH_MAX: usize = 128;
/// Elements of a model file, diagram included: 10,000 flow nodes with their diagram need about 100,000.
pub const ELEMENTS_MAX: usize = 1_000_000;
/// Attributes of one element, namespace declarations included. Keeps the search for duplicates cheap.
pub const ATTRIBUTES_MAX: usize = 128;
/// Namespace declarations that hold at one place. Every name is looked up among them.
pub const NAMESPACES_MAX: usize = 256;
/// Bytes of one attribute value or of the text in one element (forms and scripts are kept there).
pub const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// Diagnostics of one reading or compilation; the rest would only repeat.
pub const DIAGNOSTICS_MAX: usize = 1_000;
/// Bytes of one expression or template.
pub const EXPRESSION_BYTES_MAX: usize = 64 * 1024;
/// Operators within operators. Parser and evaluator descend this far on the stack.
pub const EXPRESSION_DEPTH_MAX: usize = 256;
/// Steps of one evaluation: one for each operator, and one for each element or byte that a search looks at.
pub const EVALUATION_STEPS_MAX: usize = 1_000_000;
/// Bytes of a text that an evaluation may build.
pub const EVALUATION_TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Decisions that a decision requires through others. Deciding descends this far on the stack.
pub const REQUIREMENTS_DEPTH_MAX: usize = 64;
/// Parts of an expression within parts of it while it is evaluated, through the functions that it defines. The evaluator
/// descends this far on the stack.
pub const EVALUATION_DEPTH_MAX: usize = 400;
/// Reasons that are kept for why parts of an expression are null; the first ones say most.
pub const EVALUATION_REMARKS_MAX: usize = 8;
/// Bytes of a compiled regular expression. Patterns may come from outside.
pub const PATTERN_BYTES_MAX: usize = 256 * 1024;
/// Steps that compiling a regular expression counts as.
pub const PATTERN_STEPS: usize = 1_000;
/// Attempts that a retry cycle may ask for.
pub const RETRY_ATTEMPTS_MAX: u32 = 1_000;
/// Findings of all rules in one file; beyond, they are counted.
pub const LINT_FINDINGS_MAX: usize = 10_000;
/// Findings of one rule in one file; beyond, they are counted.
pub const LINT_FINDINGS_PER_RULE_MAX: usize = 2_000;
/// Names of variables in one file whose spellings are compared with each other.
pub const SPELLINGS_MAX: usize = 1_000;
/// Tokens that an activity may ask for or give: each is put on every outgoing flow.
pub const QUANTITY_MAX: u32 = 1_000;
/// Elements of a program for which it is kept by which flows they lead to a join; beyond, it is found anew.
pub const WAYS_KEPT_MAX: usize = 100_000;
/// Pairs of shapes in one scope whose places are compared; a diagram with more is a heap, and was reported as one.
pub const LINT_COMPARISONS_MAX: usize = 2_000_000;
/// Pixels from the middle of a drawn diagram to its end; a shape beyond is not drawn.
pub const RENDER_COORDINATE_MAX: f64 = 1_000_000.0;
/// Lines of one label in a picture.
pub const RENDER_LABEL_LINES_MAX: usize = 12;
/// Findings that the legend of a picture lists; the rest are counted.
pub const RENDER_LEGEND_ENTRIES_MAX: usize = 60;
/// Bends that the layout lets long flows have in all; those beyond lead below everything else.
pub const RENDER_BENDS_MAX: usize = 200_000;
/// States of one process or subprocess that are explored for what it can do. Twelve parallel branches of one step each have 4,096.
pub const BEHAVIOUR_STATES_MAX: usize = 10_000;
/// Bytes that the states of one process or subprocess may need, one for each place in each state.
pub const BEHAVIOUR_STATES_BYTES_MAX: usize = 32 * 1024 * 1024;
/// States that are explored in one file; four scopes may need all that one may have.
pub const BEHAVIOUR_FILE_STATES_MAX: usize = 40_000;
/// Places that are looked at while one file is explored: a state of a large model has many, and is compared with many others.
pub const BEHAVIOUR_WORK_MAX: usize = 500_000_000;
/// Flow nodes of a file whose behaviour is explored; the largest public model has some 400.
pub const BEHAVIOUR_NODES_MAX: usize = 5_000;
/// Tokens in one place that are told apart; more of them show no other behaviour.
pub const BEHAVIOUR_TOKENS_MAX: u8 = 3;
/// Conditions behind one element that are combined: each further one doubles the ways to decide.
pub const BEHAVIOUR_CONDITIONS_MAX: usize = 8;
/// Flows into one inclusive join: each has a bit.
pub const BEHAVIOUR_JOINED_FLOWS_MAX: usize = 64;
/// Elements of a path that a finding names; what lies between is left out.
pub const BEHAVIOUR_PATH_MAX: usize = 24;

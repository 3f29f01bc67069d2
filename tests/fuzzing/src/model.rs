//! Model files and the expressions in them.

use std::collections::BTreeMap;

use serde_json::json;
use tessera_bpmn::diagnostic::Position;
use tessera_bpmn::expression::{Expression, Template};
use tessera_bpmn::read::read;
use tessera_bpmn::write::write;
use tessera_bpmn::{compile, limits};

/// Longest text that one byte of a file may become when it is written back: an escape, and the tags of an element that was
/// written in the shortest form.
const GROWTH_MAX: usize = 16;
const GROWTH_BASE: usize = 4_096;

/// Bytes become a model and findings, and neither is larger than the bytes allow: what grows faster costs more than linear time.
pub fn bpmn_read(bytes: &[u8]) {
    let reading = read(bytes);
    assert!(reading.diagnostics.len() <= limits::DIAGNOSTICS_MAX + 1, "{}", reading.diagnostics.len());
    let Some(model) = reading.model else {
        assert!(!reading.diagnostics.is_empty(), "refused without a reason");
        return;
    };
    let written = write(&model).len();
    assert!(written <= GROWTH_BASE + GROWTH_MAX * bytes.len(), "{} bytes became {written}", bytes.len());
    for process in model.processes().filter_map(|process| process.id.as_deref()) {
        let examination = compile::examine(&model, process);
        assert!(
            examination.program.is_some() || !examination.diagnostics.is_empty(),
            "{process} is refused without a reason"
        );
    }
}

/// What was read and written back is the same model.
pub fn bpmn_roundtrip(bytes: &[u8]) {
    let Some(model) = read(bytes).model else { return };
    let text = write(&model);
    let again = read(text.as_bytes());
    assert_eq!(again.model.as_ref(), Some(&model), "written back as\n{text}");
    let Some(again) = again.model else { return };
    assert_eq!(write(&again), text, "and written once more");
}

/// Expressions and templates are total: a value or an error.
pub fn expression(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let scope = BTreeMap::from([
        ("n".to_owned(), json!(-9_007_199_254_740_993_i64)),
        ("f".to_owned(), json!(1e300)),
        ("s".to_owned(), json!("a text with \u{1f980}")),
        ("b".to_owned(), json!(true)),
        ("l".to_owned(), json!([1, "two", [3], { "four": null }])),
        ("m".to_owned(), json!({ "k": { "k": { "k": [] } }, "size": 3 })),
        ("x".to_owned(), json!(null)),
    ]);
    if let Ok(expression) = Expression::parse(&text, Position::START) {
        let _ = expression.evaluate(&scope);
        let _ = expression.evaluate_condition(&scope);
        let again = Expression::parse(expression.source(), Position::START);
        assert_eq!(
            again.map(|again| again.evaluate(&scope).is_ok()),
            Ok(expression.evaluate(&scope).is_ok())
        );
    }
    if let Ok(template) = Template::parse(&text, Position::START) {
        let _ = template.evaluate(&scope);
        let _ = template.evaluate_text(&scope);
    }
}

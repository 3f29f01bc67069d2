//! Instances as people read them in a terminal. All text comes from peers, plugins and models: it is made printable here.

use serde_json::Value;

use crate::clock;
use crate::table::{Table, printable};

const LINE_CHARACTERS_MAX: usize = 2_000;

/// What a migration moves, and what stands in its way.
pub(super) fn plan(plan: &Value) -> String {
    use std::fmt::Write as _;
    let mut table = Table::new(["ACTIVE", "GOES TO", "TOKENS"]);
    for moved in tessera_fhir::resource::list(plan, "moves") {
        let count = moved.get("count").map(ToString::to_string).unwrap_or_default();
        table.row([text(moved, "from"), text(moved, "to"), count]);
    }
    let mut out = table.to_string();
    let lines = [
        ("dropped", "not waited for any more"),
        ("added", "waited for in addition"),
        ("obstacles", "in the way"),
    ];
    for (key, words) in lines {
        for line in strings(plan, key) {
            let _ = writeln!(out, "{words}: {line}");
        }
    }
    out
}

/// Messages and keys come from peers and plugins.
fn text(value: &Value, key: &str) -> String {
    printable(value.get(key).and_then(Value::as_str).unwrap_or("-"), LINE_CHARACTERS_MAX)
}

fn state(row: &Value) -> String {
    let suspended = row.get("suspended") == Some(&Value::Bool(true));
    let state = text(row, "state");
    if suspended { format!("{state}, suspended") } else { state }
}

/// Milliseconds since the epoch, as people write time.
fn time(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_u64).map_or_else(
        || "-".to_owned(),
        |milliseconds| format!("{:.0}", clock::instant(tessera_core::identity::Timestamp(milliseconds))),
    )
}

fn strings(value: &Value, key: &str) -> Vec<String> {
    tessera_fhir::resource::list(value, key)
        .iter()
        .filter_map(Value::as_str)
        .map(|line| printable(line, LINE_CHARACTERS_MAX))
        .collect()
}

pub(super) fn list(rows: &Value) -> String {
    let mut table =
        Table::new(["INSTANCE", "PROCESS", "BUSINESS KEY", "STATE", "STARTED", "AT", "INCIDENTS"]);
    for row in rows.as_array().map_or(&[][..], Vec::as_slice) {
        table.row([
            text(row, "instance"),
            process(row),
            text(row, "business_key"),
            state(row),
            time(row, "started_at"),
            strings(row, "at").join(","),
            row.get("incidents").map(ToString::to_string).unwrap_or_default(),
        ]);
    }
    table.to_string()
}

/// One step in a line, its facts below it.
pub(super) fn journal(entries: &Value) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for entry in entries.as_array().map_or(&[][..], Vec::as_slice) {
        let step = entry.get("step").map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(out, "{step:>5}  {}  {}", time(entry, "at"), text(entry, "cause"));
        for fact in strings(entry, "facts") {
            let _ = writeln!(out, "       {fact}");
        }
    }
    out
}

/// Id and version; a model need not have a version.
fn process(row: &Value) -> String {
    match text(row, "version") {
        version if version.is_empty() => text(row, "process_id"),
        version => format!("{}|{version}", text(row, "process_id")),
    }
}

pub(super) fn show(shown: &Value) -> String {
    use std::fmt::Write as _;
    let row = shown.get("row").unwrap_or(&Value::Null);
    let mut out = String::new();
    let lines = [
        ("instance", text(row, "instance")),
        ("process", process(row)),
        ("business key", text(row, "business_key")),
        ("state", state(row)),
        ("started", time(row, "started_at")),
        ("ended", time(row, "ended_at")),
        ("at", strings(row, "at").join(", ")),
        ("steps", shown.get("steps").map(ToString::to_string).unwrap_or_default()),
    ];
    for (name, value) in lines {
        let _ = writeln!(out, "{name:<14}{value}");
    }
    out.push_str("variables\n");
    for (name, value) in shown.get("variables").and_then(Value::as_object).into_iter().flatten() {
        let _ = writeln!(out, "  {name} = {}", shortened(&value.to_string()));
    }
    out.push('\n');
    out.push_str(&explain(shown.get("explanation").unwrap_or(&Value::Null)));
    out
}

/// A terminal is no place for a whole FHIR resource; `--format json` has it.
fn shortened(text: &str) -> String {
    const CHARACTERS_MAX: usize = 120;
    if text.chars().count() <= CHARACTERS_MAX {
        return text.to_owned();
    }
    let start: String = text.chars().take(CHARACTERS_MAX).collect();
    format!("{start}… ({} bytes)", text.len())
}

/// The lines say everything about open incidents too; the structured form is for programs.
pub(super) fn explain(explanation: &Value) -> String {
    let mut out = strings(explanation, "lines").join("\n");
    out.push('\n');
    out
}

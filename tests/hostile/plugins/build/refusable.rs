//! Components that must not be loaded, and an ordinary one beside them. What is wrong with each is said where it is refused.

use std::fmt::Write as _;

use crate::component::{component, module, whole_module};

const EXPORT: &str = r#"(func (export "tessera:process/service-task@0.1.0#execute") (param i32 i32 i32) (result i32) (i32.const 1024))"#;

/// Each by its name.
pub(crate) fn files() -> Vec<(String, Vec<u8>)> {
    let unknown = r#"(import "nobody:knows/this@1.0.0" "secret" (func (result i64)))"#;
    let future = r#"(import "tessera:tomorrow/log@9.0.0" "write" (func (param i32 i32)))"#;
    let idle = whole_module(r#"(module (memory (export "memory") 1))"#);
    let large_memory = whole_module(&format!(
        r#"(module {EXPORT} (memory (export "memory") 40000) (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (unreachable)))"#
    ));
    let instances = "(core instance (instantiate $m))".repeat(500);
    let files = [
        ("ordinary", plugin("")),
        ("core-module", whole_module("(module)")),
        ("unknown-import", plugin(unknown)),
        ("future-import", plugin(future)),
        ("no-handler", component(idle, "idle")),
        ("large-memory", component(large_memory, "task")),
        ("forty-tables", plugin(&"(table 1 funcref)".repeat(40))),
        ("huge-table", plugin("(table 1000000000 funcref)")),
        ("five-hundred-instances", whole_module(&format!("(component (core module $m) {instances})"))),
        ("many-functions", bare(&"(func)".repeat(100_001))),
        ("huge-function", bare(&format!("(func {})", "i32.const -2147483648 drop ".repeat(150_000)))),
        ("labyrinth", bare(&labyrinth(1_000, 500))),
        ("nested", whole_module(&nested(30))),
    ];
    files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()
}

fn plugin(text: &str) -> Vec<u8> {
    component(module(&format!("{text}\n{EXPORT}"), false), "task")
}

/// A component around a module that nobody instantiates.
fn bare(text: &str) -> Vec<u8> {
    whole_module(&format!("(component (core module {text}))"))
}

/// One function with as many jumps as `tables`, each to any of as many blocks: more than linear work for a compiler.
fn labyrinth(tables: usize, blocks: usize) -> String {
    let targets = (0..blocks).fold(String::new(), |mut text, block| {
        let _ = write!(text, " {block}");
        text
    });
    let jump = format!("(if (local.get 0) (then (br_table{targets} (local.get 0))))");
    format!("(func (param i32) {} {} {})", "(block ".repeat(blocks), jump.repeat(tables), ")".repeat(blocks))
}

/// Each component instantiates the one before it twice: a few bytes, 2^levels instances.
fn nested(levels: usize) -> String {
    let mut text =
        String::from("(component (component $c0 (core module $m) (core instance (instantiate $m)))");
    for level in 1..=levels {
        let before = level - 1;
        let _ = write!(
            text,
            "(component $c{level} (instance (instantiate $c{before})) (instance (instantiate $c{before})))"
        );
    }
    let _ = write!(text, "(instance (instantiate $c{levels})))");
    text
}

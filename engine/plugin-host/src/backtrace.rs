//! A trap's backtrace as lines that a plugin's author can read: demangled names, without hashes, repetitions counted.

use wasmtime::WasmBacktrace;

use crate::limits::{BACKTRACE_FRAMES_MAX, LAST_LOG_LINE_BYTES};
use crate::sandbox::shortened;

/// Function names, innermost first.
pub(crate) fn frames(backtrace: &WasmBacktrace) -> Vec<String> {
    // Only the runtime's own text has demangled names: `  0: 0x1a2b - module.wasm!function`.
    let text = backtrace.to_string();
    let names = text.lines().filter_map(|line| line.split_once(" - ").map(|(_, name)| name));
    names
        .take(BACKTRACE_FRAMES_MAX)
        .map(|name| readable(name.split_once('!').map_or(name, |(_, name)| name)))
        .collect()
}

/// One line for each run of equal frames.
pub(crate) fn lines(frames: &[String]) -> Vec<String> {
    let runs = frames.chunk_by(|a, b| a == b);
    runs.map(|run| match run {
        [frame, _, ..] => format!("at {frame} ({} times)", run.len()),
        _ => format!("at {}", run[0]),
    })
    .collect()
}

/// Whether the innermost frames are as many as were recorded and repeat a few functions.
pub(crate) fn is_endless_recursion(frames: &[String]) -> bool {
    const FUNCTIONS_IN_A_CIRCLE: usize = 4;
    if frames.len() < BACKTRACE_FRAMES_MAX {
        return false;
    }
    let mut distinct: Vec<&String> = frames.iter().collect();
    distinct.sort_unstable();
    distinct.dedup();
    distinct.len() <= FUNCTIONS_IN_A_CIRCLE
}

/// Without the hashes that mangling adds: `core[6d9e98711c484d2e]::fmt` and `crate::function::h0123456789abcdef`.
fn readable(name: &str) -> String {
    let mut clean = String::with_capacity(name.len());
    let mut rest = shortened(name, LAST_LOG_LINE_BYTES);
    while let Some((before, after)) = rest.split_once('[') {
        clean.push_str(before);
        match after.split_once(']') {
            Some((inside, behind)) if is_hash(inside) => rest = behind,
            _ => {
                clean.push('[');
                rest = after;
            }
        }
    }
    clean.push_str(rest);
    match clean.rsplit_once("::h") {
        Some((path, hash)) if is_hash(hash) => path.to_owned(),
        _ => clean,
    }
}

fn is_hash(text: &str) -> bool {
    (15..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{is_endless_recursion, lines, readable};

    #[test]
    fn names_lose_their_hashes() {
        let cases = [
            ("guest::deep::hf6a7011ff9362e53", "guest::deep"),
            ("std[d123b7a1a2ed1472]::process::abort", "std::process::abort"),
            ("core[6d9e98711c484d2e]::fmt::<[u8]>", "core::fmt::<[u8]>"),
            ("tessera:process/service-task@0.1.0#execute", "tessera:process/service-task@0.1.0#execute"),
            ("a::hello", "a::hello"),
            ("unclosed[", "unclosed["),
        ];
        for (mangled, expected) in cases {
            assert_eq!(readable(mangled), expected);
        }
    }

    #[test]
    fn repetitions_are_counted() {
        let frames = ["a", "b", "b", "b", "c"].map(str::to_owned);
        assert_eq!(lines(&frames), ["at a", "at b (3 times)", "at c"]);
        assert!(!is_endless_recursion(&frames));
        assert!(is_endless_recursion(&vec!["b".to_owned(); 20]));
    }
}

//! The manual of all rules, made of the pages in their files: `--list`, `--explain`, and the reference in the repository.

use std::fmt::Write as _;

use serde_json::{Value, json};
use tessera_bpmn::lint::{About, Group, Status};

use crate::known;

/// All rules for programs.
pub fn list_json() -> Value {
    let rules = known().map(|about| {
        json!({
            "code": about.code,
            "rule": about.name,
            "group": about.group.name(),
            "level": about.level.name(),
            "status": status(about),
            "fix": has_fix(about),
            "summary": about.page().summary,
        })
    });
    rules.collect()
}

/// The page of one rule.
pub fn page(about: &About) -> String {
    let fix = if has_fix(about) { ", repaired by --fix" } else { "" };
    let (level, group) = (about.level.name(), about.group.name());
    let head = format!("{} {} ({level}, group {group}, {}{fix})", about.code, about.name, status(about));
    format!("{head}\n\n{}\n", about.page().text.trim_end())
}

/// All pages as one document.
pub fn document() -> String {
    let mut text = String::from(
        "# Lint rules\n\nMade by `cargo run --release -p tessera-lint --example reference > engine/lint/rules.md`; a test says when it is stale. `tessera lint --explain CODE` \
         shows one page. What lies between the marks of a bad example is what is reported.\n",
    );
    for group in Group::ALL {
        let rules: Vec<&About> = known().filter(|about| about.group == *group).collect();
        if rules.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n## {}\n\n| code | rule | level | |\n|---|---|---|---|", group.name());
        for about in &rules {
            let summary = about.page().summary.replace('|', "\\|");
            let _ = writeln!(
                text,
                "| {} | [`{}`](#{}-{}) | {} | {summary} |",
                about.code,
                about.name,
                about.code.to_lowercase(),
                about.name,
                about.level.name()
            );
        }
        for about in rules {
            let _ = writeln!(text, "\n### {} {}\n\n{}", about.code, about.name, about.page().text.trim_end());
        }
    }
    text
}

/// Whether the rule offers repairs.
pub fn has_fix(about: &About) -> bool {
    about.source.contains(".fix(")
}

fn status(about: &About) -> &'static str {
    match about.status {
        Status::Stable => "stable",
        Status::Preview => "preview",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_in_the_repository_is_what_the_rules_say() {
        assert!(
            include_str!("../rules.md") == document(),
            "write it anew: cargo run --release -p tessera-lint --example reference > engine/lint/rules.md"
        );
    }

    #[test]
    fn codes_and_names_are_unique_over_all_tables() {
        let mut names: Vec<&str> = known().flat_map(|about| [about.code, about.name]).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}

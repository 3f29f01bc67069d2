//! Patterns for paths in `tessera-lint.toml`: `*` and `?` stay within one name, `**` stands for any folders. A pattern
//! without `/` holds for a file or folder of that name anywhere; a pattern that fits a folder holds for all in it.

#![expect(clippy::indexing_slicing, reason = "each list is one longer than the names that it is about")]

/// A pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    parts: Vec<String>,
}

impl Pattern {
    /// Reads a pattern.
    pub(crate) fn new(written: &str) -> Self {
        let trimmed = written.trim().trim_start_matches("./").trim_end_matches('/');
        let mut parts: Vec<String> =
            trimmed.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        if parts.len() == 1 && !trimmed.starts_with('/') {
            parts.insert(0, "**".to_owned());
        }
        Self { parts }
    }

    /// Whether it fits a path, or a folder that the path is in. Parts of the path are separated by `/`.
    pub(crate) fn fits(&self, path: &str) -> bool {
        let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty() && *name != ".").collect();
        // `reached[n]`: the parts so far fit the first `n` names.
        let mut reached = vec![false; names.len() + 1];
        reached[0] = true;
        for part in &self.parts {
            let mut next = vec![false; names.len() + 1];
            if part == "**" {
                let mut open = false;
                for (place, is_reached) in reached.iter().enumerate() {
                    open |= is_reached;
                    next[place] = open;
                }
            } else {
                for (place, name) in names.iter().enumerate() {
                    next[place + 1] = reached[place] && fits_name(part, name);
                }
            }
            reached = next;
        }
        !self.parts.is_empty() && reached.iter().skip(1).any(|is_reached| *is_reached)
    }
}

/// One name against one part, in time proportional to their product.
fn fits_name(part: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let mut reached = vec![false; name.len() + 1];
    reached[0] = true;
    for wanted in part.chars() {
        let mut next = vec![false; name.len() + 1];
        let mut open = false;
        for place in 0..=name.len() {
            match wanted {
                '*' => {
                    open |= reached[place];
                    next[place] = open;
                }
                '?' => next[place] = place > 0 && reached[place - 1],
                _ => next[place] = place > 0 && reached[place - 1] && name[place - 1] == wanted,
            }
        }
        reached = next;
    }
    reached[name.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_names_folders_and_everything_in_them() {
        for (pattern, path, fits) in [
            ("*.bpmn", "a/b/c.bpmn", true),
            ("*.bpmn", "a/b/c.json", false),
            ("target", "a/target/x.bpmn", true),
            ("target/", "target/x.bpmn", true),
            ("/target", "a/target/x.bpmn", false),
            ("a/*.bpmn", "a/b.bpmn", true),
            ("a/*.bpmn", "a/b/c.bpmn", false),
            ("a/**/*.bpmn", "a/b/c/d.bpmn", true),
            ("a/**/*.bpmn", "a/d.bpmn", true),
            ("**/test/**", "a/test/b.bpmn", true),
            ("./models", "models/a.bpmn", true),
            ("m?dels/*", "models/a.bpmn", true),
            ("a", "b", false),
            ("", "a", false),
        ] {
            assert_eq!(Pattern::new(pattern).fits(path), fits, "{pattern} {path}");
        }
        let hostile = "*a".repeat(200) + "b";
        assert!(!Pattern::new(&hostile).fits(&"a".repeat(5_000)), "and does not take for ever");
    }
}

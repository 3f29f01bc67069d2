//! The baseline: what was found when an old repository began to be checked. It holds no lines, so that it stays true when a
//! file is edited elsewhere: a finding is known by file, rule, element and message, and as often as it was there.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tessera_bpmn::lint::Finding;

use crate::outcome::Outcome;

const VERSION: u32 = 1;

/// What was found before.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    findings: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    rule: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    element: Option<String>,
    message: String,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    count: usize,
}

fn one() -> usize {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_one(count: &usize) -> bool {
    *count == 1
}

impl Baseline {
    /// Reads a baseline.
    pub fn read(text: &str) -> Result<Self, String> {
        let baseline: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if baseline.version == VERSION {
            Ok(baseline)
        } else {
            Err(format!("version {} of a baseline is not known; write it anew", baseline.version))
        }
    }

    /// Everything that was found now. `relative` says how a file is called from the folder of the baseline, so that it does
    /// not matter where the command is run.
    pub fn of(outcome: &Outcome, relative: &dyn Fn(&str) -> String) -> Self {
        let mut counts: BTreeMap<Entry, usize> = BTreeMap::new();
        for file in &outcome.files {
            for finding in file.report.findings.iter().chain(&file.known) {
                *counts.entry(Entry::of(&file.report.path, finding, relative)).or_default() += 1;
            }
        }
        let findings = counts.into_iter().map(|(entry, count)| Entry { count, ..entry }).collect();
        Self { version: VERSION, findings }
    }

    /// The same with everything that was found now; what was known of files that were not looked at stays.
    #[must_use]
    pub fn renewed(self, outcome: &Outcome, relative: &dyn Fn(&str) -> String) -> Self {
        let looked_at = looked_at(outcome, relative);
        let mut renewed = Self::of(outcome, relative);
        renewed.findings.extend(self.findings.into_iter().filter(|entry| !looked_at.contains(&entry.file)));
        renewed.findings.sort();
        renewed
    }

    /// As text, one finding to a line, so that a change of it can be read.
    pub fn text(&self) -> String {
        let lines: Vec<String> =
            self.findings.iter().map(|entry| serde_json::to_string(entry).unwrap_or_default()).collect();
        let list = if lines.is_empty() { "[]".to_owned() } else { format!("[\n{}\n]", lines.join(",\n")) };
        format!("{{ \"version\": {VERSION}, \"findings\": {list} }}\n")
    }

    /// How many findings it holds.
    pub fn len(&self) -> usize {
        self.findings.iter().map(|entry| entry.count).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Sets apart what was known; returns how many known findings are not there any more, of the files that were looked at.
    pub fn apply(self, outcome: &mut Outcome, relative: &dyn Fn(&str) -> String) -> usize {
        let mut left: BTreeMap<Entry, usize> = BTreeMap::new();
        for entry in self.findings {
            let count = entry.count;
            *left.entry(Entry { count: 1, ..entry }).or_default() += count;
        }
        for file in &mut outcome.files {
            let mut kept = Vec::new();
            for finding in std::mem::take(&mut file.report.findings) {
                match left.get_mut(&Entry::of(&file.report.path, &finding, relative)) {
                    Some(count) if *count > 0 => {
                        *count -= 1;
                        file.known.push(finding);
                    }
                    Some(_) | None => kept.push(finding),
                }
            }
            file.report.findings = kept;
        }
        let looked_at = looked_at(outcome, relative);
        left.iter().filter(|(entry, _)| looked_at.contains(&entry.file)).map(|(_, count)| count).sum()
    }
}

fn looked_at(outcome: &Outcome, relative: &dyn Fn(&str) -> String) -> BTreeSet<String> {
    outcome.files.iter().map(|file| relative(&file.report.path)).collect()
}

impl Entry {
    fn of(path: &str, finding: &Finding, relative: &dyn Fn(&str) -> String) -> Self {
        Self {
            file: relative(path),
            rule: finding.rule.to_owned(),
            element: finding.element.clone(),
            message: finding.message.clone(),
            count: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use tessera_bpmn::lint::{Config, Source, lint_file};

    use super::*;
    use crate::outcome::Checked;

    fn outcome(text: &str) -> Outcome {
        let report = lint_file(Source { path: "in/a.bpmn", bytes: text.as_bytes() }, &Config::default());
        Outcome { files: vec![Checked { report, known: Vec::new() }], failures: Vec::new() }
    }

    fn relative(path: &str) -> String {
        path.trim_start_matches("in/").to_owned()
    }

    #[test]
    fn what_was_known_is_set_apart_wherever_it_moves_and_only_as_often_as_it_was_there() {
        let model = |content: &str| {
            format!(
                "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' targetNamespace='t'>{content}</definitions>"
            )
        };
        let before = outcome(&model("<process id='p'><task id='a'/></process>"));
        let text = Baseline::of(&before, &relative).text();
        assert!(text.contains("\"file\":\"a.bpmn\"") && text.lines().count() > 2, "{text}");
        let mut same = outcome(&model("\n\n  <process id='p'><task id='a'/></process>"));
        let count = same.findings().count();
        assert_eq!(Baseline::read(&text).unwrap().apply(&mut same, &relative), 0);
        assert_eq!((same.findings().count(), same.files[0].known.len()), (0, count));
        let mut more = outcome(&model("<process id='p'><task id='a'/><task id='b'/></process>"));
        Baseline::read(&text).unwrap().apply(&mut more, &relative);
        assert!(more.findings().count() > 0);
        assert!(more.findings().all(|finding| finding.element.as_deref() == Some("b")));
        let mut better = outcome(&model("<process id='p'/>"));
        assert!(Baseline::read(&text).unwrap().apply(&mut better, &relative) > 0);
        let mut nothing = Outcome { files: Vec::new(), failures: Vec::new() };
        let gone = Baseline::read(&text).unwrap().apply(&mut nothing, &relative);
        assert_eq!(gone, 0, "of a file that was not looked at nothing is known");
        assert_eq!(Baseline::read(&text).unwrap().renewed(&nothing, &relative).text(), text);
        let renewed =
            Baseline::read(&text).unwrap().renewed(&outcome(&model("<process id='p'/>")), &relative);
        assert_eq!(renewed.text(), Baseline::of(&outcome(&model("<process id='p'/>")), &relative).text());
        assert!(Baseline::read("{ \"version\": 2, \"findings\": [] }").is_err());
    }
}

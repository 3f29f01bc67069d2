//! Findings that a model allows itself. In the documentation of an element, for it and what is in it, one on each line:
//! `tessera-lint: allow RULE reason`; or as an attribute, `tessera:lint-allow="RULE reason"`. In the documentation of
//! `definitions` it holds for the file. A reason is required, and what allows nothing is reported.

use crate::diagnostic::Position;
use crate::lint::config::Config;
use crate::lint::document::{Document, Node, Space};
use crate::lint::finding::{Finding, Findings, Span};
use crate::lint::rules;

const MARK: &str = "tessera-lint:";

/// All suppressions of a file.
pub(super) struct Suppressions {
    all: Vec<Suppression>,
}

struct Suppression {
    /// Name or code of a rule.
    rule: String,
    reason: String,
    /// What it holds for.
    scope: Span,
    /// Where it is written.
    written: Span,
    used: bool,
}

impl Suppressions {
    pub(super) fn of(document: &Document) -> Self {
        let mut all = Vec::new();
        for node in document.nodes() {
            if let Some(attribute) = node.attribute_record_in(Space::Tessera, "lint-allow") {
                add(&mut all, node, node.attribute_value(attribute), attribute.value_span());
            }
            if !node.is("documentation") {
                continue;
            }
            let (Some(about), text) = (node.parent(), node.text()) else { continue };
            let mut left = node.text_span();
            for line in text.lines() {
                let Some(rest) = line.trim().strip_prefix(MARK) else { continue };
                let rest = rest.trim();
                let place = within(document, left, line.trim()).unwrap_or(left);
                left.start = place.end.min(left.end);
                add(&mut all, about, rest.strip_prefix("allow").unwrap_or(rest).trim(), place);
            }
        }
        Self { all }
    }

    /// Separates what is allowed, with the reason, and adds what is wrong with the suppressions themselves.
    pub(super) fn apply(
        mut self,
        document: &Document,
        findings: Vec<Finding>,
        config: &Config,
        is_rule: fn(&str) -> bool,
    ) -> (Vec<Finding>, Vec<(Finding, String)>) {
        if self.all.is_empty() {
            return (findings, Vec::new());
        }
        let mut kept = Vec::new();
        let mut suppressed = Vec::new();
        for finding in findings {
            let allows = self.all.iter_mut().find(|suppression| suppression.allows(&finding));
            match allows {
                Some(suppression) => {
                    suppression.used = true;
                    suppressed.push((finding, suppression.reason.clone()));
                }
                None => kept.push(finding),
            }
        }
        let reported = rules::unused_suppression_rule().filter(|_| !config.silent_on_unused_suppressions);
        if let Some((about, level)) = reported.and_then(|about| Some((about, config.level(about)?))) {
            let mut own = Findings::new(about, level, config);
            for suppression in &self.all {
                let rule = &suppression.rule;
                if !is_rule(rule) {
                    own.at(suppression.written, format!("there is no rule `{rule}`; nothing is allowed"));
                } else if suppression.reason.is_empty() {
                    own.at(
                        suppression.written,
                        format!("the suppression of `{rule}` gives no reason and is ignored"),
                    )
                    .help(format!("write why: `{MARK} allow {rule} because ...`"));
                } else if !suppression.used && rules::is_at_work(rule, config) {
                    own.at(
                        suppression.written,
                        format!("`{rule}` reports nothing here; the suppression is not needed"),
                    )
                    .help("remove it");
                }
            }
            let mut own = own.into_found();
            for finding in &mut own {
                finding.element =
                    document.innermost(finding.span.start).and_then(Node::nearest_id).map(str::to_owned);
                finding.start = Position::START;
            }
            super::locate(document.text(), &mut own);
            kept.append(&mut own);
            kept.sort_by(|left, right| (left.span, left.code).cmp(&(right.span, right.code)));
        }
        (kept, suppressed)
    }
}

impl Suppression {
    fn allows(&self, finding: &Finding) -> bool {
        (self.rule == finding.rule || self.rule == finding.code)
            && !self.reason.is_empty()
            && self.scope.start <= finding.span.start
            && finding.span.end <= self.scope.end
    }
}

fn add(all: &mut Vec<Suppression>, about: Node<'_>, written: &str, place: Span) {
    let (rule, reason) = written.split_once(char::is_whitespace).unwrap_or((written, ""));
    if rule.is_empty() {
        return;
    }
    all.push(Suppression {
        rule: rule.to_owned(),
        reason: reason.trim().to_owned(),
        scope: about.span(),
        written: place,
        used: false,
    });
}

/// Where a line of a text is written, if it is written as it is read.
fn within(document: &Document, span: Span, line: &str) -> Option<Span> {
    let at = u32::try_from(span.of(document.text()).find(line)?).ok()?;
    let start = span.start.checked_add(at)?;
    Some(Span::new(start, start.checked_add(u32::try_from(line.len()).ok()?)?))
}

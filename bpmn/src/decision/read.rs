//! DMN files to decisions: parsed, required decisions resolved, everything that cannot be decided reported at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::table::{HitPolicy, Output, Rule, Table};
use super::{Decision, Logic};
use crate::diagnostic::{Diagnostic, Findings, Position, codes};
use crate::expression::{Dialect, Expression};
use crate::limits::REQUIREMENTS_DEPTH_MAX;
use crate::read::tree;
use crate::xml::Element;

/// The namespaces of DMN differ by the date of the version.
const NAMESPACES: [&str; 2] = ["http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/"];

pub(super) fn decisions(bytes: &[u8]) -> Result<BTreeMap<Arc<str>, Arc<Decision>>, Vec<Diagnostic>> {
    let mut findings = Findings::default();
    let mut reader = Reader { findings: &mut findings, id: String::new() };
    let mut drafts = BTreeMap::new();
    if let Some(root) = tree(bytes, reader.findings) {
        if !is(&root, "definitions") {
            let message = format!("the root element is `{}`, not DMN `definitions`", root.name.local);
            reader.findings.add(Diagnostic::error(codes::NOT_DMN, message, root.position));
        }
        for element in root.elements().filter(|element| is(element, "decision")) {
            reader.id = element.attribute("id").map(str::to_owned).unwrap_or_default();
            if let Some(draft) = reader.decision(element) {
                drafts.insert(draft.decision.id.clone(), draft);
            }
        }
    }
    let resolved = resolve(drafts, &mut findings);
    if findings.has_errors() { Err(findings.into_sorted()) } else { Ok(resolved) }
}

/// A decision whose requirements are ids as yet.
struct Draft {
    decision: Decision,
    required: Vec<(String, Position)>,
}

/// What requires nothing comes first, then what requires that. What is left requires itself.
fn resolve(
    mut drafts: BTreeMap<Arc<str>, Draft>,
    findings: &mut Findings,
) -> BTreeMap<Arc<str>, Arc<Decision>> {
    let known: BTreeSet<Arc<str>> = drafts.keys().cloned().collect();
    let mut resolved: BTreeMap<Arc<str>, Arc<Decision>> = BTreeMap::new();
    for _ in 0..REQUIREMENTS_DEPTH_MAX {
        let is_ready =
            |draft: &Draft| draft.required.iter().all(|(id, _)| resolved.contains_key(id.as_str()));
        let ready: Vec<Arc<str>> =
            drafts.iter().filter(|(_, draft)| is_ready(draft)).map(|(id, _)| id.clone()).collect();
        if ready.is_empty() {
            break;
        }
        let round = ready.into_iter().filter_map(|id| drafts.remove(&id)).collect::<Vec<_>>();
        let round = round.into_iter().map(|Draft { mut decision, required }| {
            decision.requires =
                required.iter().filter_map(|(id, _)| resolved.get(id.as_str()).cloned()).collect();
            (decision.id.clone(), Arc::new(decision))
        });
        let round = round.collect::<Vec<_>>();
        resolved.extend(round);
    }
    for (id, draft) in drafts {
        for (required, position) in draft.required {
            let message = if known.contains(required.as_str()) {
                format!(
                    "`{required}` is required in a circle, or through more than {REQUIREMENTS_DEPTH_MAX} others"
                )
            } else {
                format!("there is no decision `{required}` in this file")
            };
            findings.add(Diagnostic::error(codes::DECISION, message, position).about(&*id));
        }
    }
    resolved
}

fn is(element: &Element, local: &str) -> bool {
    let namespace = element.name.namespace.as_deref().unwrap_or_default();
    &*element.name.local == local && NAMESPACES.iter().any(|known| namespace.starts_with(known))
}

fn child<'e>(element: &'e Element, local: &str) -> Option<&'e Element> {
    element.elements().find(|child| is(child, local))
}

fn children<'e>(element: &'e Element, local: &'static str) -> impl Iterator<Item = &'e Element> {
    element.elements().filter(move |child| is(child, local))
}

/// The `text` within, and where it starts.
fn text(element: &Element) -> (String, Position) {
    let Some(text) = child(element, "text") else { return (String::new(), element.position) };
    let content = text.text();
    let blank = content.len().saturating_sub(content.trim_start().len());
    (content.trim().to_owned(), text.text_position().after(content.get(..blank).unwrap_or_default()))
}

struct Reader<'f> {
    findings: &'f mut Findings,
    /// Of the decision that is being read.
    id: String,
}

impl Reader<'_> {
    fn refuse(&mut self, code: &'static str, message: impl Into<String>, position: Position, help: &str) {
        self.findings.add(Diagnostic::error(code, message, position).about(self.id.as_str()).help(help));
    }

    fn decision(&mut self, element: &Element) -> Option<Draft> {
        const HELP: &str = "write it as a decision table or a literal expression, or make it a plugin";
        if self.id.is_empty() {
            self.refuse(codes::MISSING_ID, "a decision has no id", element.position, "set `id`");
            return None;
        }
        for requirement in children(element, "knowledgeRequirement") {
            let message = "a business knowledge model is not evaluated";
            self.refuse(codes::DECISION, message, requirement.position, HELP);
        }
        let required = children(element, "informationRequirement").filter_map(|requirement| {
            let decision = child(requirement, "requiredDecision")?;
            let href = decision.attribute("href")?;
            Some((href.trim_start_matches('#').to_owned(), decision.position))
        });
        let required = required.collect();
        let logic = if let Some(table) = child(element, "decisionTable") {
            Logic::Table(Box::new(self.table(table)?))
        } else if let Some(literal) = child(element, "literalExpression") {
            Logic::Literal(self.expression(literal)?)
        } else {
            self.refuse(codes::DECISION, "how it is decided is not evaluated", element.position, HELP);
            return None;
        };
        let variable = child(element, "variable").and_then(|variable| variable.attribute("name"));
        let variable = variable.or_else(|| element.attribute("name")).unwrap_or(&self.id).into();
        let id = self.id.as_str().into();
        Some(Draft { decision: Decision { id, variable, requires: Vec::new(), logic }, required })
    }

    fn table(&mut self, element: &Element) -> Option<Table> {
        let policy = element.attribute("hitPolicy").unwrap_or("UNIQUE");
        let aggregation = element.attribute("aggregation");
        let Some(policy) = HitPolicy::named(policy, aggregation) else {
            let message = format!("`{policy}` {} is no hit policy", aggregation.unwrap_or_default());
            self.refuse(codes::DECISION, message, element.position, "use one of DMN's");
            return None;
        };
        let mut inputs = Vec::new();
        for input in children(element, "input") {
            let Some(expression) = child(input, "inputExpression") else {
                self.refuse(codes::DECISION, "an input has no expression", input.position, "add one");
                return None;
            };
            let type_name = expression.attribute("typeRef").map(str::to_owned);
            inputs.push((self.expression(expression)?, type_name));
        }
        let mut outputs = Vec::new();
        for output in children(element, "output") {
            outputs.push(self.output(output)?);
        }
        if matches!(policy, HitPolicy::Collect(aggregation) if aggregation != super::table::Aggregation::List)
            && outputs.len() != 1
        {
            let message = "an aggregation needs one output";
            self.refuse(codes::DECISION, message, element.position, "leave one output");
            return None;
        }
        let mut rules = Vec::new();
        for rule in children(element, "rule") {
            rules.extend(self.rule(rule, &inputs, outputs.len()));
        }
        Some(Table { policy, outputs, rules })
    }

    fn output(&mut self, element: &Element) -> Option<Output> {
        let values = match child(element, "outputValues") {
            Some(values) => {
                let (source, position) = text(values);
                match self.parse(&format!("[{source}]"), position)?.evaluate(&BTreeMap::new()) {
                    Ok(Value::Array(values)) => values,
                    Ok(_) | Err(_) => Vec::new(),
                }
            }
            None => Vec::new(),
        };
        let default = match child(element, "defaultOutputEntry") {
            Some(default) => Some(self.expression(default)?),
            None => None,
        };
        let name = element.attribute("name").unwrap_or_default().to_owned();
        Some(Output { name, values, default })
    }

    fn rule(
        &mut self,
        element: &Element,
        inputs: &[(Expression, Option<String>)],
        outputs: usize,
    ) -> Option<Rule> {
        let cells = (children(element, "inputEntry").count(), children(element, "outputEntry").count());
        if cells != (inputs.len(), outputs) {
            let message = "the rule does not have one entry for each input and output";
            self.refuse(codes::DECISION, message, element.position, "add or remove entries");
            return None;
        }
        let mut tests = Vec::new();
        for (entry, (input, type_name)) in children(element, "inputEntry").zip(inputs) {
            self.is_feel(entry)?;
            let (source, position) = text(entry);
            let test = Expression::parse_tests(input, type_name.as_deref(), &source, position);
            let test = test.map_err(|wrong| {
                self.refuse(codes::EXPRESSION, wrong.message, wrong.position, "correct the entry");
            });
            tests.push(test.ok()?);
        }
        let mut entries = Vec::new();
        for entry in children(element, "outputEntry") {
            entries.push(self.expression(entry)?);
        }
        Some(Rule { tests, entries })
    }

    fn expression(&mut self, element: &Element) -> Option<Expression> {
        self.is_feel(element)?;
        let (source, position) = text(element);
        // An empty entry says nothing, which is null.
        self.parse(if source.is_empty() || source == "-" { "null" } else { &source }, position)
    }

    fn parse(&mut self, source: &str, position: Position) -> Option<Expression> {
        let parsed = Expression::parse_as(Dialect::Feel, source, position);
        let help = "correct the expression; decisions are written in FEEL";
        parsed.map_err(|wrong| self.refuse(codes::EXPRESSION, wrong.message, wrong.position, help)).ok()
    }

    fn is_feel(&mut self, element: &Element) -> Option<()> {
        let language = element.find_attribute("expressionLanguage");
        let language = language.filter(|language| !language.value.to_ascii_lowercase().contains("feel"));
        let Some(language) = language.filter(|language| !language.value.trim().is_empty()) else {
            return Some(());
        };
        let message = format!("`{}` in a decision is not evaluated", language.value);
        self.refuse(codes::EXPRESSION_LANGUAGE, message, language.position, "write it in FEEL");
        None
    }
}

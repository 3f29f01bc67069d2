//! Business rule tasks: the work of a handler, or a decision that stands beside the model.

use super::extension::zeebe;
use super::graph::Graph;
use super::{Kind, Rules, RulesResult, Work};
use crate::diagnostic::{Diagnostic, Position, codes};
use crate::dialect;
use crate::model::BusinessRuleTask;

impl<'m> Graph<'m, '_> {
    /// A handler that is named comes before a decision.
    pub(super) fn business_rule_task(&mut self, task: &'m BusinessRuleTask, id: &'m str) -> Kind {
        let base = task.base();
        let work = self.work(base, task.implementation.as_deref(), id);
        if work.handler.is_some() || work.expression.is_some() {
            return Kind::ServiceTask(work);
        }
        if let Some(called) = zeebe(base, "calledDecision") {
            let Some(decision) = called.find_attribute("decisionId") else {
                let message = "it does not say which decision it asks for";
                self.wrong_decision(message.to_owned(), called.position, id);
                return Kind::Task;
            };
            let result_variable = called.attribute("resultVariable").map(str::to_owned);
            let work = Work { result_variable, ..work };
            return self.decided(&decision.value, decision.position, RulesResult::Value, work, id);
        }
        let Some(decision) = dialect::attribute(base, "decisionRef") else { return Kind::ServiceTask(work) };
        let mapped = dialect::attribute(base, "mapDecisionResult");
        let result = match mapped.map(|mapped| mapped.value.as_str()) {
            None | Some("resultList") => RulesResult::Rows,
            Some("singleResult") => RulesResult::Row,
            Some("singleEntry") => RulesResult::Entry,
            Some("collectEntries") => RulesResult::Entries,
            Some(other) => {
                let position = mapped.map_or(base.position, |mapped| mapped.position);
                self.wrong_decision(format!("`{other}` is no mapping of a result"), position, id);
                return Kind::Task;
            }
        };
        let binding = dialect::attribute(base, "decisionRefBinding");
        if let Some(binding) = binding.filter(|binding| !["latest", "deployment"].contains(&&*binding.value))
        {
            let message = format!("the binding `{}` of a decision is not executed", binding.value);
            self.wrong_decision(message, binding.position, id);
        }
        self.decided(&decision.value, decision.position, result, work, id)
    }

    fn decided(
        &mut self,
        decision: &str,
        position: Position,
        result: RulesResult,
        work: Work,
        id: &str,
    ) -> Kind {
        let Some(found) = self.decisions.find(decision.trim()) else {
            self.wrong_decision(format!("there is no decision `{decision}` beside this model"), position, id);
            return Kind::Task;
        };
        let rules = Some(Rules { decision: found.clone(), result });
        if work.result_variable.is_none() {
            let message = "the decision has no effect: its result goes nowhere";
            let finding = Diagnostic::warning(codes::NO_EFFECT, message, position).about(id);
            self.findings.add(finding.help("set `resultVariable`"));
        }
        Kind::ServiceTask(Work { rules, ..work })
    }

    fn wrong_decision(&mut self, message: String, position: Position, id: &str) {
        let finding = Diagnostic::error(codes::DECISION, message, position).about(id);
        let help = "put a DMN file with the decision beside the model and name the decision by its id, or make it a \
                    plugin: set `tessera:handler`";
        self.findings.add(finding.help(help));
    }
}

//! What the dialects say about whoever does a user task, and what is told when it begins and ends.

use super::extension::{self, Extensions, zeebe};
use super::graph::Graph;
use super::{Assignment, Listener, ListenerEvent};
use crate::diagnostic::{Diagnostic, codes};
use crate::dialect::{ZEEBE, attribute};
use crate::expression::{Template, is_computed};
use crate::model::ResourceRole;
use crate::xml::Element;

/// When a task listener of either dialect is called, as far as it is.
enum Moment {
    Begun,
    Done,
    /// Nothing in here is one.
    Never,
}

impl Extensions<'_, '_> {
    /// Who may do the task, by which form and until when.
    pub(super) fn assignment(&mut self) -> Assignment {
        let assigned = |local| self.said(&[local], "assignmentDefinition", &[local]);
        let (assignee, users) = (assigned("assignee"), assigned("candidateUsers"));
        let groups = assigned("candidateGroups");
        let due_date = self.said(&["dueDate"], "taskSchedule", &["dueDate"]);
        let follow_up_date = self.said(&["followUpDate"], "taskSchedule", &["followUpDate"]);
        let priority = self.said(&["priority"], "priorityDefinition", &["priority"]);
        let form = self.said(&["formKey"], "formDefinition", &["formKey", "formId", "externalReference"]);
        let mut template = |written: Option<Written>| {
            let (source, position) = written?;
            self.template(&source, position)
        };
        Assignment {
            assignee: template(assignee),
            candidate_users: template(users),
            candidate_groups: template(groups),
            form: template(form),
            due_date: template(due_date),
            follow_up_date: template(follow_up_date),
            priority: template(priority),
        }
    }

    /// What our own dialect or Camunda's says by an attribute, and Zeebe's by one of an element.
    fn said(&self, attributes: &[&str], element: &str, of_element: &[&str]) -> Option<Written> {
        let own = attributes.iter().find_map(|local| attribute(self.base, local));
        let zeebe = zeebe(self.base, element);
        let found = own.or_else(|| {
            zeebe.and_then(|zeebe| of_element.iter().find_map(|local| zeebe.find_attribute(local)))
        });
        found.map(|found| (found.value.clone(), found.position)).filter(|(value, _)| !value.trim().is_empty())
    }

    /// Task listeners as listeners of the element: when the task begins they follow its start listeners, when it is done
    /// they come before its end listeners.
    pub(super) fn task_listeners(&mut self, listeners: Vec<Listener>, is_assigned: bool) -> Vec<Listener> {
        let (mut begun, mut done) = (Vec::new(), Vec::new());
        let base = self.base;
        for element in base.extensions() {
            if extension::is_camunda_named(element, "taskListener") {
                let class = element.attribute("class").map(str::to_owned);
                let handler =
                    class.or_else(|| element.attribute("delegateExpression").map(extension::bean_name));
                self.task_listener(element, "event", handler, is_assigned, (&mut begun, &mut done));
            } else if element.name.is(ZEEBE, "taskListeners") {
                for element in element.elements() {
                    let handler = element.attribute("type").map(str::to_owned);
                    self.task_listener(element, "eventType", handler, is_assigned, (&mut begun, &mut done));
                }
            }
        }
        done.into_iter().chain(listeners).chain(begun).collect()
    }

    fn task_listener(
        &mut self,
        element: &Element,
        event: &str,
        handler: Option<String>,
        is_assigned: bool,
        (begun, done): (&mut Vec<Listener>, &mut Vec<Listener>),
    ) {
        let event = element.attribute(event).unwrap_or_default();
        let (list, when) = match moment(event, is_assigned) {
            Moment::Begun => (begun, ListenerEvent::Start),
            Moment::Done => (done, ListenerEvent::End),
            Moment::Never => {
                let message =
                    format!("nothing here is the event `{event}` of a task: the listener is not called");
                let help = "listen to `create` or `complete`, or attach an event to the task";
                self.warn(codes::NO_EFFECT, message, element.position, help);
                return;
            }
        };
        list.extend(self.listener_of(element, when, handler));
    }
}

type Written = (String, crate::diagnostic::Position);

fn moment(event: &str, is_assigned: bool) -> Moment {
    match event {
        "create" | "creating" => Moment::Begun,
        "assignment" | "assigning" if is_assigned => Moment::Begun,
        "complete" | "completing" => Moment::Done,
        _ => Moment::Never,
    }
}

impl Graph<'_, '_> {
    /// What the standard's own elements say about whoever does the task, where the dialects say nothing.
    pub(super) fn performers(&mut self, roles: &[ResourceRole], id: &str, assignment: &mut Assignment) {
        for role in roles {
            let (performer, is_owner) = match role {
                ResourceRole::HumanPerformer(performer)
                | ResourceRole::Performer(performer)
                | ResourceRole::ResourceRole(performer) => (performer, false),
                ResourceRole::PotentialOwner(performer) => (performer, true),
            };
            let base = performer.base();
            let Some(content) = performer.assignment_expression.as_deref() else {
                let finding = Diagnostic::warning(
                    codes::NO_EFFECT,
                    "a resource by itself has no effect",
                    base.position,
                );
                self.findings.add(finding.about(id).help("add a `resourceAssignmentExpression`"));
                continue;
            };
            let formal = content.element().elements().next().unwrap_or_else(|| content.element());
            let (source, position) = (formal.text().trim().to_owned(), formal.text_position());
            let mut extensions = self.extensions(base, id);
            if is_owner {
                let (users, groups) = candidates(&source);
                for (place, names) in
                    [(&mut assignment.candidate_users, users), (&mut assignment.candidate_groups, groups)]
                {
                    if place.is_none() && !names.is_empty() {
                        *place = extensions.template(&names.join(", "), position);
                    }
                }
            } else if assignment.assignee.is_none() {
                assignment.assignee = extensions.template(&source, position);
            }
        }
    }
}

/// `user(a), group(b), c`: users and groups; a plain name is a group. What is computed is not taken apart.
fn candidates(source: &str) -> (Vec<&str>, Vec<&str>) {
    let parts: Vec<&str> =
        if is_computed(source) { vec![source] } else { source.split(',').map(str::trim).collect() };
    let (mut users, mut groups) = (Vec::new(), Vec::new());
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if let Some(user) = part.strip_prefix("user(").and_then(|rest| rest.strip_suffix(')')) {
            users.push(user);
        } else {
            let group = part.strip_prefix("group(").and_then(|rest| rest.strip_suffix(')'));
            groups.push(group.unwrap_or(part));
        }
    }
    (users, groups)
}

impl Assignment {
    /// What is said, by the names that the dialects use.
    pub fn entries(&self) -> impl Iterator<Item = (&'static str, &Template)> {
        let all = [
            ("assignee", &self.assignee),
            ("candidateUsers", &self.candidate_users),
            ("candidateGroups", &self.candidate_groups),
            ("form", &self.form),
            ("dueDate", &self.due_date),
            ("followUpDate", &self.follow_up_date),
            ("priority", &self.priority),
        ];
        all.into_iter().filter_map(|(name, template)| Some((name, template.as_ref()?)))
    }
}

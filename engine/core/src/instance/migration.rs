//! An instance changes to another version of its process. What is active needs a counterpart of the same kind in the same
//! scope; what its boundary events and event subprocesses wait for goes on where there is a counterpart, ends where there is
//! none, and begins where it is new. All or nothing: a plan says beforehand what would move and what stands in the way.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tessera_bpmn::compile::{Element, Kind, Program, Trigger};

use super::elements;
use super::fact::{Fact, Migrated};
use super::input::Refused;
use super::joins::Joins;
use super::state::{Instance, Node, Role, State};
use super::step::Step;
use super::triggers;
use super::wait::Wait;
use crate::identity::{DefinitionKey, NodeKey, Timestamp, WaitKey};

/// Where an instance is to go.
#[derive(Debug, Clone, PartialEq)]
pub struct Migration {
    /// The definition that it is to run on.
    pub definition: DefinitionKey,
    /// The program of that.
    pub program: Arc<Program>,
    /// Element ids of the old version, and those of their counterparts. What is not named keeps its id.
    pub mapping: BTreeMap<Arc<str>, Arc<str>>,
}

/// What a migration does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What is active, and where it goes.
    pub moves: Vec<PlannedMove>,
    /// Events that are not waited for any more.
    pub dropped: Vec<Arc<str>>,
    /// Events that are waited for in addition.
    pub added: Vec<Arc<str>>,
    /// What stands in the way. The migration is refused unless this is empty.
    pub obstacles: Vec<String>,
}

/// One element that is active.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlannedMove {
    /// Its id in the old version.
    pub from: Arc<str>,
    /// Its id in the new one.
    pub to: Arc<str>,
    /// How often it is active.
    pub count: usize,
}

/// What a migration of `instance` from the program that it runs on would do.
pub fn plan(instance: &Instance, program: &Program, migration: &Migration) -> Plan {
    Planning { instance, program, migration }.plan()
}

/// Does it.
pub(super) fn migrate(
    instance: &mut Instance,
    program: &Program,
    now: Timestamp,
    migration: &Migration,
) -> Result<Vec<Fact>, Refused> {
    if !instance.is_running() {
        return Err(Refused::NotRunning);
    }
    let planning = Planning { instance, program, migration };
    let plan = planning.plan();
    if !plan.obstacles.is_empty() {
        return Err(Refused::Migration { obstacles: plan.obstacles });
    }
    let dropped: Vec<WaitKey> = planning.dropped().map(|(key, _)| key).collect();
    let added = planning.added();
    // Whether the new waits have values is found out before anything changes.
    let definition = migration.definition.clone();
    let elements = migration.mapping.clone();
    let mut moved = instance.clone();
    let migrated = Fact::Migrated(Box::new(Migrated { definition, elements }));
    super::apply(&mut moved, &migrated);
    let trial = Step::new(&mut moved, &migration.program, now);
    let mut opened = Vec::new();
    for (node, element) in added {
        let (Kind::BoundaryEvent { trigger, .. } | Kind::StartEvent(trigger)) = &element.kind else {
            continue;
        };
        match triggers::wait_kinds(&trial, node, trigger) {
            Ok(kinds) => opened.extend(kinds.into_iter().map(|kind| (node, element.id.clone(), kind))),
            Err(trouble) => {
                let obstacles = vec![format!("`{}` cannot be waited for: {}", element.id, trouble.message)];
                return Err(Refused::Migration { obstacles });
            }
        }
    }
    let mut step = Step::new(instance, &migration.program, now);
    for wait in dropped {
        triggers::close(&mut step, wait);
    }
    step.emit(migrated);
    for (node, element, kind) in opened {
        step.open_wait(node, &element, kind);
    }
    Ok(step.run())
}

struct Planning<'a> {
    instance: &'a Instance,
    program: &'a Program,
    migration: &'a Migration,
}

impl<'a> Planning<'a> {
    fn plan(&self) -> Plan {
        let mut plan = Plan::default();
        let (current, wanted) = (self.instance.definition(), &self.migration.definition);
        if current == wanted {
            plan.obstacles.push(format!("it runs on {wanted} already"));
        }
        if current.process_id != wanted.process_id {
            plan.obstacles.push(format!("{wanted} is another process than {}", current.process_id));
            return plan;
        }
        for (from, to) in &self.migration.mapping {
            if self.program.find(from).is_none() {
                plan.obstacles
                    .push(format!("the mapping names `{from}`, which the old version does not have"));
            }
            if self.migration.program.find(to).is_none() {
                plan.obstacles.push(format!("the mapping names `{to}`, which the new version does not have"));
            }
        }
        let mut counts: BTreeMap<(Arc<str>, Arc<str>), usize> = BTreeMap::new();
        let mut obstacles = BTreeSet::new();
        for (key, node) in self.instance.nodes.iter().filter(|(key, _)| **key != NodeKey::ROOT) {
            match self.counterpart(node) {
                Ok(to) => {
                    if node.role != Role::Body {
                        *counts.entry((node.element.clone(), to)).or_default() += 1;
                    }
                }
                Err(obstacle) => {
                    obstacles.insert(obstacle);
                }
            }
            obstacles.extend(self.own_waits(*key, node));
        }
        for kept in self.instance.remembered.values().flatten() {
            kept.visit(&mut |element| {
                if !self
                    .old(element)
                    .zip(self.new_of(element))
                    .is_some_and(|(old, new)| is_same_kind(&old.kind, &new.kind))
                {
                    obstacles.insert(format!("`{element}` can still be undone, and has no counterpart"));
                }
            });
        }
        plan.moves = counts.into_iter().map(|((from, to), count)| PlannedMove { from, to, count }).collect();
        plan.obstacles.extend(obstacles);
        plan.dropped = self.dropped().map(|(_, wait)| wait.element.clone()).collect();
        plan.added = self.added().into_iter().map(|(_, element)| element.id.clone()).collect();
        plan
    }

    fn mapped(&self, id: &Arc<str>) -> Arc<str> {
        self.migration.mapping.get(id).unwrap_or(id).clone()
    }

    fn old(&self, id: &str) -> Option<&'a Element> {
        Some(self.program.element(self.program.find(id)?))
    }

    fn new_of(&self, id: &Arc<str>) -> Option<&'a Element> {
        let program = &*self.migration.program;
        Some(program.element(program.find(&self.mapped(id))?))
    }

    /// Where an activation goes, or what stands in the way.
    fn counterpart(&self, node: &Node) -> Result<Arc<str>, String> {
        let id = &node.element;
        if node.role == Role::Flow {
            let target = |program: &'a Program| {
                program.find_flow(id).map(|flow| &program.element(program.flow(flow).target).id)
            };
            let (old, new) = (target(self.program), target(&self.migration.program));
            let same = old.is_some_and(|old| new == Some(&self.mapped(old)));
            return same.then(|| id.clone()).ok_or_else(|| {
                format!("a token is on the flow `{id}`, which does not lead there in the new version")
            });
        }
        let to = self.mapped(id);
        let Some(new) = self.new_of(id) else {
            return Err(format!(
                "`{id}` is active and has no counterpart; map it to an element of the new version"
            ));
        };
        let Some(old) = self.old(id) else { return Err(format!("the old version has no `{id}`")) };
        let name = |element: &Element| elements::table(element, Role::Element).element;
        if !is_same_kind(&old.kind, &new.kind) {
            return Err(format!("`{id}` is a {} and `{to}` is a {}", name(old), name(new)));
        }
        let how_often = |element: &Element| {
            let sequential = element.multi_instance.as_ref().map(|plan| plan.sequential);
            (sequential, element.standard_loop.is_some())
        };
        if how_often(old) != how_often(new) {
            return Err(format!("`{id}` and `{to}` are not repeated in the same way"));
        }
        // The iterations of an activity are within its body.
        if !matches!(node.role, Role::Iteration(_)) {
            let around = self.instance.node(node.parent).filter(|_| node.parent != NodeKey::ROOT);
            let around = around.map(|around| self.mapped(&around.element));
            let program = &self.migration.program;
            let scope = (new.scope != Program::ROOT).then(|| program.element(new.scope).id.clone());
            if around != scope {
                return Err(format!("`{to}` is not in the scope that `{id}` is in"));
            }
        }
        if node.state == State::Parked {
            let flow = node.by.as_deref().unwrap_or_default();
            let incoming = self.migration.program.find_flow(flow);
            if incoming.is_none_or(|flow| !new.incoming.contains(&flow)) {
                return Err(format!(
                    "a token waits at `{id}` that came by flow `{flow}`, which does not lead to `{to}`"
                ));
            }
        }
        Ok(to)
    }

    /// What an activation waits for by itself, in its own name or by the events behind a gateway.
    fn own_waits(&self, key: NodeKey, node: &Node) -> Vec<String> {
        let waits =
            self.instance.waits.values().filter(|wait| wait.node == key && wait.element != node.element);
        let own = waits
            .filter(|wait| !self.old(&wait.element).is_some_and(|event| is_attached(self.program, event)));
        let missing = own.filter(|wait| !self.goes_on(wait));
        missing
            .map(|wait| format!("`{}` waits for `{}`, which has no counterpart", node.element, wait.element))
            .collect()
    }

    /// Waits of boundary events and event subprocesses that have no counterpart.
    fn dropped(&self) -> impl Iterator<Item = (WaitKey, &'a Wait)> {
        let attached = self.instance.waits.iter().filter(|(_, wait)| {
            self.old(&wait.element).is_some_and(|event| is_attached(self.program, event))
        });
        attached.filter(|(_, wait)| !self.goes_on(wait)).map(|(key, wait)| (*key, wait))
    }

    /// Whether the event of a wait has a counterpart that waits for the same kind of thing at the same place.
    fn goes_on(&self, wait: &Wait) -> bool {
        let (Some(old), Some(new)) = (self.old(&wait.element), self.new_of(&wait.element)) else {
            return false;
        };
        if !is_same_kind(&old.kind, &new.kind) {
            return false;
        }
        let program = &self.migration.program;
        let host = if let Kind::BoundaryEvent { attached_to, .. } = &new.kind {
            program.element(*attached_to)
        } else if matches!(new.kind, Kind::StartEvent(_)) {
            // That of an event subprocess belongs to the scope around it.
            program.element(program.element(new.scope).scope)
        } else {
            return true;
        };
        let Some(node) = self.instance.node(wait.node) else { return false };
        if wait.node == NodeKey::ROOT {
            host.scope == Program::ROOT && host.kind.scope().is_some()
        } else {
            self.mapped(&node.element) == host.id
        }
    }

    /// Events of the new version that begin to be waited for.
    fn added(&self) -> Vec<(NodeKey, &'a Element)> {
        let program = &*self.migration.program;
        let kept: BTreeSet<(NodeKey, Arc<str>)> = self
            .instance
            .waits
            .values()
            .filter(|wait| self.goes_on(wait))
            .map(|wait| (wait.node, self.mapped(&wait.element)))
            .collect();
        let mut added = Vec::new();
        for (key, node) in &self.instance.nodes {
            let index = if *key == NodeKey::ROOT {
                Some(Program::ROOT)
            } else {
                program.find(&self.mapped(&node.element))
            };
            let Some(index) = index.filter(|_| node.role != Role::Flow && node.state != State::Ready) else {
                continue;
            };
            let element = program.element(index);
            if !matches!(node.role, Role::Iteration(_)) {
                added.extend(element.boundary_events.iter().map(|event| (*key, program.element(*event))));
            }
            if node.role != Role::Body && element.kind.scope().is_some() {
                added.extend(
                    triggers::handlers(program, index).map(|handler| (*key, program.element(handler.start))),
                );
            }
        }
        added.retain(|(key, event)| !kept.contains(&(*key, event.id.clone())) && is_waited_for(event));
        // An event that has fired and is not waited for again is none that is new.
        let old_ids: BTreeSet<Arc<str>> =
            self.program.elements().map(|(_, element)| self.mapped(&element.id)).collect();
        added.retain(|(_, event)| !old_ids.contains(&event.id));
        added
    }
}

fn is_waited_for(event: &Element) -> bool {
    let (Kind::BoundaryEvent { trigger, .. } | Kind::StartEvent(trigger)) = &event.kind else { return false };
    trigger.each().iter().any(|trigger| match trigger {
        Trigger::Message(_) | Trigger::Timer(_) | Trigger::Signal { .. } | Trigger::Condition(_) => true,
        Trigger::None
        | Trigger::Error(_)
        | Trigger::Escalation(_)
        | Trigger::Compensation
        | Trigger::Cancel
        | Trigger::Several { .. } => false,
    })
}

fn is_attached(program: &Program, event: &Element) -> bool {
    let begins_handler = || matches!(program.element(event.scope).kind, Kind::EventSubProcess { .. });
    matches!(event.kind, Kind::BoundaryEvent { .. })
        || (matches!(event.kind, Kind::StartEvent(_)) && begins_handler())
}

/// Whether what lives by one can go on by the other.
fn is_same_kind(old: &Kind, new: &Kind) -> bool {
    let triggers = match (old, new) {
        (Kind::CatchEvent(old), Kind::CatchEvent(new)) | (Kind::StartEvent(old), Kind::StartEvent(new)) => {
            Some((old, new))
        }
        (Kind::BoundaryEvent { trigger: old, .. }, Kind::BoundaryEvent { trigger: new, .. }) => {
            Some((old, new))
        }
        (Kind::ThrowEvent(old), Kind::ThrowEvent(new)) | (Kind::EndEvent(old), Kind::EndEvent(new)) => {
            return discriminant(old) == discriminant(new);
        }
        _ => None,
    };
    discriminant(old) == discriminant(new)
        && triggers.is_none_or(|(old, new)| {
            let kinds = |trigger: &Trigger| trigger.each().iter().map(discriminant).collect::<Vec<_>>();
            discriminant(old) == discriminant(new) && kinds(old) == kinds(new)
        })
}

/// Brings an instance's names up to date: all that [`super::apply`] does with the fact.
pub(super) fn rename(instance: &mut Instance, migrated: &Migrated) {
    instance.definition = migrated.definition.clone();
    let renamed = |id: &mut Arc<str>| {
        if let Some(new) = migrated.elements.get(id) {
            *id = new.clone();
        }
    };
    for (key, node) in &mut instance.nodes {
        if *key != NodeKey::ROOT {
            renamed(&mut node.element);
        }
        // Other ways lead to the same joins.
        node.joins = Joins::default();
        let parked = std::mem::take(&mut node.parked);
        node.parked = parked
            .into_iter()
            .map(|(mut element, flows)| {
                renamed(&mut element);
                (element, flows)
            })
            .collect();
    }
    for wait in instance.waits.values_mut() {
        renamed(&mut wait.element);
    }
    for kept in instance.remembered.values_mut().flatten() {
        kept.rename(&renamed);
    }
    for incident in instance.incidents.values_mut() {
        renamed(&mut Arc::make_mut(incident).element);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::instance::Input;
    use crate::instance::tests::run::{Run, program};

    const OLD: &str = r#"<startEvent id="start"/><subProcess id="sub"><startEvent id="s0"/><userTask id="a"/><userTask id="b"/>
          s0 -> a
          s0 -> b
        </subProcess><endEvent id="end"/>
        <boundaryEvent id="told" attachedToRef="sub"><messageEventDefinition messageRef="m"/></boundaryEvent>
        <boundaryEvent id="late" attachedToRef="sub"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
        start -> sub
        sub -> end"#;

    fn to(body: &str, mapping: &[(&str, &str)]) -> Migration {
        let mapping = mapping.iter().map(|(from, to)| ((*from).into(), (*to).into())).collect();
        let definition = DefinitionKey { process_id: "p".into(), version: "2.0".into(), digest: "e".into() };
        Migration { definition, program: Arc::new(program(body)), mapping }
    }

    #[test]
    fn it_goes_on_in_the_new_version() {
        let new = OLD
            .replace(r#""a""#, r#""x""#)
            .replace("-> a", "-> x")
            .replace("late", "again")
            .replace("messageEventDefinition messageRef=\"m\"", "signalEventDefinition signalRef=\"sig\"")
            .replace("sub -> end", "sub -> more\n<userTask id=\"more\"/>\nmore -> end");
        let mut run = Run::start(OLD);
        let migration = to(&new, &[("a", "x")]);
        let plan = plan(&run.instance, &run.program, &migration);
        let moves: Vec<_> =
            plan.moves.iter().map(|moved| format!("{} {} {}", moved.from, moved.to, moved.count)).collect();
        assert_eq!(moves, ["a x 1", "b b 1", "sub sub 1"]);
        assert_eq!((plan.dropped, plan.added), (vec!["told".into(), "late".into()], vec!["again".into()]));
        assert_eq!(plan.obstacles, Vec::<String>::new());
        let program = Program::clone(&migration.program);
        run.input(Input::Migrate(Box::new(migration))).unwrap();
        run.program = program;
        assert_eq!((run.places().as_str(), &*run.instance.definition().version), ("b x", "2.0"));
        run.complete("x", json!({}));
        run.complete("b", json!({}));
        assert_eq!(run.places(), "more");
    }

    #[test]
    fn what_stands_in_the_way() {
        type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str);
        let cases: [Case; 5] = [
            (r#"<userTask id="a"/>"#, "", &[], "`a` is active and has no counterpart"),
            (r#"<userTask id="a"/>"#, r#"<task id="a"/>"#, &[], "`a` is a user task and `a` is a task"),
            (
                r#"<userTask id="a"/>"#,
                r#"<userTask id="a"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>"#,
                &[],
                "not repeated in the same way",
            ),
            ("", "", &[("a", "end")], "`a` is a user task and `end` is a end event"),
            ("", "", &[("a", "nowhere")], "the mapping names `nowhere`"),
        ];
        for (old, new, mapping, obstacle) in cases {
            let mut body = OLD.replace(old, new);
            if new.is_empty() && !old.is_empty() {
                body = body.replace("s0 -> a", "");
            }
            let mut run = Run::start(OLD);
            let migration = to(&body, mapping);
            let plan = plan(&run.instance, &run.program, &migration);
            assert!(plan.obstacles.iter().any(|found| found.contains(obstacle)), "{obstacle}: {plan:?}");
            assert!(run.input(Input::Migrate(Box::new(migration))).is_err());
        }
        let outside = r#"<startEvent id="start"/><userTask id="a"/><userTask id="b"/><subProcess id="sub"><startEvent id="s0"/></subProcess>
            start -> a
            start -> b
            start -> sub"#;
        let run = Run::start(OLD);
        let plan = plan(&run.instance, &run.program, &to(outside, &[]));
        assert!(plan.obstacles.iter().any(|found| found.contains("not in the scope")), "{plan:?}");
    }
}

//! What the processes of a file can do, explored once for all rules that ask, and how a rule says what was found.

use crate::behaviour::{Behaviour, Budget, Step, Verdict, VerdictKind, explore_outline};
use crate::compile::{ElementIndex, Outline, Program, outline};
use crate::limits::{BEHAVIOUR_NODES_MAX, BEHAVIOUR_PATH_MAX};
use crate::lint::Node;
use crate::lint::file::File;
use crate::lint::finding::Findings;

/// The processes of a file, and what they can do.
#[derive(Debug, Default)]
pub(super) struct Explored {
    processes: Vec<(Outline, Behaviour)>,
    /// More flow nodes than are explored.
    pub(super) is_too_large: bool,
}

impl Explored {
    pub(super) fn of(file: &File<'_>) -> Self {
        let nodes = file.graph().nodes();
        if nodes.len() > BEHAVIOUR_NODES_MAX {
            return Self { processes: Vec::new(), is_too_large: true };
        }
        // Straight lines come to their end, unless one of them waits for more tokens than one, or bites its own tail.
        let takes_one = |node: Node<'_>| {
            ["startQuantity", "completionQuantity"].iter().all(|name| node.attribute(name).is_none())
        };
        let is_straight = nodes.iter().all(|node| {
            node.incoming.len() < 2
                && node.outgoing.len() < 2
                && node.boundary.is_empty()
                && takes_one(node.node)
        }) && !has_ring(file);
        let model = if is_straight { None } else { file.model() };
        let mut budget = Budget::default();
        let processes =
            model.into_iter().flat_map(|model| model.processes().map(move |process| (model, process)));
        let outlines =
            processes.filter_map(|(model, process)| outline(model, process, process.id.as_deref()?));
        let explored = outlines.map(|outline| {
            let behaviour = explore_outline(&outline, &mut budget);
            (outline, behaviour)
        });
        Self { processes: explored.collect(), is_too_large: false }
    }

    /// Reports the verdicts for which `message` has something to say; the way there is added.
    pub(super) fn report(
        &self,
        file: &File<'_>,
        findings: &mut Findings<'_>,
        message: impl Fn(&Outline, &Verdict) -> Option<String>,
    ) {
        for (outline, behaviour) in &self.processes {
            for verdict in &behaviour.verdicts {
                let Some(message) = message(outline, verdict) else { continue };
                let id = &*outline.program.element(verdict.element).id;
                let Some(node) = file.by_id(id) else { continue };
                let message = match verdict.path.as_slice() {
                    [] => message,
                    path => format!("{message}; a shortest way there: {}", way(&outline.program, path)),
                };
                findings.on(node, message).about(id);
            }
        }
    }
}

/// Whether a line, of nodes that one flow at most leads to and leaves, leads back to itself.
fn has_ring<'d>(file: &File<'d>) -> bool {
    let nodes = file.graph().nodes();
    let behind = |node: Node<'d>| {
        let flow = file.graph().find(node)?.outgoing.first()?;
        file.attribute_target(*flow, "targetRef")
    };
    let heads = nodes.iter().filter(|node| node.incoming.is_empty());
    let lines = heads.map(|head| std::iter::successors(Some(head.node), |node| behind(*node)).count());
    lines.sum::<usize>() < nodes.len()
}

/// Whether a deadlock is an error: certain, in a process that is executed.
pub(super) fn is_deadlock_for_certain(outline: &Outline, verdict: &Verdict) -> Option<bool> {
    let VerdictKind::Deadlock { is_certain } = verdict.kind else { return None };
    Some(is_certain && outline.is_executable)
}

/// An element by id and name.
pub(super) fn called(program: &Program, element: ElementIndex) -> String {
    let element = program.element(element);
    match &element.name {
        Some(name) => {
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("`{}` ({name})", element.id)
        }
        None => format!("`{}`", element.id),
    }
}

/// Several elements, the first of them in full.
pub(super) fn called_all(program: &Program, elements: &[ElementIndex]) -> String {
    let shown = elements.iter().take(BEHAVIOUR_PATH_MAX).map(|element| called(program, *element));
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if let Some(more) = elements.len().checked_sub(BEHAVIOUR_PATH_MAX).filter(|more| *more > 0) {
        text = format!("{text} and {more} more");
    }
    text
}

fn way(program: &Program, path: &[Step]) -> String {
    let step = |step: &Step| {
        let element = called(program, step.element);
        let taken: Vec<String> =
            step.taken.iter().map(|flow| format!("`{}`", program.flow(*flow).id)).collect();
        if taken.is_empty() { element } else { format!("{element} by {}", taken.join(" and ")) }
    };
    let half = BEHAVIOUR_PATH_MAX / 2;
    let steps: Vec<String> = match path.len().checked_sub(BEHAVIOUR_PATH_MAX).filter(|more| *more > 0) {
        Some(more) => {
            let first = path.iter().take(half).map(step);
            let last = path.iter().skip(half.saturating_add(more)).map(step);
            first.chain([format!("({more} more)")]).chain(last).collect()
        }
        None => path.iter().map(step).collect(),
    };
    steps.join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Write as _;

    use crate::lint::{Config, Group, Setting, Source, lint_file};

    /// What behaviour rules say about the contents of an executable process: code and element.
    fn check(contents: &str, expected: &str) {
        let mut body = String::new();
        for line in contents.lines() {
            let Some((source, rest)) = line.split_once(" -> ") else {
                body.push_str(line);
                continue;
            };
            let (target, condition) = rest.split_once(" if ").unwrap_or((rest, ""));
            let condition = match condition {
                "" => String::new(),
                text => format!("<conditionExpression>${{{text}}}</conditionExpression>"),
            };
            let (source, target) = (source.trim(), target.trim());
            let _ = write!(
                body,
                r#"<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{condition}</sequenceFlow>"#
            );
        }
        let text = format!(
            r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><message id="msg" name="m"/>
            <error id="err" errorCode="E"/><escalation id="esc" escalationCode="up"/><process id="p" isExecutable="true"><startEvent id="s"/>{body}</process></definitions>"#
        );
        let settings = Group::ALL.iter().filter(|group| **group != Group::Behaviour);
        let settings: BTreeMap<String, Setting> =
            settings.map(|group| (group.name().to_owned(), Setting::Off)).collect();
        let report = lint_file(
            Source { path: "p.bpmn", bytes: text.as_bytes() },
            &Config { settings, ..Config::default() },
        );
        let found: Vec<String> = report
            .findings
            .iter()
            .map(|found| format!("{} {}", found.code, found.element.as_deref().unwrap_or_default()))
            .collect();
        assert_eq!(found.join(", "), expected, "{contents}\n{:#?}", report.findings);
    }

    const TIMER: &str = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>";

    #[test]
    fn models_that_always_end_have_no_findings() {
        let sound = [
            // Forks and joins of each kind that fit.
            r#"<parallelGateway id="f"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/>
            s -> f
            f -> a
            f -> b
            a -> j
            b -> j"#,
            r#"<inclusiveGateway id="f" default="f_b"/><userTask id="a"/><userTask id="b"/><userTask id="c"/><inclusiveGateway id="j"/>
            s -> f
            f -> a if x
            f -> c if y
            f -> b
            a -> j
            b -> j
            c -> j"#,
            // A loop with a way out, and one by an event.
            r#"<exclusiveGateway id="m"/><userTask id="a"/><exclusiveGateway id="x" default="x_e"/><endEvent id="e"/>
            s -> m
            m -> a
            a -> x
            x -> m if again
            x -> e"#,
            r#"<eventBasedGateway id="g"/><intermediateCatchEvent id="c"><messageEventDefinition messageRef="msg"/></intermediateCatchEvent>
            <intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
            <exclusiveGateway id="j"/><endEvent id="e"/>
            s -> g
            g -> c
            g -> t
            c -> j
            t -> j
            j -> e"#,
            // An event that interrupts takes the token with it; one that does not ends by itself.
            r#"<userTask id="a"/><boundaryEvent id="b" attachedToRef="a"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
            <boundaryEvent id="n" attachedToRef="a" cancelActivity="false"><timerEventDefinition><timeDuration>PT1M</timeDuration></timerEventDefinition></boundaryEvent>
            <userTask id="r"/><exclusiveGateway id="j"/><endEvent id="e"/>
            s -> a
            a -> j
            b -> j
            n -> r
            j -> e"#,
            // What ends all frees what waits.
            r#"<parallelGateway id="f"/><exclusiveGateway id="x" default="x_j"/><userTask id="b"/><parallelGateway id="j"/>
            <endEvent id="e"><terminateEventDefinition/></endEvent><endEvent id="z"/>
            s -> f
            f -> x
            f -> b
            x -> j
            x -> e if bad
            b -> j
            j -> z"#,
        ];
        for model in sound {
            check(model, "");
        }
    }

    #[test]
    fn what_depends_on_two_decisions_is_possible_and_not_certain() {
        // Whoever decides the same way twice is never stuck.
        check(
            r#"<exclusiveGateway id="x" default="x_a"/><userTask id="a"/><parallelGateway id="f"/><exclusiveGateway id="m"/>
            <userTask id="b"/><exclusiveGateway id="y" default="y_e"/><parallelGateway id="j"/><endEvent id="e"/><endEvent id="z"/>
            s -> x
            x -> a
            x -> f if both
            f -> m
            f -> j
            a -> m
            m -> b
            b -> y
            y -> e
            y -> j if both
            j -> z"#,
            "L602 j",
        );
    }

    #[test]
    fn conditions_of_one_element_that_agree_are_one_decision() {
        let split = |first: &str, second: &str| {
            format!(
                r#"<inclusiveGateway id="g" default="g_o"/><userTask id="a"/><userTask id="b"/><userTask id="o"/><parallelGateway id="j"/>
            <exclusiveGateway id="m"/><endEvent id="e"/>
            s -> g
            g -> a if {first}
            g -> b if {second}
            g -> o
            a -> j
            b -> j
            j -> m
            o -> m
            m -> e"#
            )
        };
        check(&split("x == 1", "x == 1"), "");
        // Whether one implies the other is not understood.
        check(&split("x &gt; 1", "x &gt; 0"), "L602 j");
    }

    #[test]
    fn a_quantity_is_not_decided_in_a_straight_line_either() {
        check(
            r#"<userTask id="a" startQuantity="2"/>
            s -> a"#,
            "L608 p",
        );
    }

    #[test]
    fn an_event_subprocess_is_not_ended_by_its_own_beginning() {
        let handler = |contents: &str| {
            format!(
                r#"<userTask id="w"/><endEvent id="e"/><subProcess id="h" triggeredByEvent="true">
            <startEvent id="s0"><messageEventDefinition messageRef="msg"/></startEvent>{contents}
            </subProcess>
            s -> w
            w -> e"#
            )
        };
        check(
            &handler(
                r#"<exclusiveGateway id="m"/><userTask id="a"/>
            s0 -> m
            m -> a
            a -> m"#,
            ),
            "L605 m",
        );
        check(
            &handler(
                r#"<exclusiveGateway id="x" default="x_a"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/>
            s0 -> x
            x -> a
            x -> b if c
            a -> j
            b -> j"#,
            ),
            "L601 j",
        );
    }

    #[test]
    fn work_is_bounded_where_states_are_large() {
        let mut many = String::from("<userTask id=\"a\"/>\ns -> a\n");
        for number in 0..800 {
            let _ = writeln!(
                many,
                "<boundaryEvent id=\"b{number}\" attachedToRef=\"a\" cancelActivity=\"false\">{TIMER}</boundaryEvent><endEvent id=\"e{number}\"/>\nb{number} -> e{number}"
            );
        }
        check(&many, "L608 p");
    }

    #[test]
    fn a_file_in_another_encoding_is_explored_as_well() {
        let model = "<?xml version='1.0' encoding='ISO-8859-1'?><definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' \
             targetNamespace='t'><process id='p' name='\u{e4}'><task id='a'/><sequenceFlow id='f' sourceRef='a' targetRef='a'/>\
             <startEvent id='s'/></process></definitions>";
        let bytes: Vec<u8> =
            model.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
        let report = lint_file(Source { path: "p.bpmn", bytes: &bytes }, &Config::default());
        assert!(report.findings.iter().any(|found| found.code == "L604"), "{:#?}", report.findings);
    }

    #[test]
    fn a_ring_beside_a_straight_line_is_dead() {
        check(
            r#"<userTask id="a"/><endEvent id="e"/><userTask id="x"/><userTask id="y"/>
            s -> a
            a -> e
            x -> y
            y -> x"#,
            "L604 x",
        );
    }

    #[test]
    fn tokens_that_pile_up_in_a_ring_are_counted() {
        check(
            r#"<userTask id="a"/><parallelGateway id="f"/><exclusiveGateway id="r"/>
            s -> a
            a -> f
            f -> a
            f -> r
            r -> r"#,
            "L606 r",
        );
    }

    #[test]
    fn a_long_chain_of_inclusive_blocks_is_explored_to_its_end() {
        let mut chain = String::from(
            "s -> g0
",
        );
        for block in 0..300 {
            let next = block + 1;
            let _ = writeln!(
                chain,
                "<inclusiveGateway id=\"g{block}\" default=\"g{block}_a{block}\"/><userTask id=\"a{block}\"/><userTask id=\"b{block}\"/><inclusiveGateway id=\"j{block}\"/>\n\
                 g{block} -> a{block}\ng{block} -> b{block} if x{block}\na{block} -> j{block}\nb{block} -> j{block}\nj{block} -> g{next}"
            );
        }
        chain.push_str("<endEvent id=\"g300\"/>");
        check(&chain, "");
    }

    #[test]
    fn a_timer_around_makes_a_deadlock_only_possible() {
        let sub = r#"<subProcess id="sub"><startEvent id="s0"/><exclusiveGateway id="x" default="x_a"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/>
            s0 -> x
            x -> a
            x -> b if c
            a -> j
            b -> j
            </subProcess>
            s -> sub"#;
        check(sub, "L601 j");
        let timed = format!(
            r#"{sub}
            <boundaryEvent id="t" attachedToRef="sub">{TIMER}</boundaryEvent><endEvent id="e"/>
            t -> e"#
        );
        check(&timed, "L602 j");
    }

    #[test]
    fn what_every_way_throws_is_caught_for_certain() {
        let thrown = |flows: &str, border: &str| {
            format!(
                r#"<subProcess id="sub"><startEvent id="s0"/><exclusiveGateway id="x" default="x_e0"/>
            <intermediateThrowEvent id="up"><escalationEventDefinition escalationRef="esc"/></intermediateThrowEvent><endEvent id="e0"/>
            {flows}
            </subProcess>
            <boundaryEvent id="b" attachedToRef="sub" cancelActivity="false"><escalationEventDefinition escalationRef="esc"/></boundaryEvent>
            {border}<parallelGateway id="j"/><endEvent id="e"/>
            s -> sub
            sub -> j
            b -> j
            j -> e"#
            )
        };
        let always = "s0 -> up\nup -> x\nx -> e0\nx -> up if again";
        check(&thrown(always, ""), "");
        check(&thrown("s0 -> x\nx -> e0\nx -> up if wanted\nup -> e0", ""), "L602 j");
        let timed = format!(
            r#"<boundaryEvent id="t" attachedToRef="sub">{TIMER}</boundaryEvent>
            t -> e
            "#
        );
        check(&thrown(always, &timed), "L602 j");
    }

    #[test]
    fn a_subprocess_that_only_fails_leaves_what_follows_dead() {
        check(
            r#"<subProcess id="sub"><startEvent id="s0"/><endEvent id="e0"><errorEventDefinition errorRef="err"/></endEvent>
            s0 -> e0
            </subProcess>
            <boundaryEvent id="b" attachedToRef="sub"><errorEventDefinition errorRef="err"/></boundaryEvent><userTask id="after"/><endEvent id="e"/>
            s -> sub
            sub -> after
            b -> e"#,
            "L604 after",
        );
    }

    #[test]
    fn a_file_beyond_a_limit_is_undecided() {
        let mut many = String::from("<parallelGateway id=\"f\"/>\ns -> f\n");
        for branch in 0..14 {
            let _ = writeln!(
                many,
                "<userTask id=\"a{branch}\"/><boundaryEvent id=\"t{branch}\" attachedToRef=\"a{branch}\">{TIMER}</boundaryEvent><endEvent id=\"e{branch}\"/>\nf -> a{branch}\nt{branch} -> e{branch}"
            );
        }
        check(&many, "L608 p");
    }
}

//! Does a resource in JSON have only elements that FHIR R4 knows, once or as a list, with values of their kind? What XML
//! cannot even express is checked here for JSON, so that a file in either syntax is judged alike.

use serde_json::Value;

use super::{Content, element, is_resource};
use crate::limits::{JSON_DEPTH_MAX, PROBLEMS_MAX};
use crate::source::{Node, Problem, ProblemKind};

/// Whether a text is filled in later: `#{version}`, or a property such as `${name}`.
pub fn is_placeholder(text: &str) -> bool {
    ["#{", "${"].iter().any(|open| text.split_once(open).is_some_and(|(_, rest)| rest.contains('}')))
}

/// Every element of a resource that FHIR R4 does not know, in the order of names.
pub fn check(resource: Node<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut open = vec![(resource, None, 0_usize)];
    while let Some((node, kind, depth)) = open.pop() {
        if problems.len() >= PROBLEMS_MAX || depth > JSON_DEPTH_MAX {
            break;
        }
        let own = node.text("resourceType");
        let kind = match (kind, own) {
            (Some(kind), _) => kind,
            (None, Some(own)) if is_resource(own) => own,
            (None, own) => {
                let message = match own {
                    Some(own) => format!("FHIR R4 has no resource type `{own}`"),
                    None => "a resource with a `resourceType` is expected here".to_owned(),
                };
                problems.push(problem(ProblemKind::Element, message, node));
                continue;
            }
        };
        for (name, member) in node.members() {
            if name == "resourceType" {
                continue;
            }
            let (plain, is_extension) = name.strip_prefix('_').map_or((name, false), |plain| (plain, true));
            let Some(known) = element(kind, plain) else {
                let message = format!("FHIR R4 has no element `{name}` in `{kind}`");
                problems.push(problem(ProblemKind::Element, message, member));
                continue;
            };
            if known.repeats != member.value.is_array() {
                let wanted = if known.repeats { "a list" } else { "a single value" };
                problems.push(problem(
                    ProblemKind::Value,
                    format!("`{name}` is {wanted} in `{kind}`"),
                    member,
                ));
                continue;
            }
            for item in member.each() {
                let content = if is_extension { Content::Complex("Element") } else { known.content };
                let fits = match content {
                    _ if known.repeats && item.value.is_null() => true,
                    Content::Text | Content::Xhtml => item.value.is_string(),
                    Content::Number => item.value.is_number() || placeholder(item.value),
                    Content::Boolean => item.value.is_boolean() || placeholder(item.value),
                    Content::Complex(_) | Content::Resource => item.value.is_object(),
                };
                let wanted = match content {
                    Content::Text | Content::Xhtml => "a string",
                    Content::Number => "a number",
                    Content::Boolean => "`true` or `false`",
                    Content::Complex(kind) => {
                        if fits && item.value.is_object() {
                            open.push((item, Some(kind), depth.saturating_add(1)));
                        }
                        "an object"
                    }
                    Content::Resource => {
                        if fits && item.value.is_object() {
                            open.push((item, None, depth.saturating_add(1)));
                        }
                        "a resource"
                    }
                };
                if !fits {
                    problems.push(problem(ProblemKind::Value, format!("`{name}` needs {wanted}"), item));
                }
            }
        }
    }
    problems
}

fn placeholder(value: &Value) -> bool {
    value.as_str().is_some_and(is_placeholder)
}

fn problem(kind: ProblemKind, message: String, node: Node<'_>) -> Problem {
    Problem { kind, message, position: node.position() }
}

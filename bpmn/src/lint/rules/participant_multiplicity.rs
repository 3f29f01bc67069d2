//! A participant stands for at least one, and for no fewer than its minimum.
//!
//! **Why it is bad.** Nobody can take part less than not at all, or at most less often than at least (BPMN 2.0, 9.3.1:
//! `minimum` is 0 and `maximum` 1 where they are not given; BPMNspector EXT.029, 030).
//!
//! **Bad**
//! ```xml
//! <collaboration id="c">
//!   <participant id="a"><participantMultiplicity minimum="«-1»" maximum="2"/></participant>
//!   <participant id="b"><participantMultiplicity minimum="3" maximum="«2»"/></participant>
//!   <participant id="d"><participantMultiplicity minimum="«2»"/></participant>
//! </collaboration>
//! ```
//! **Good**
//! ```xml
//! <collaboration id="c">
//!   <participant id="a"><participantMultiplicity minimum="0" maximum="2"/></participant>
//!   <participant id="b"><participantMultiplicity maximum="2"/></participant>
//! </collaboration>
//! ```
//! **How to fix.** Write a `maximum` of at least 1 and at least the `minimum`.

use crate::lint::{File, Findings, Node};

/// What the specification says of a participant whose bounds are not given.
const MINIMUM: i64 = 0;
const MAXIMUM: i64 = 1;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.named("participantMultiplicity") {
        let bound = |name: &str, otherwise| match node.attribute(name) {
            Some(written) => written.trim().parse::<i64>().ok(),
            None => Some(otherwise),
        };
        // What is no number is a violation of the schema.
        let (Some(minimum), Some(maximum)) = (bound("minimum", MINIMUM), bound("maximum", MAXIMUM)) else {
            continue;
        };
        let participant = node.parent().map(Node::title).unwrap_or_default();
        if minimum < MINIMUM {
            let message = format!("`{participant}` takes part less often than not at all");
            findings.on_attribute(*node, "minimum", message);
        } else if maximum < MAXIMUM {
            findings.on_attribute(*node, "maximum", format!("`{participant}` never takes part"));
        } else if maximum < minimum {
            let bound = if node.attribute("maximum").is_some() { "maximum" } else { "minimum" };
            let message =
                format!("`{participant}` takes part at least {minimum} and at most {maximum} times");
            findings.on_attribute(*node, bound, message);
        }
    }
}

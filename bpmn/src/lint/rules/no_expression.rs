//! The code of a caught error is written down, not computed.
//!
//! **Why it is bad.** The engine compares the text of the expression with the code, and never catches it.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"/><boundaryEvent id="a" attachedToRef="t"><errorEventDefinition errorRef="e"/></boundaryEvent>
//! </process>
//! <error id="e" name="e" errorCode="«=code»"/>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"/><boundaryEvent id="a" attachedToRef="t"><errorEventDefinition errorRef="e"/></boundaryEvent>
//! </process>
//! <error id="e" name="e" errorCode="code"/>
//! ```
//! **How to fix.** Write the code itself; before Camunda 8.2 also where it is thrown.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let version = zeebe::version(file);
    for (name, reference, code) in [
        ("errorEventDefinition", "errorRef", "errorCode"),
        ("escalationEventDefinition", "escalationRef", "escalationCode"),
    ] {
        for definition in zeebe::executed(file, &["errorEventDefinition", "escalationEventDefinition"])
            .filter(|node| node.is(name))
        {
            let throws = definition
                .parent()
                .is_some_and(|event| event.is_any(&["endEvent", "intermediateThrowEvent"]));
            let Some(target) = file.attribute_target(definition, reference) else { continue };
            let is_computed = target.attribute(code).is_some_and(zeebe::is_expression);
            if is_computed && !(throws && version >= (8, 2)) {
                findings.on_attribute(target, code, "the code is an expression, which is not evaluated here");
            }
        }
    }
}

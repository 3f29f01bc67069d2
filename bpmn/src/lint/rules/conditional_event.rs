//! A conditional event of an executable process has a condition.
//!
//! **Why it is bad.** Without one it can never happen: what waits for it waits for ever, and engines refuse to deploy
//! the model.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <intermediateCatchEvent id="e">«<conditionalEventDefinition»><condition/></conditionalEventDefinition></intermediateCatchEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <intermediateCatchEvent id="e">
//!     <conditionalEventDefinition><condition>${ready}</condition></conditionalEventDefinition>
//!   </intermediateCatchEvent>
//! </process>
//! ```
//! **How to fix.** Write the condition as an expression over the variables that it waits for.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for definition in
        file.named("conditionalEventDefinition").iter().copied().filter(|node| file.is_executed(*node))
    {
        let condition = definition.child("condition");
        if condition.is_none_or(|condition| condition.text().trim().is_empty()) {
            let event = definition.parent().and_then(crate::lint::Node::id).unwrap_or_default();
            findings
                .on(definition, "the conditional event has no condition")
                .about(event)
                .help("add `<condition>` with an expression");
        }
    }
}

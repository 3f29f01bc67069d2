//! What waits for or throws a signal names it, and the signal has a name.
//!
//! **Why it is bad.** The engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <endEvent id="a">«<signalEventDefinition»/></endEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <endEvent id="a"><signalEventDefinition signalRef="s"/></endEvent>
//! </process>
//! <signal id="s" name="stop"/>
//! ```
//! **How to fix.** Set `signalRef`, and the name of the signal.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for definition in zeebe::executed(file, &["signalEventDefinition"]) {
        match file.attribute_target(definition, "signalRef").filter(|target| target.is("signal")) {
            None => {
                findings.on(definition, "the event names no signal").help("set signalRef");
            }
            Some(signal) if signal.label().is_none() => {
                findings.on(signal, "the signal has no name").related(definition.head(), "is used here");
            }
            Some(_) => {}
        }
    }
}

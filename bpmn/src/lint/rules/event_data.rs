//! An event has data for each of its triggers, of the item that the trigger carries.
//!
//! **Why it is bad.** Data inputs and outputs of an event belong to its definitions one by one, in their order. What is
//! missing is not sent, and an item of another kind is not what the receiver expects (BPMN 2.0, 10.5.1; BPMNspector
//! EXT.093, 094).
//!
//! **Bad**
//! ```xml
//! <itemDefinition id="order"/><itemDefinition id="bill"/><message id="m" name="m" itemRef="order"/>
//! <process id="p">
//!   <intermediateThrowEvent id="e">
//!     «<dataInput» id="i" itemSubjectRef="bill"/><inputSet><dataInputRefs>i</dataInputRefs></inputSet>
//!     <messageEventDefinition messageRef="m"/>
//!   </intermediateThrowEvent>
//! </process>
//! ```
//! ```xml
//! <message id="m" name="m"/><signal id="s" name="s"/>
//! <process id="p">
//!   <intermediateThrowEvent id="e">
//!     <dataInput id="i"/><inputSet><dataInputRefs>i</dataInputRefs></inputSet>
//!     <messageEventDefinition messageRef="m"/>«<signalEventDefinition» signalRef="s"/>
//!   </intermediateThrowEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <itemDefinition id="order"/><message id="m" name="m" itemRef="order"/><signal id="s" name="s"/>
//! <process id="p">
//!   <intermediateThrowEvent id="e">
//!     <dataInput id="i" itemSubjectRef="order"/><dataInput id="j"/>
//!     <inputSet><dataInputRefs>i</dataInputRefs><dataInputRefs>j</dataInputRefs></inputSet>
//!     <messageEventDefinition messageRef="m"/><signalEventDefinition signalRef="s"/>
//!   </intermediateThrowEvent>
//! </process>
//! ```
//! **How to fix.** Add the data that is missing, in the order of the definitions, or name the item of the message, signal,
//! error or escalation.

use crate::lint::flow::{EVENTS, event_definitions};
use crate::lint::item::{called, fits, item};
use crate::lint::{File, Findings, Node};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let carries = ["messageEventDefinition", "signalEventDefinition", "errorEventDefinition"];
    for event in file.all(EVENTS) {
        // Definitions by reference stand behind those within: their order among each other is not known.
        if event.child("eventDefinitionRef").is_some() {
            continue;
        }
        let data: Vec<Node<'_>> =
            event.children().filter(|child| child.is_any(&["dataInput", "dataOutput"])).collect();
        let definitions = event_definitions(event)
            .filter(|definition| definition.is_any(&carries) || definition.is("escalationEventDefinition"));
        let mut data = data.into_iter().peekable();
        if data.peek().is_none() {
            continue;
        }
        for definition in definitions {
            let Some(carried) = data.next() else {
                findings.on(definition, format!("`{}` has no data for this trigger", event.title()));
                continue;
            };
            if let (Some(of_data), Some(of_trigger)) = (item(file, carried), item(file, definition))
                && !fits(of_data, of_trigger)
            {
                let message = format!(
                    "`{}` is of `{}`, its trigger carries `{}`",
                    carried.title(),
                    called(of_data),
                    called(of_trigger)
                );
                findings.on(carried, message).related(definition.head(), "the trigger");
            }
        }
    }
}

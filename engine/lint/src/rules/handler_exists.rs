//! Each handler that a model names is implemented by the plugin, for this kind of element: service tasks, message
//! activities (send tasks, message throw and end events) and execution listeners.
//!
//! A site refuses to activate a plugin whose models call what is not there.
//!
//! **Bad**, the handler is one for messages:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0", "handlers": [ { "name": "count", "kind": "message-activity" } ] }
//! ```
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tessera="https://tessera.dev/bpmn/1">
//!   <process id="exampleorg_count" isExecutable="true"><serviceTask id="task" tessera:handler="«count»"/></process>
//! </definitions>
//! ```
//! **Good**:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0", "handlers": [ { "name": "count", "kind": "service-task" } ] }
//! ```
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tessera="https://tessera.dev/bpmn/1">
//!   <process id="exampleorg_count" isExecutable="true"><serviceTask id="task" tessera:handler="count"/></process>
//! </definitions>
//! ```
//! **Elsewhere.** dsf-linter: BPMN_SERVICE_TASK_IMPLEMENTATION_CLASS_NOT_FOUND, BPMN_SERVICE_TASK_IMPLEMENTATION_NOT_EXIST,
//! BPMN_SERVICE_TASK_IMPLEMENTATION_CLASS_NOT_IMPLEMENTING_JAVA_DELEGATE, BPMN_SERVICE_TASK_NO_INTERFACE_CLASS_IMPLEMENTING,
//! BPMN_SERVICE_TASK_IMPLEMENTATION_CLASS_NOT_EXTENDING_ABSTRACT_SERVICE_DELEGATE,
//! BPMN_MESSAGE_SEND_EVENT_IMPLEMENTATION_CLASS_NOT_FOUND, BPMN_MESSAGE_SEND_EVENT_IMPLEMENTATION_CLASS_NOT_IMPLEMENTING_JAVA_DELEGATE,
//! BPMN_MESSAGE_SEND_TASK_IMPLEMENTATION_CLASS_NOT_FOUND, BPMN_SEND_TASK_NO_INTERFACE_CLASS_IMPLEMENTING,
//! BPMN_SEND_TASK_IMPLEMENTATION_CLASS_NOT_EXTENDING_ABSTRACT_TASK_MESSAGE_SEND, BPMN_END_EVENT_NO_INTERFACE_CLASS_IMPLEMENTING,
//! BPMN_EXECUTION_LISTENER_CLASS_NOT_FOUND, BPMN_EXECUTION_LISTENER_NOT_IMPLEMENTING_REQUIRED_INTERFACE.

use crate::package::{Package, WorkKind};
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    let Some(plugin) = &package.plugin else { return };
    for process in package.processes().filter(|process| process.is_executable) {
        for work in &process.works {
            let Some(handler) = work.handler.as_ref().filter(|handler| !handler.is_expression) else {
                continue;
            };
            let name = handler.name.text.trim();
            let kind = match work.kind {
                WorkKind::Service => "service-task",
                WorkKind::Message => "message-activity",
                WorkKind::Listener => "execution-listener",
            };
            if name.is_empty() || plugin.handler(name, kind).is_some() {
                continue;
            }
            let message = match plugin.handlers.iter().find(|handler| handler.is_called(name)) {
                Some(other) => format!("the plugin implements `{name}` as {}, needed is {kind}", other.kind),
                None => format!("the plugin implements no {kind} `{name}`"),
            };
            found.value(process.file, &handler.name, message).about(work.element.clone());
        }
    }
}

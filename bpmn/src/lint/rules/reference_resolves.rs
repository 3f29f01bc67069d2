//! What an element refers to is in the file.
//!
//! **Why it is bad.** A reference to nothing cannot be followed: the flow leads nowhere, the message is never received.
//! Engines refuse the model.
//!
//! **Bad**
//! ```xml
//! <process id="p"><task id="a"/><sequenceFlow id="f" sourceRef="a" targetRef="«b»"/></process>
//! ```
//! ```xml
//! <error id="e" errorCode="late" structureRef="«details»"/>
//! <process id="p"><intermediateThrowEvent id="a"><linkEventDefinition name="on"><target>«there»</target></linkEventDefinition></intermediateThrowEvent></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><task id="a"/><task id="b"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/></process>
//! ```
//! ```xml
//! <process id="p"><serviceTask id="a" camunda:class="org.example.Work"><multiInstanceLoopCharacteristics>
//!   <loopDataInputRef>orders</loopDataInputRef><inputDataItem name="order"/>
//! </multiInstanceLoopCharacteristics></serviceTask></process>
//! ```
//! **How to fix.** Correct the id, or add what is missing. An id with a prefix may be in another file if the model has
//! an `import` for it.

use crate::expression::is_computed;
use crate::lint::schema::reference;
use crate::lint::{File, Findings, Space};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let imports = !file.named("import").is_empty();
    for found in &file.schema().references {
        let written = found.span.of(file.document().text()).trim();
        let is_elsewhere = reference::may_be_elsewhere(found.node.name(), found.role, written)
            || (found.is_qualified && imports && written.contains(':'))
            || is_computed(written)
            || is_variable(file, found.role);
        if written.is_empty() || is_elsewhere || file.referenced(written).is_some() {
            continue;
        }
        let message = format!("`{}` names `{written}`, which is not in this file", found.role);
        findings.at(found.span, message).about(found.node.nearest_id().unwrap_or_default());
    }
}

/// The family of Camunda 7 reads the collection of a multi-instance activity as the name of a variable.
fn is_variable(file: &File<'_>, role: &str) -> bool {
    matches!(role, "loopDataInputRef" | "loopDataOutputRef") && file.document().uses(Space::Camunda)
}

//! Values of attributes have the type of the schema: truth values, numbers, names, one of a list. The prefix of a name is declared.
//!
//! **Why it is bad.** Readers take what they cannot read for the default, or refuse the file.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="«yes»"/>
//! ```
//! ```xml
//! <extension definition="«other:type»"/>
//! <itemDefinition id="i" structureRef="«other:item»"/>
//! <interface id="f" name="f" implementationRef="«other:interface»"/>
//! <process id="p">
//!   <callActivity id="c" calledElement="«other:process»"/>
//!   <sequenceFlow id="s" sourceRef="c" targetRef="c"><conditionExpression xsi:type="«other:tFormalExpression»">${on}</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true"/>
//! ```
//! ```xml
//! <itemDefinition id="i" structureRef="other:item" xmlns:other="http://example.org/other"/>
//! <process id="p"><callActivity id="c" calledElement="${other:process}"/></process>
//! ```
//! **How to fix.** Write one of the values that the message names.

use crate::lint::schema::Violated;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    file.report_schema(Violated::Value, findings);
}

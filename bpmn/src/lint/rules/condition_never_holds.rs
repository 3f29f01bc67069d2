//! A condition can hold.
//!
//! **Why it is bad.** What stands behind a condition that is false whatever its variables are is never reached. Recognised are
//! comparisons of literals, and what is asked of one variable in several ways that exclude each other.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/><task id="a"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>«${age &gt; 65 &amp;&amp; age &lt; 18}»</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/><task id="a"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>${age &gt; 65 || age &lt; 18}</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **How to fix.** Write `||` where one of the comparisons is enough; remove the flow otherwise.

use crate::diagnostic::Position;
use crate::expression::Expression;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let conditions = file.all(&["conditionExpression", "completionCondition", "condition"]);
    for node in conditions.filter(|node| file.is_executed(*node)) {
        let text = node.text();
        let never =
            Expression::parse(text.trim(), Position::START).is_ok_and(|condition| condition.never_holds());
        if never {
            findings.at(node.text_span(), "the condition can never hold");
        }
    }
}

//! The lists `incoming` and `outgoing` of a node name the sequence flows that the flows say.
//!
//! **Why it is bad.** The two are the same fact written twice. Tools that read one see another model than tools
//! that read the other.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <task id="a"><outgoing>f</outgoing><outgoing>«g»</outgoing></task><task id="b"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="b"/><sequenceFlow id="g" sourceRef="b" targetRef="a"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="a"><incoming>g</incoming><outgoing>f</outgoing></task><task id="b"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="b"/><sequenceFlow id="g" sourceRef="b" targetRef="a"/>
//! </process>
//! ```
//! **How to fix.** Remove what does not belong there (`--fix` does).

use crate::lint::{Edit, File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow_node in file.graph().nodes() {
        for (list, flows) in [("incoming", &flow_node.incoming), ("outgoing", &flow_node.outgoing)] {
            let entries = flow_node.node.children().filter(|child| child.is(list));
            for entry in entries {
                let text = entry.text();
                let written = text.trim();
                let Some(flow) = file.referenced(written).filter(|flow| flow.is("sequenceFlow")) else {
                    continue;
                };
                if !flows.contains(&flow) {
                    findings
                        .at(entry.text_span(), format!("`{written}` is not {list} here, as its own ends say"))
                        .help("the ends of the flow decide; remove the entry")
                        .fix(
                            format!("remove the entry in `{list}`"),
                            vec![Edit { span: entry.span_with_line(), text: String::new() }],
                        );
                }
            }
        }
    }
}

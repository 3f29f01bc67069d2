//! A timer has one value, and a literal value can be read.
//!
//! **Why it is bad.** The timer never fires; engines refuse it.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <intermediateCatchEvent id="c"><timerEventDefinition>
//!     <timeDuration>«1 hour»</timeDuration>
//!   </timerEventDefinition></intermediateCatchEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <intermediateCatchEvent id="c"><timerEventDefinition>
//!     <timeDuration>PT1H</timeDuration>
//!   </timerEventDefinition></intermediateCatchEvent>
//! </process>
//! ```
//! ```xml
//! <process id="p" isExecutable="true">
//!   <intermediateCatchEvent id="e"><timerEventDefinition>
//!     <timeDuration xsi:type="tFormalExpression" language="http://www.w3.org/1999/XPath">getDuration()</timeDuration>
//!   </timerEventDefinition></intermediateCatchEvent>
//! </process>
//! ```
//! **How to fix.** Write a date, a duration or a cycle of ISO 8601.

use crate::lint::zeebe;
use crate::lint::{File, Findings, Node, Target};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    // For Camunda 8 the rule `timer` knows more.
    if matches!(file.target(), Some(Target::Camunda8(..))) {
        return;
    }
    for definition in file.named("timerEventDefinition").iter().filter(|node| file.is_executed(**node)) {
        let mut values =
            definition.children().filter(|child| child.is_any(&["timeDate", "timeDuration", "timeCycle"]));
        let Some(value) = values.next() else {
            findings
                .on(*definition, "the timer has no value")
                .help("add timeDate, timeDuration or timeCycle");
            continue;
        };
        if let Some(second) = values.next() {
            findings.on(second, "the timer has two values").related(value.head(), "the other one");
        }
        let text = value.text();
        let written = text.trim();
        let is_computed = written.contains(['$', '#', '{']) || zeebe::is_expression(written);
        let is_valid = match value.name() {
            _ if is_computed || is_other_language(file, value) => true,
            "timeDate" => zeebe::is_date(written),
            "timeDuration" => zeebe::is_duration(written),
            _ => zeebe::is_cycle(written) || zeebe::is_cron(written) || is_cron_of_quartz(written),
        };
        if !is_valid {
            let message = if written.is_empty() {
                format!("`{}` is empty", value.name())
            } else {
                format!("`{written}` cannot be read as {}", zeebe::timer_kind(value.name()))
            };
            findings.at(value.text_span(), message);
        }
    }
}

/// Whether the text is code in a language that is not read here.
fn is_other_language(file: &File<'_>, value: Node<'_>) -> bool {
    let of_file = || file.definitions().and_then(|definitions| definitions.attribute("expressionLanguage"));
    let language = value.attribute("language").or_else(of_file).map(str::to_ascii_lowercase);
    language.is_some_and(|language| !language.contains("uel") && !language.contains("feel"))
}

/// Six or seven fields, as Camunda 7 reads them.
fn is_cron_of_quartz(written: &str) -> bool {
    let count = written.split_whitespace().count();
    (6..=7).contains(&count) && written.starts_with(|first: char| first.is_ascii_digit() || first == '*')
}

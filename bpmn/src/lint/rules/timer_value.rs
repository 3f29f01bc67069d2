//! A timer has one value, and a literal value can be read.
//!
//! **Why it is bad.** The timer never fires; engines refuse it.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <intermediateCatchEvent id="c"><timerEventDefinition>
//!     <timeDuration>«P1H»</timeDuration>
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
use crate::lint::{File, Findings, Node, Space, Target};

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
        if !is_valid && is_judged(file, written) {
            let message = if written.is_empty() {
                format!("`{}` is empty", value.name())
            } else {
                format!("`{written}` cannot be read as {}", zeebe::timer_kind(value.name()))
            };
            findings.at(value.text_span(), message);
        }
    }
}

/// Whether a value that cannot be read is surely wrong: it looks like ISO 8601, or the engine is known. Others have
/// languages of their own, and do not always say so.
fn is_judged(file: &File<'_>, written: &str) -> bool {
    let is_date = || {
        written
            .split('-')
            .next()
            .is_some_and(|year| year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_known = || {
        let spaces = [Space::Camunda, Space::Tessera, Space::Zeebe];
        file.target().is_some() || file.is_dsf() || spaces.iter().any(|space| file.document().uses(*space))
    };
    written.is_empty() || written.starts_with(['P', 'R']) || is_date() || is_known()
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

//! A timer has one value, of a kind that its event and the version know, and it can be read.
//!
//! **Why it is bad.** The engine refuses the deployment, or the timer never fires.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <intermediateCatchEvent id="a"><timerEventDefinition>
//!     <timeDuration>«1 hour»</timeDuration>
//!   </timerEventDefinition></intermediateCatchEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <intermediateCatchEvent id="a"><timerEventDefinition>
//!     <timeDuration>PT1H</timeDuration>
//!   </timerEventDefinition></intermediateCatchEvent>
//! </process>
//! ```
//! **How to fix.** Write a date, a duration or a cycle of ISO 8601, or an expression that begins with `=`.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let version = zeebe::version(file);
    for definition in zeebe::executed(file, &["timerEventDefinition"]) {
        let Some(event) = definition.parent() else { continue };
        let value = ["timeDate", "timeDuration", "timeCycle"].iter().find_map(|name| definition.child(name));
        let Some(value) = value else {
            findings.on(definition, "the timer has no value").help("add timeDate, timeDuration or timeCycle");
            continue;
        };
        let starts_process =
            event.is("startEvent") && event.parent().is_some_and(|scope| scope.is("process"));
        let repeats = starts_process
            || (event.is("startEvent") && event.attribute("isInterrupting") == Some("false"))
            || (event.is("boundaryEvent") && event.attribute("cancelActivity") == Some("false"));
        let problem = match value.name() {
            "timeCycle" if !repeats => Some("this event fires once: a cycle is not allowed"),
            "timeDuration" if starts_process => {
                Some("a process is started at a date or by a cycle, not after a duration")
            }
            "timeDate" if !event.is("startEvent") && version < (8, 3) => {
                Some("before Camunda 8.3 dates are for start events only")
            }
            _ => None,
        };
        if let Some(problem) = problem {
            findings.on(value, problem);
            continue;
        }
        let text = value.text();
        let written = text.trim();
        let is_valid = match value.name() {
            _ if zeebe::is_expression(written) => true,
            "timeDate" => zeebe::is_date_time(written),
            "timeDuration" => zeebe::is_duration(written),
            _ => zeebe::is_cycle(written) || (version >= (8, 1) && zeebe::is_cron(written)),
        };
        if !is_valid {
            let span = value.text_span();
            findings.at(span, format!("`{written}` cannot be read as {}", zeebe::timer_kind(value.name())));
        }
    }
}

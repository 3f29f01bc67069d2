//! The value of a timer can be configured.
//!
//! **Why it is bad.** Sites differ: how long to wait is theirs to say. A date that is written down is over one day.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <intermediateCatchEvent id="c"><timerEventDefinition>
//!     <timeDuration>«PT1H»</timeDuration>
//!   </timerEventDefinition></intermediateCatchEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <intermediateCatchEvent id="c"><timerEventDefinition>
//!     <timeDuration>#{timeout}</timeDuration>
//!   </timerEventDefinition></intermediateCatchEvent>
//! </process>
//! ```
//! **How to fix.** Use a placeholder or a variable.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for value in file.all(&["timeDate", "timeDuration", "timeCycle"]).filter(|value| file.is_executed(*value))
    {
        let text = value.text();
        if !text.trim().is_empty() && !text.contains(['#', '$']) {
            findings.at(value.text_span(), format!("`{}` is the same at every site", text.trim()));
        }
    }
}

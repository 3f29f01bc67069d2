//! A suppression allows something that is reported without it, and says why.
//!
//! **Why it is bad.** A suppression that is not needed hides what comes later, and one without a reason cannot be judged.
//!
//! **Bad**
//! ```xml
//! <process id="p"><documentation>«tessera-lint: allow fake-join it is meant»</documentation></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <documentation>tessera-lint: allow fake-join either order is served twice, which is meant</documentation>
//!   <task id="a"/><task id="b"/><task id="c"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="c"/><sequenceFlow id="g" sourceRef="b" targetRef="c"/>
//! </process>
//! ```
//! **How to fix.** Remove the suppression, or give the reason behind the name of the rule.

use crate::lint::{File, Findings};

/// Nothing by itself: the engine reports what was left over when all other rules had their say.
pub(super) fn check(_: &File<'_>, _: &mut Findings<'_>) {}

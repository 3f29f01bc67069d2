//! A choreography is referred to by a collaboration that is as closed as it, and by no other choreography.
//!
//! **Why it is bad.** `isClosed` says whether other messages may be sent than those shown: both pictures of one exchange
//! must say the same. A choreography that lies in another is called by a call choreography (BPMN 2.0, 9.2 and 11;
//! BPMNspector EXT.027, 033).
//!
//! **Bad**
//! ```xml
//! <choreography id="h" isClosed="true"><participant id="a"/><participant id="b"/></choreography>
//! <collaboration id="c" isClosed="false"><choreographyRef>«h»</choreographyRef></collaboration>
//! ```
//! ```xml
//! <choreography id="h"><participant id="a"/><participant id="b"/></choreography>
//! <choreography id="k"><participant id="x"/><participant id="y"/><choreographyRef>«h»</choreographyRef></choreography>
//! ```
//! **Good**
//! ```xml
//! <choreography id="h" isClosed="true"><participant id="a"/><participant id="b"/></choreography>
//! <collaboration id="c" isClosed="true"><choreographyRef>h</choreographyRef></collaboration>
//! ```
//! **How to fix.** Set `isClosed` on both, or on neither; use a call choreography within a choreography.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for reference in file.named("choreographyRef") {
        let Some(owner) = reference.parent() else { continue };
        let Some(choreography) = file.referenced(&reference.text()) else { continue };
        if owner.is_any(&["choreography", "globalChoreographyTask"]) {
            findings.at(reference.text_span(), "a choreography does not refer to another").help("call it");
        } else if owner.is("collaboration")
            && choreography.is("choreography")
            && owner.flag("isClosed") != choreography.flag("isClosed")
        {
            let (closed, open) =
                if owner.flag("isClosed") { (owner, choreography) } else { (choreography, owner) };
            let message = format!("`{}` is closed, and `{}` is not", closed.title(), open.title());
            findings.at(reference.text_span(), message).related(choreography.head(), "the choreography");
        }
    }
}

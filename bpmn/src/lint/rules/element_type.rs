//! Every element is one that the version of Camunda 8 executes.
//!
//! **Why it is bad.** The engine refuses the deployment, or ignores the element.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<complexGateway» id="g"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/>
//! </process>
//! ```
//! **How to fix.** Draw it with elements that the version knows, or set a later version.

use crate::lint::zeebe::{self, Support};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let version = zeebe::version(file);
    for node in zeebe::all_executed(file) {
        let Some(support) = zeebe::support(node) else { continue };
        match support {
            Support::Since(first) if first <= version => {}
            Support::Since((major, minor)) => {
                findings
                    .on(
                        node,
                        format!(
                            "{} is executed by Camunda {major}.{minor} and later only",
                            zeebe::kind(node)
                        ),
                    )
                    .help("draw it in another way, or set the version that the model is for");
            }
            Support::Never => {
                findings.on(node, format!("Camunda 8 does not execute {}", zeebe::kind(node)));
            }
        }
    }
}

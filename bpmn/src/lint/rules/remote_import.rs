//! What a model imports lies beside it.
//!
//! **Why it is bad.** What is fetched from the network can change after it was reviewed, and asking for it tells
//! others what is deployed.
//!
//! **Bad**
//! ```xml
//! <import importType="http://www.w3.org/2001/XMLSchema" namespace="x" location="«http://example.org/types.xsd»"/>
//! ```
//! **Good**
//! ```xml
//! <import importType="http://www.w3.org/2001/XMLSchema" namespace="x" location="types.xsd"/>
//! ```
//! **How to fix.** Copy the file and refer to the copy.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for import in file.named("import") {
        if import.attribute("location").is_some_and(|location| location.contains("://")) {
            findings.on_attribute(*import, "location", "the import is fetched from the network");
        }
    }
}

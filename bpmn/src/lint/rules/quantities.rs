//! The quantities of tokens that start and leave an activity are at least 1.
//!
//! **Why it is bad.** The activity would never start, or nothing would follow it.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <task id="t" startQuantity="«0»"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="t" startQuantity="2"/>
//! </process>
//! ```
//! **How to fix.** Remove the attribute, or write a number from 1.

use crate::lint::flow::ACTIVITIES;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.all(ACTIVITIES) {
        for attribute in ["startQuantity", "completionQuantity"] {
            let quantity = node.attribute(attribute).and_then(|value| value.trim().parse::<i64>().ok());
            if let Some(quantity) = quantity.filter(|quantity| *quantity < 1) {
                findings.on_attribute(
                    node,
                    attribute,
                    format!("`{attribute}` is {quantity}, which is less than 1"),
                );
            }
        }
    }
}

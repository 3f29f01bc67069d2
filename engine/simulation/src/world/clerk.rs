//! Those who do the work of user tasks.

use tessera_core::driver::Command;
use tessera_core::instance::WaitKind;

use super::World;
use super::engine::Asked;
use crate::audit::Checked;
use crate::model;

/// Of a thousand user tasks that somebody looks at while everything goes wrong, so many are done then.
const COMPLETED_PER_MILLE: u64 = 200;

impl World {
    /// Whoever works at a site says of each user task that it is done. What nobody is meant to do stays.
    pub(super) fn complete_user_tasks(&mut self, site: usize) -> Checked {
        let mut open = Vec::new();
        for (id, live) in &self.auditor.sites[site].instances {
            for (wait, waiting) in live.instance.waits() {
                let is_known = self.auditor.expectations.contains_key(&live.instance.definition().digest);
                if is_known
                    && waiting.kind == WaitKind::Completion
                    && waiting.element.starts_with(model::HUMAN)
                {
                    let variables = model::said(live.instance.business_key());
                    open.push(Command::Complete { instance: id.clone(), wait, variables });
                }
            }
        }
        for command in open {
            // People take their time: much can happen to what waits for them.
            if !self.chaos || self.random.happens(COMPLETED_PER_MILLE) {
                self.command(site, Asked::Nothing, command)?;
            }
        }
        Ok(())
    }
}

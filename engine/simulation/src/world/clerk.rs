//! Those who do what instances wait for people to do.

use super::World;
use super::engine::Asked;
use crate::audit::Checked;
use crate::deed::Deed;

/// Of a thousand waits that somebody looks at while everything goes wrong, so many are seen to then.
const DONE_PER_MILLE: u64 = 200;

impl World {
    /// Whoever works at a site does what instances wait for. What nobody is meant to do stays.
    pub(super) fn do_deeds(&mut self, site: usize) -> Checked {
        let mut open = Vec::new();
        for (id, live) in &self.auditor.sites[site].instances {
            if !self.auditor.expectations.contains_key(live.instance.definition()) {
                continue;
            }
            for (key, wait) in live.instance.waits() {
                if let Some(deed) = Deed::about(wait) {
                    open.push(deed.command(id.clone(), key, wait, live.instance.business_key()));
                }
            }
        }
        for command in open {
            // People take their time: much can happen to what waits for them.
            if !self.chaos || self.random.happens(DONE_PER_MILLE) {
                self.command(site, Asked::Nothing, command)?;
            }
        }
        Ok(())
    }
}

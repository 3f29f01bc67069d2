//! Suites against the edges of a site, one test target for each kind of harm: `peers` calls the mailbox. There is no code here
//! that anything ships; this file only makes a package of them.

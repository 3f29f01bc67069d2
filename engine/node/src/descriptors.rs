//! File descriptors: each connection and each open file of a store is one. The mailbox has its own bounds on connections
//! (`tessera_mailbox::limits`), but the usual limit of a shell or a service, 1,024, is below them. What may be raised without
//! asking anybody is raised.

/// Lets this process open as many files as it is allowed to ask for.
pub(crate) fn raise() {
    if let Err(error) = rlimit::increase_nofile_limit(rlimit::INFINITY) {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    }
}

#[cfg(test)]
mod tests {
    use rlimit::Resource;

    use super::*;

    #[test]
    fn what_may_be_raised_is_raised() {
        let (_, hard) = Resource::NOFILE.get().unwrap();
        Resource::NOFILE.set(hard.min(512), hard).unwrap();
        raise();
        assert_eq!(Resource::NOFILE.get().unwrap(), (hard, hard));
    }
}

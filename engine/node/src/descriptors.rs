//! File descriptors: each connection and each open file of a store is one. The mailbox has its own bounds on connections
//! (`tessera_mailbox::limits`), but the usual limit of a shell or a service, 1,024, is below them. What may be raised without
//! asking anybody is raised.

/// Lets this process open as many files as it is allowed to ask for.
pub(crate) fn raise() {
    if let Err(error) = rlimit::increase_nofile_limit(rlimit::INFINITY) {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    }
}

/// Whether so many files and connections can be open; if not, what to do.
pub(crate) fn ensure(wanted: usize) -> Result<(), String> {
    let allowed = rlimit::Resource::NOFILE.get_soft().map_err(|error| error.to_string())?;
    if u64::try_from(wanted).is_ok_and(|wanted| wanted <= allowed) {
        return Ok(());
    }
    Err(format!(
        "{wanted} files must be open at one time and {allowed} may be; raise the hard limit (`ulimit -Hn {wanted}` as root, \
         `LimitNOFILE=` of a service)"
    ))
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
        assert_eq!(ensure(usize::try_from(hard).unwrap()), Ok(()));
        assert!(ensure(usize::MAX).unwrap_err().contains("raise the hard limit"));
    }
}

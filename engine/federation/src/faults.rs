//! Which faults a process must stand: those that strike without anybody's will. What operators and strangers do can be asked
//! for by name.

use tessera_simulation::fault::Fault;

/// Kinds of fault of a simulation that names none.
pub const DEFAULT_FAULTS: &[Fault] = &[
    Fault::Crash,
    Fault::EngineCrash,
    Fault::MailboxCrash,
    Fault::Loss,
    Fault::AnswerLost,
    Fault::Duplication,
    Fault::Delay,
    Fault::Cut,
    Fault::CommitFails,
    Fault::CommitTorn,
    Fault::CommitUnknownLanded,
    Fault::CommitUnknownLost,
    Fault::DiskFull,
    Fault::SlowDisk,
    Fault::ReadFails,
    Fault::ClockSkew,
    Fault::ClockJump,
    Fault::PluginTrap,
    Fault::PluginFails,
    Fault::PluginSlow,
];

/// The faults with these names; `none` alone is none.
pub fn named<N: AsRef<str>>(names: &[N]) -> Result<Vec<Fault>, String> {
    if let [only] = names
        && only.as_ref() == "none"
    {
        return Ok(Vec::new());
    }
    let of = |name: &N| {
        let known = Fault::ALL.iter().copied().find(|fault| fault.name() == name.as_ref());
        known.ok_or_else(|| {
            format!("there is no fault {:?}; `tessera simulate --help` lists them", name.as_ref())
        })
    };
    names.iter().map(of).collect()
}

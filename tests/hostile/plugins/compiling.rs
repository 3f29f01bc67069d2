//! The process that compiles is believed to be the worst one that there can be: each case is a shell that stands for it,
//! does something else, and must cost the site neither more than the time that it may take nor a zombie.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use tessera_plugin_host::{CompilationLimits, Compiler, CompilerProcess, Package, PluginHost, Settings};

use crate::refused::plugin;
use crate::settings;

const OVERDUE: &str = "it did not end within 1 s";
const PATIENCE: Duration = Duration::from_mins(1);

#[test]
fn whatever_a_compiling_process_does_it_harms_only_itself() {
    let cases = [
        ("says nothing", "exit 0", "the component does not compile"),
        ("says nonsense", "echo nonsense", "the component does not compile"),
        ("says why", "echo 'all is lost' >&2; exit 1", "ended with exit status: 1: all is lost"),
        ("has code for a component that fails", "cat; exit 1", "ended with exit status: 1"),
        ("is killed", "kill -9 $$", "somebody killed the compiling process"),
        ("aborts", "kill -6 $$", "ended with signal: 6"),
        ("exceeds its time", "kill -24 $$", "it computes for more than 1 s"),
        ("never ends", "while :; do :; done", OVERDUE),
        ("sleeps", "sleep 100; exit 0", OVERDUE),
        ("closes its output and sleeps", "exec 1>&-; sleep 100", OVERDUE),
        ("closes everything and sleeps", "exec 0<&- 1>&- 2>&-; sleep 100", OVERDUE),
        ("stops", "kill -STOP $$", OVERDUE),
        ("leaves somebody behind", "sleep 3 & exit 1", OVERDUE),
        ("never stops to answer", "cat /dev/zero", "its code has more than 268435456 bytes"),
        ("never stops to complain", "cat /dev/zero >&2; sleep 100", OVERDUE),
    ];
    let mut wrong = Vec::new();
    for (name, script, words) in cases {
        let begun = Instant::now();
        // Only what waits for its limit is given a short one: the others may be slow on a busy machine.
        let wall = if words == OVERDUE { Duration::from_secs(1) } else { PATIENCE };
        let said = load("/bin/sh", &["-c", script], wall);
        if !said.contains(words) {
            wrong.push(format!("{name}: {words:?} expected, it says {said:?}"));
        }
        if begun.elapsed() > wall + PATIENCE {
            wrong.push(format!("{name}: it took {:?}", begun.elapsed()));
        }
    }
    let said = load("/nobody/is/here", &[], PATIENCE);
    assert!(said.contains("the compiling process does not start (/nobody/is/here)"), "{said}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(zombies(), Vec::<String>::new());
}

#[test]
fn a_compiling_process_is_given_three_pipes_and_nothing_else_of_the_site() {
    // `ls` opens the folder that it lists: that is the fourth.
    let said = load("/bin/sh", &["-c", "ls /proc/self/fd >&2; exit 1"], PATIENCE);
    let mut expected: Vec<_> =
        ["0", "1", "2", "3"].into_iter().map(str::to_owned).chain(inherited()).collect();
    expected.sort();
    expected.dedup();
    let found: Vec<_> = said.lines().filter_map(|line| line.rsplit(' ').next()).collect();
    assert_eq!(found, expected, "{said}");
    let said = load("/usr/bin/env", &["sh", "-c", "cat /proc/$$/environ >&2; exit 1"], PATIENCE);
    assert!(said.ends_with("exit status: 1: "), "{said}");
    let said = load("/bin/sh", &["-c", "pwd >&2; exit 1"], PATIENCE);
    assert!(said.ends_with(": /"), "{said}");
}

fn load(program: &str, arguments: &[&str], wall: Duration) -> String {
    let limits = CompilationLimits { memory_bytes: 1024 * 1024 * 1024, cpu: Duration::from_secs(1), wall };
    let arguments = arguments.iter().map(Into::into).collect();
    let compiler = Compiler::Child(CompilerProcess { program: PathBuf::from(program), arguments, limits });
    let host = PluginHost::new(Settings { compiler, ..settings() }).expect("it starts");
    let package = Package::read(plugin("ordinary")).expect("it is an ordinary one");
    host.load(&package).expect_err("this is no compiler").to_string()
}

/// Descriptors that this process got from whoever started the tests, open for every program that it starts.
fn inherited() -> impl Iterator<Item = String> {
    const CLOSE_ON_EXEC: u32 = 0o2_000_000;
    let descriptors = std::fs::read_dir("/proc/self/fdinfo").expect("it is there").filter_map(Result::ok);
    descriptors.filter_map(|descriptor| {
        let state = std::fs::read_to_string(descriptor.path()).ok()?;
        let flags = state.lines().find_map(|line| line.strip_prefix("flags:"))?;
        let flags = u32::from_str_radix(flags.trim(), 8).ok()?;
        (flags & CLOSE_ON_EXEC == 0).then(|| descriptor.file_name().to_string_lossy().into_owned())
    })
}

/// Processes that this one has started, that have ended, and that nobody has waited for.
fn zombies() -> Vec<String> {
    let own = std::process::id().to_string();
    let processes = std::fs::read_dir("/proc").expect("it is there").filter_map(Result::ok);
    let states = processes.filter_map(|process| std::fs::read_to_string(process.path().join("stat")).ok());
    states
        .filter(|state| {
            let mut fields = state.rsplit(')').next().unwrap_or_default().split_whitespace();
            fields.next() == Some("Z") && fields.next() == Some(&own)
        })
        .collect()
}

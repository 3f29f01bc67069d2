//! Every way a call can fail has its kind, its advice on retrying, and a message that a person understands; and a failed
//! call harms nobody else.

mod support;

use std::sync::Arc;
use std::time::Duration;

use support::{Site, call, call_hook, execution, failure, load};
use tessera_core::plugin::{Call, CallOutcome, Execution, FailureKind, Hook, RetryAdvice};
use tessera_misbehaving::MISBEHAVING;
use tessera_plugin_host::{Answer, Limits, Package, PluginHost, Settings};

/// CPU time stays generous where it is not the point: the machine may be busy.
fn strict() -> Limits {
    Limits {
        memory_bytes: 16 * 1024 * 1024,
        cpu: Duration::from_secs(30),
        log_bytes: 64 * 1024,
        write_bytes: 4 * 1024 * 1024,
        ..Limits::default()
    }
}

#[tokio::test]
async fn says_what_happened_in_plain_words() {
    const OF: &str = "plugin misbehaving 1.0.0.0";
    let (_host, plugin) = load(strict(), MISBEHAVING);
    let (_host, hurried) = load(Limits { cpu: Duration::from_millis(30), ..strict() }, MISBEHAVING);
    let cases = [
        (
            "loop-forever",
            FailureKind::CpuLimit,
            RetryAdvice::Never,
            "was stopped: it computed for more than 30 ms in one call",
        ),
        (
            "pester-the-host",
            FailureKind::CpuLimit,
            RetryAdvice::Never,
            "was stopped: it computed for more than 30 ms",
        ),
        (
            "eat-memory",
            FailureKind::MemoryLimit,
            RetryAdvice::Never,
            "was stopped: it asked for 17 MiB of memory, the limit is 16 MiB",
        ),
        (
            "flood-the-log",
            FailureKind::OtherLimit,
            RetryAdvice::Never,
            "was stopped: it logged more than 64 KiB in one call",
        ),
        (
            "hoard-a-value",
            FailureKind::OtherLimit,
            RetryAdvice::Never,
            "was stopped: it wrote more than 4 MiB of variables and outputs",
        ),
        (
            "recurse-deeply",
            FailureKind::OtherLimit,
            RetryAdvice::Never,
            "was stopped: it called itself until its call stack was exhausted",
        ),
        (
            "panic-with-message",
            FailureKind::PluginBug,
            RetryAdvice::ByPolicy,
            "panicked: the cat is on the keyboard",
        ),
        (
            "divide-by-zero",
            FailureKind::PluginBug,
            RetryAdvice::ByPolicy,
            "panicked: attempt to divide by zero",
        ),
        (
            "trap",
            FailureKind::PluginBug,
            RetryAdvice::ByPolicy,
            "trapped: wasm `unreachable` instruction executed",
        ),
        ("fail", FailureKind::Technical, RetryAdvice::ByPolicy, "the answer is no number"),
        ("fail-for-good", FailureKind::Technical, RetryAdvice::Never, "this will never work"),
        (
            "unheard-of",
            FailureKind::HandlerMissing,
            RetryAdvice::Never,
            "plugin misbehaving 1.0.0.0 has no service-task handler named \"unheard-of\"",
        ),
        (
            "panic-while-preparing",
            FailureKind::HandlerMissing,
            RetryAdvice::Never,
            "has a handler \"panic-while-preparing\", but not of kind service-task",
        ),
    ];
    for (handler, kind, retry, message) in cases {
        let plugin = if kind == FailureKind::CpuLimit { &hurried } else { &plugin };
        let failure = failure(call(plugin, handler).await);
        assert_eq!((failure.kind, failure.retry), (kind, retry), "{handler}: {failure:#?}");
        assert!(failure.message.contains(message), "{handler}: {:?}", failure.message);
        if kind != FailureKind::Technical {
            assert!(failure.message.contains(OF), "{handler}: {:?}", failure.message);
        }
    }
}

#[tokio::test]
async fn every_limit_of_host_calls_is_enforced() {
    let task = Arc::new(serde_json::json!({"resourceType": "Task", "input": []}));
    let select = Execution { start_message: Some(task), ..execution() };
    let cases = [
        (Limits { host_calls: 1, ..strict() }, "it asked the site more than 1 times in one call"),
        (Limits { handles: 1, ..strict() }, "it keeps too many handles open"),
        (Limits { host_call_bytes: 16, ..strict() }, "it handed over too many bytes in one host call"),
    ];
    for (limits, message) in cases {
        let (_host, plugin) = load(limits, tessera_example_plugins::PING_PONG);
        let handler = "select-ping-targets".into();
        let call = Call { handler, hook: Hook::ServiceTask, execution: select.clone() };
        let Answer::Outcome(outcome) = plugin.call(call, Arc::new(Site::default())).await else {
            panic!("a service task answers with an outcome");
        };
        let failure = failure(outcome);
        assert_eq!(
            (failure.kind, failure.retry),
            (FailureKind::OtherLimit, RetryAdvice::Never),
            "{failure:#?}"
        );
        assert!(failure.message.ends_with(message), "{:?}", failure.message);
    }
}

/// One thread: when `yield_now` returns, the spinning call has had its first turn and holds the only place.
#[tokio::test(flavor = "current_thread")]
async fn calls_over_the_cap_wait_for_their_turn() {
    let (_host, plugin) = load(Limits { concurrent_calls: 1, ..strict() }, MISBEHAVING);
    let spinning = {
        let plugin = Arc::clone(&plugin);
        tokio::spawn(async move { call(&plugin, "loop-forever").await })
    };
    tokio::task::yield_now().await;
    let waiting = call(&plugin, "do-nothing");
    assert!(tokio::time::timeout(Duration::from_millis(1), waiting).await.is_err());
    spinning.abort();
    assert!(matches!(call(&plugin, "do-nothing").await, CallOutcome::Completed(_)));
}

#[tokio::test]
async fn a_panic_carries_backtrace_and_last_log_lines() {
    let (_host, plugin) = load(strict(), MISBEHAVING);
    let failure = failure(call(&plugin, "panic-with-message").await);
    assert_eq!(failure.log[0], "info: about to panic");
    assert!(failure.log[1].starts_with("error: the cat is on the keyboard at "), "{:?}", failure.log);
    assert!(
        failure.causes.iter().any(|frame| frame.starts_with("at core::panicking::panic")),
        "{:#?}",
        failure.causes
    );
    assert!(failure.causes.iter().any(|frame| frame.contains("Misbehaving")), "{:#?}", failure.causes);
}

#[tokio::test]
async fn a_technical_error_carries_its_causes_and_discards_its_writes() {
    let (_host, plugin) = load(strict(), MISBEHAVING);
    let failure = failure(call(&plugin, "fail").await);
    assert_eq!(failure.causes, ["invalid digit found in string"]);
}

#[tokio::test]
async fn a_bpmn_error_is_a_result_and_keeps_its_writes() {
    let (_host, plugin) = load(strict(), MISBEHAVING);
    let CallOutcome::BpmnError { code, message, writes } = call(&plugin, "throw-caught-error").await else {
        panic!("expected a BPMN error");
    };
    assert_eq!((code.as_str(), message.as_str()), ("caught", "a modelled outcome"));
    assert_eq!(&*writes.variables[0].name, "kept");
}

#[tokio::test]
async fn waiting_for_the_site_ends_at_the_wall_limit() {
    let limits = Limits { wall: Duration::from_millis(20), ..Limits::default() };
    let (_host, plugin) = load(limits, tessera_example_plugins::PING_PONG);
    let hook = Hook::Prepare(support::message_spec());
    let Answer::Outcome(outcome) =
        call_hook(&plugin, "send-ping", hook, Site { hangs: true, ..Site::default() }).await
    else {
        panic!("the site hangs: there can be no plan");
    };
    let failure = failure(outcome);
    assert_eq!((failure.kind, failure.retry), (FailureKind::WallLimit, RetryAdvice::ByPolicy));
    assert!(failure.message.ends_with("was stopped: it did not end within 20 ms"), "{}", failure.message);
}

/// `?` in a handler passes on what the mailbox did not answer; the plugin is not to blame for it.
#[tokio::test]
async fn a_mailbox_that_is_away_is_no_fault_of_the_plugin() {
    let (_host, plugin) = load(Limits::default(), tessera_example_plugins::PING_PONG);
    let away = Site { is_away: true, ..Site::default() };
    let hook = Hook::Prepare(support::message_spec());
    let Answer::Outcome(outcome) = call_hook(&plugin, "send-ping", hook, away).await else {
        panic!("the mailbox is away: there can be no plan");
    };
    let failure = failure(outcome);
    assert_eq!((failure.kind, failure.retry), (FailureKind::MailboxAway, RetryAdvice::ByPolicy));
    assert!(failure.message.contains("connection refused"), "{}", failure.message);
}

#[tokio::test]
async fn the_host_takes_the_blame_for_itself() {
    // A table or memory that does not fit is found before the plugin runs; here the machine refuses the whole pool.
    let absurd = Settings {
        limits: Limits { memory_bytes: usize::MAX / 2, ..Limits::default() },
        concurrent_calls: 8,
        ..Settings::default()
    };
    let message = PluginHost::new(absurd).unwrap_err().to_string();
    assert!(message.starts_with("the WebAssembly engine does not start: "), "{message}");
    assert!(
        message.ends_with("lower the plugin memory limit or the number of concurrent calls"),
        "{message}"
    );
}

/// One thread runs everything: if a spinning guest did not give it back, no other call would ever end.
#[tokio::test(flavor = "current_thread")]
async fn neighbours_run_while_one_spins() {
    let (_host, plugin) = load(Limits { cpu: Duration::from_hours(1), ..strict() }, MISBEHAVING);
    let spinning = {
        let plugin = Arc::clone(&plugin);
        tokio::spawn(async move { call(&plugin, "loop-forever").await })
    };
    for _ in 0..20 {
        assert!(matches!(call(&plugin, "do-nothing").await, CallOutcome::Completed(_)));
        tokio::task::yield_now().await;
    }
    assert!(!spinning.is_finished());
    spinning.abort();
    assert!(spinning.await.unwrap_err().is_cancelled());
    assert!(matches!(call(&plugin, "do-nothing").await, CallOutcome::Completed(_)));
}

#[tokio::test]
async fn places_for_calls_come_back_whatever_happens() {
    // Fewer places than calls: one that leaked would stop the test.
    let host =
        PluginHost::new(Settings { limits: strict(), concurrent_calls: 2, ..Settings::default() }).unwrap();
    let plugin = host.load(&Package::read(MISBEHAVING).unwrap()).unwrap();
    for _ in 0..10 {
        for handler in ["eat-memory", "panic-with-message", "recurse-deeply", "do-nothing"] {
            call(&plugin, handler).await;
        }
        let dropped = call(&plugin, "loop-forever");
        // The first tick gives the thread back, and the call is dropped in the middle.
        assert!(tokio::time::timeout(Duration::ZERO, dropped).await.is_err());
    }
    assert!(matches!(call(&plugin, "do-nothing").await, CallOutcome::Completed(_)));
}

#[tokio::test]
async fn a_plugin_can_lower_its_limits_but_not_raise_them() {
    let operator = Limits::default();
    let requested = |json: &str| operator.lowered_by(&serde_json::from_str(json).unwrap());
    assert_eq!(requested("{}"), operator);
    assert_eq!(requested(r#"{"memory-mib": 8, "cpu-ms": 7, "wall-ms": 9}"#).memory_bytes, 8 * 1024 * 1024);
    assert_eq!(requested(r#"{"memory-mib": 9999999999, "cpu-ms": 99999999, "wall-ms": 99999999}"#), operator);
}

#[tokio::test]
async fn several_hosts_fit_into_one_process() {
    let largest = Settings { concurrent_calls: u32::MAX, ..Settings::default() };
    let hosts = [Settings::default(), Settings::default(), Settings::default(), largest].map(PluginHost::new);
    for host in hosts {
        let plugin = host.unwrap().load(&Package::read(MISBEHAVING).unwrap()).unwrap();
        // The plugin outlives its host, with everything it needs.
        assert!(matches!(call(&plugin, "do-nothing").await, CallOutcome::Completed(_)));
    }
}

//! Breaks every rule a plugin can break, one per handler, so that tests can show that the site survives. The process
//! `testtessera_misbehave` takes the sin's name as its start message.

mod orders;

use std::hint::black_box;

use tessera_plugin_sdk::prelude::*;

#[plugin]
impl Misbehaving {
    /// The control: behaves.
    #[service_task]
    fn do_nothing(_ctx: &Context<'_>) -> Outcome {
        Ok(())
    }

    /// Never comes back.
    #[service_task]
    fn loop_forever(_ctx: &Context<'_>) -> Outcome {
        let mut count = 0_u64;
        loop {
            count = black_box(count.wrapping_add(1));
        }
    }

    /// Takes memory until there is none.
    #[service_task]
    fn eat_memory(_ctx: &Context<'_>) -> Outcome {
        let mut eaten = Vec::new();
        loop {
            eaten.push(black_box(vec![1_u8; 1 << 20]));
        }
    }

    /// Panics, and says why.
    #[service_task]
    #[expect(clippy::panic, reason = "the sin")]
    fn panic_with_message(ctx: &Context<'_>) -> Outcome {
        info!(ctx, "about to panic");
        panic!("the cat is on the keyboard")
    }

    /// Traps without a word.
    #[service_task]
    fn trap(_ctx: &Context<'_>) -> Outcome {
        #[cfg(target_arch = "wasm32")]
        core::arch::wasm32::unreachable();
        #[cfg(not(target_arch = "wasm32"))]
        Err(Error::new("only WebAssembly can trap"))
    }

    /// Divides by zero.
    #[service_task]
    fn divide_by_zero(_ctx: &Context<'_>) -> Outcome {
        let quotient = 1 / black_box(0);
        Err(Error::new(format!("1 / 0 is {quotient}")))
    }

    /// Calls itself until the stack is gone.
    #[service_task]
    fn recurse_deeply(_ctx: &Context<'_>) -> Outcome {
        match descend(black_box(1)) {
            0 => Err(Error::new("reached the ground")),
            _ => Ok(()),
        }
    }

    /// Fails, as handlers do when a service is down.
    #[service_task]
    fn fail(ctx: &Context<'_>) -> Outcome {
        ctx.set("left-behind", &true)?;
        let cause =
            "ten".parse::<u32>().map_err(|cause| Error::new("the answer is no number").because(&cause));
        cause.map(drop)
    }

    /// Fails and knows that trying again is pointless.
    #[service_task]
    fn fail_for_good(_ctx: &Context<'_>) -> Outcome {
        Err(Error::new("this will never work").never_retry())
    }

    /// Fails twice, then works.
    #[service_task]
    fn fail_twice(ctx: &Context<'_>) -> Outcome {
        let attempt = ctx.activity().attempt;
        if attempt < 3 {
            Err(Error::new(format!("attempt {attempt} failed")))
        } else {
            ctx.set("attempts", &attempt)
        }
    }

    /// A result that the model catches.
    #[service_task]
    fn throw_caught_error(ctx: &Context<'_>) -> Outcome {
        ctx.set("kept", &true)?;
        Err(Error::bpmn("caught", "a modelled outcome"))
    }

    /// A result that nobody catches.
    #[service_task]
    fn throw_uncaught_error(_ctx: &Context<'_>) -> Outcome {
        Err(Error::bpmn("uncaught", "nobody expects this"))
    }

    /// Logs without end.
    #[service_task]
    fn flood_the_log(ctx: &Context<'_>) -> Outcome {
        let line = "all work and no play makes Jack a dull boy. ".repeat(64);
        for _ in 0..100_000 {
            info!(ctx, line);
        }
        Ok(())
    }

    /// Stores a value that is too large to pass to the host.
    #[service_task]
    fn hoard_a_value(ctx: &Context<'_>) -> Outcome {
        for name in 0..1_000 {
            ctx.set(&format!("hoard-{name}"), &"x".repeat(1 << 20))?;
        }
        Ok(())
    }

    /// Asks the host for more than anyone needs.
    #[service_task]
    fn pester_the_host(ctx: &Context<'_>) -> Outcome {
        let mut letters = 0_usize;
        loop {
            letters = black_box(letters.wrapping_add(ctx.business_key().len()));
        }
    }

    /// Calls whatever it is told to, with whatever arguments.
    #[service_task]
    fn obey(ctx: &Context<'_>) -> Outcome {
        let orders: Vec<orders::Order> = ctx.require("orders")?;
        for order in &orders {
            orders::obey(ctx, order);
        }
        Ok(())
    }

    /// Panics where a message should be shaped.
    #[message_activity]
    #[expect(clippy::panic, reason = "the sin")]
    fn panic_while_preparing(_ctx: &Context<'_>, _message: &Message) -> Result<MessagePlan> {
        panic!("no message today")
    }
}

/// Not a loop in disguise: each frame is needed after its callee returns.
fn descend(depth: u64) -> u64 {
    if depth == black_box(u64::MAX) {
        return depth;
    }
    let frame = [black_box(depth); 32];
    let below = descend(depth.wrapping_add(1));
    frame.iter().fold(below, |sum, value| sum.wrapping_add(*value))
}

#[cfg(test)]
mod tests {
    use tessera_plugin_sdk::testing::MockHost;

    use super::*;

    /// The sins that only a sandbox survives are tested there; these end in an answer.
    #[test]
    fn some_sins_are_answers() {
        let cases = [
            ("fail", true, None),
            ("fail-for-good", false, None),
            ("fail-twice", true, None),
            ("throw-caught-error", false, Some("caught")),
            ("throw-uncaught-error", false, Some("uncaught")),
            ("unknown", false, None),
        ];
        for (sin, may_retry, code) in cases {
            let error = MockHost::new("dic1.example").service_task::<Misbehaving>(sin).unwrap_err();
            assert_eq!((error.may_retry(), error.bpmn_code()), (may_retry, code), "{sin}");
        }
    }

    #[test]
    fn a_failure_leaves_nothing_behind_and_a_result_does() {
        let host = MockHost::new("dic1.example");
        host.service_task::<Misbehaving>("fail").unwrap_err();
        assert_eq!(host.variable("left-behind"), None);
        host.service_task::<Misbehaving>("throw-caught-error").unwrap_err();
        assert_eq!(host.variable("kept").unwrap(), true);
    }

    #[test]
    fn the_model_compiles() {
        let text = include_str!("../bpe/misbehave.bpmn").replace("#{version}", "1.0");
        let reading = tessera_bpmn::read::read(text.as_bytes());
        assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
        tessera_bpmn::compile::compile(&reading.model.unwrap(), "testtessera_misbehave").unwrap();
    }

    #[test]
    fn the_third_attempt_works() {
        let host = MockHost::new("dic1.example").at_attempt(3);
        host.service_task::<Misbehaving>("fail-twice").unwrap();
        assert_eq!(host.variable("attempts").unwrap(), 3);
    }
}

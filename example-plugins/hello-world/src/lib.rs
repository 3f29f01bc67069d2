//! The smallest plugin: a Task starts the process, one service task greets its sender and thanks with an output.
//! Read `bpe/hello-world.bpmn` next, then `fhir/`.

use tessera_plugin_sdk::prelude::*;

const HELLO_WORLD: &str = "http://dsf.dev/fhir/CodeSystem/hello-world";

#[plugin]
impl HelloWorld {
    /// Greets whoever sent the start message.
    #[service_task(alias = "dev.dsf.bpe.service.HelloWorld")]
    fn greet(ctx: &Context<'_>) -> Outcome {
        let task = ctx.start_task()?;
        let sender = task.requester()?;
        let text = task.input_str(HELLO_WORLD, "string-example").unwrap_or("nothing");
        info!(ctx, "hello world", sender = sender, characters = text.chars().count());
        ctx.set("greeting", &format!("Hello {sender}, you said: {text}"))
    }
}

#[cfg(test)]
mod tests {
    use tessera_plugin_sdk::testing::{MockHost, task, text_input};

    use super::*;

    #[test]
    fn greets_the_sender() {
        let said = text_input(HELLO_WORLD, "string-example", "good morning");
        let host = MockHost::new("dic1.example").with_task(task("ttp.example", "helloWorld", &[said]));

        host.service_task::<HelloWorld>("greet").unwrap();

        assert_eq!(host.variable("greeting").unwrap(), "Hello ttp.example, you said: good morning");
        assert_eq!(host.log_lines()[0].fields["sender"], "ttp.example");
    }

    #[test]
    fn needs_a_task_to_answer() {
        let error = MockHost::new("dic1.example").service_task::<HelloWorld>("greet").unwrap_err();
        assert_eq!(error.message(), "the start Task is missing");
    }
}

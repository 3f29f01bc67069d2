//! Messages are followed over all files of a run: from package to package by the address of DSF, from pool to pool by message
//! flows, and by name where nothing else says who talks to whom. Where the other side is not there, nothing is said.

use tessera_bpmn::lint::{Config, Source};

fn model(content: &str) -> String {
    format!(
        "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" \
         xmlns:camunda=\"http://camunda.org/schema/1.0/bpmn\" targetNamespace=\"t\">\n\
         <message id=\"ask\" name=\"ask\"/><message id=\"reply\" name=\"reply\"/><message id=\"other\" name=\"other\"/>\n\
         {content}\n</definitions>"
    )
}

/// A process that starts by one message, sends another to a process, and waits for a third.
fn distributed(id: &str, start: &str, to: &str, sent: &str, awaited: &str) -> String {
    let field = |name: &str, value: &str| {
        format!("<camunda:field name=\"{name}\"><camunda:string>{value}</camunda:string></camunda:field>")
    };
    let target = format!("http://example.org/bpe/Process/{to}|#{{version}}");
    let fields =
        [field("instantiatesCanonical", &target), field("messageName", sent), field("profile", "p")].concat();
    let wait = match awaited {
        "" => String::new(),
        _ => format!("<receiveTask id=\"wait\" messageRef=\"{awaited}\"/>"),
    };
    model(&format!(
        "<process id=\"exampleorg_{id}\" isExecutable=\"true\">\
         <startEvent id=\"start\"><messageEventDefinition messageRef=\"{start}\"/></startEvent>\
         <sendTask id=\"send\" camunda:class=\"Send\"><extensionElements>{fields}</extensionElements></sendTask>\
         {wait}</process>"
    ))
}

/// What the rules of the exchange find, as `file rule: what is shown`.
fn found(files: &[(&str, String)]) -> Vec<String> {
    let sources: Vec<Source<'_>> =
        files.iter().map(|(path, text)| Source { path, bytes: text.as_bytes() }).collect();
    let report = tessera_lint::package(&sources, None, &Config::default());
    let mut found = Vec::new();
    for file in &report.files {
        let of_exchange = |rule: &str| {
            matches!(rule, "message-awaited" | "message-sent" | "message-undecided" | "send-target")
        };
        for finding in file.findings.iter().filter(|finding| of_exchange(finding.rule)) {
            let element = finding.element.as_deref().unwrap_or_default();
            found.push(format!("{} {} {element}", file.path, finding.rule));
        }
    }
    found
}

#[test]
fn a_message_of_dsf_is_followed_into_another_package() {
    let ask = |sent| ("a/bpe/ask.bpmn", distributed("ask", "other", "reply", sent, "reply"));
    let reply = |sent| ("b/bpe/reply.bpmn", distributed("reply", "ask", "ask", sent, ""));
    assert_eq!(found(&[ask("ask"), reply("reply")]), [""; 0]);
    assert_eq!(found(&[ask("question"), reply("reply")]), ["a/bpe/ask.bpmn message-awaited send"]);
    assert_eq!(
        found(&[ask("ask"), reply("answer")]),
        ["a/bpe/ask.bpmn message-sent wait", "b/bpe/reply.bpmn message-awaited send"]
    );
    assert_eq!(found(&[ask("question")]), [""; 0], "the other side is not there");
}

#[test]
fn whose_message_name_is_computed_may_send_anything() {
    let ask = ("ask.bpmn", distributed("ask", "other", "reply", "ask", "reply"));
    let reply = distributed("reply", "ask", "ask", "answer", "")
        .replace("<camunda:string>answer", "<camunda:string>");
    assert_eq!(found(&[ask, ("reply.bpmn", reply)]), [""; 0]);
}

#[test]
fn any_of_several_versions_of_a_process_may_take_a_message() {
    let ask = ("a/ask.bpmn", distributed("ask", "other", "reply", "ask", ""));
    let versions = [
        ("b/reply.bpmn", distributed("reply", "other", "ask", "other", "")),
        ("c/reply.bpmn", distributed("reply", "ask", "ask", "other", "")),
    ];
    let [old, new] = versions;
    assert_eq!(found(&[ask.clone(), old.clone(), new]), [""; 0]);
    assert_eq!(found(&[ask, old]), ["a/ask.bpmn message-awaited send"]);
}

#[test]
fn a_message_flow_leads_into_the_file_that_has_the_process() {
    let sender = |pool: &str| {
        model(&format!(
            "<collaboration id=\"c\"><participant id=\"x\" processRef=\"p\"/><participant id=\"y\"{pool}/>\
             <messageFlow id=\"f\" sourceRef=\"send\" targetRef=\"y\"/></collaboration>\
             <process id=\"p\" isExecutable=\"true\"><startEvent id=\"s\"/><sendTask id=\"send\" messageRef=\"ask\"/></process>"
        ))
    };
    let receiver = |message: &str| {
        model(&format!(
            "<process id=\"q\" isExecutable=\"true\"><startEvent id=\"s\">\
             <messageEventDefinition messageRef=\"{message}\"/></startEvent></process>"
        ))
    };
    let known = || ("a.bpmn", sender(" processRef=\"far:q\""));
    assert_eq!(found(&[known(), ("b.bpmn", receiver("ask"))]), [""; 0]);
    assert_eq!(found(&[known(), ("b.bpmn", receiver("other"))]), ["a.bpmn message-awaited send"]);
    assert_eq!(found(&[("a.bpmn", sender("")), ("b.bpmn", receiver("other"))]), [""; 0], "who is it?");
    assert_eq!(found(&[known()]), [""; 0], "the process is not there");
}

#[test]
fn pools_of_one_file_that_all_have_content_are_all_who_take_part() {
    let file = |second: &str, sent: &str| {
        model(&format!(
            "<collaboration id=\"c\"><participant id=\"x\" processRef=\"p\"/><participant id=\"y\" {second}/></collaboration>\
             <process id=\"p\" isExecutable=\"true\"><startEvent id=\"b\"/><receiveTask id=\"wait\" messageRef=\"reply\"/></process>\
             <process id=\"q\" isExecutable=\"true\"><startEvent id=\"s\"/><sendTask id=\"send\" messageRef=\"{sent}\"/></process>"
        ))
    };
    let whole = "processRef=\"q\"";
    assert_eq!(found(&[("a.bpmn", file(whole, "reply"))]), [""; 0]);
    assert_eq!(
        found(&[("a.bpmn", file(whole, "ask"))]),
        ["a.bpmn message-sent wait", "a.bpmn message-awaited send"]
    );
    assert_eq!(found(&[("a.bpmn", file("", "ask"))]), [""; 0], "a pool without content may be anybody");
}

#[test]
fn a_name_alone_connects_nobody_until_something_fits() {
    let lone = |id: &str, node: &str| {
        model(&format!(
            "<process id=\"{id}\" isExecutable=\"true\"><startEvent id=\"s{id}\"/>{node}</process>"
        ))
    };
    let files = [
        ("a.bpmn", lone("p", "<sendTask id=\"send\" messageRef=\"ask\"/>")),
        ("b.bpmn", lone("q", "<receiveTask id=\"wait\" messageRef=\"reply\"/>")),
    ];
    assert_eq!(found(&files), ["a.bpmn message-undecided send"]);
    assert_eq!(found(&files[..1]), [""; 0], "there is nobody else");
}

//! Processes that call others of the same site.

use super::Scene;

/// What the caller passes, and what it gets back.
pub(super) const MAPPED: Scene = Scene {
    called: Some(&RETURNS),
    ..Scene::new(
        "what goes into a call and comes back",
        r#"<startEvent id="begin#"/><endEvent id="finish#"/>
tell gives#: local give# give#; local secret# secret#
<callActivity id="call#" calledElement="$called" camunda:calledElementBinding="deployment"><extensionElements><camunda:in businessKey="${execution.processBusinessKey}"/><camunda:in source="give#" target="given"/><camunda:in sourceExpression="${give#}" target="told"/><camunda:out source="result" target="brought#"/><camunda:out sourceExpression="${result}" target="again#"/></extensionElements></callActivity>
tell after#: see brought# result#; see again# result#; see result nothing; see more nothing
begin# -> gives# -> call# -> after# -> finish#"#,
        "begin# gives# call# after# finish#",
    )
};

const RETURNS: Scene = Scene::new(
    "what is called and returns",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/>
tell takes#: see given give#; see told give#; see secret# nothing; process result result#; process more more#
begin# -> takes# -> finish#"#,
    "begin# takes# finish#",
);

/// What is called ends by an error that its caller catches.
pub(super) const FAILED: Scene = Scene {
    called: Some(&FAILS),
    ..Scene::new(
        "a call that ends by an error",
        r#"<startEvent id="begin#"/><endEvent id="finish#"/>
<callActivity id="fails#" calledElement="$called" camunda:calledElementBinding="deployment"><extensionElements><camunda:in businessKey="${execution.processBusinessKey}"/><camunda:out source="result" target="brought#"/></extensionElements></callActivity>
<boundaryEvent id="any#" attachedToRef="fails#"><errorEventDefinition/></boundaryEvent>
<boundaryEvent id="blue#" attachedToRef="fails#"><errorEventDefinition errorRef="e_blue"/></boundaryEvent>
<endEvent id="anyfinish#"/>
tell onblue#: see brought# result#
begin# -> fails#
any# -> anyfinish#
blue# -> onblue# -> finish#"#,
        "begin# blue# onblue# finish#",
    )
};

const FAILS: Scene = Scene::new(
    "what is called and fails",
    r#"<startEvent id="begin#"/>
tell works#: process result result#
fail bad# blue
begin# -> works# -> bad#"#,
    "begin# works#",
);

/// The caller is interrupted: what it called would go on for ever.
pub(super) const HUNG_UP: Scene = Scene {
    called: Some(&ENDLESS),
    ..Scene::new(
        "a call that is interrupted",
        r#"<startEvent id="begin#"/><endEvent id="finish#"/>
<subProcess id="calls#"><startEvent id="callsbegin#"/><endEvent id="callsfinish#"/>
<callActivity id="hangs#" calledElement="$called" camunda:calledElementBinding="deployment"><extensionElements><camunda:in businessKey="${execution.processBusinessKey}"/></extensionElements></callActivity>
callsbegin# -> hangs# -> callsfinish#
</subProcess>
timer late# 30000 boundaryEvent attachedToRef="calls#"
tell after#:
begin# -> calls#
late# -> after# -> finish#"#,
        "begin# callsbegin# late# after# finish#",
    )
};

const ENDLESS: Scene = Scene::new(
    "what is called and never returns",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><userTask id="held#"/>
begin# -> held# -> finish#"#,
    "begin#",
);

//! What people do about an instance: see `deed`.

use super::Scene;

/// Somebody outside says what came of it.
pub(super) const COMPLETED: Scene = Scene::new(
    "work of a person",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><userTask id="human#"/>
tell after#: see said said
begin# -> human# -> after# -> finish#"#,
    "begin# human# after# finish#",
);

/// Somebody outside says that it went wrong.
pub(super) const REFUSED: Scene = Scene::new(
    "work of a person that ends by an error",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><endEvent id="donefinish#"/><userTask id="refused#"/>
<boundaryEvent id="blue#" attachedToRef="refused#"><errorEventDefinition errorRef="e_blue"/></boundaryEvent><endEvent id="bluefinish#"/>
<boundaryEvent id="red#" attachedToRef="refused#"><errorEventDefinition errorRef="e_red"/></boundaryEvent>
tell onred#: see said said
begin# -> refused# -> donefinish#
blue# -> bluefinish#
red# -> onred# -> finish#"#,
    "begin# red# onred# finish#",
);

/// A variable that somebody sets makes a condition true.
pub(super) const FLAGGED: Scene = Scene::new(
    "a variable that a person sets",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><endEvent id="donefinish#"/><userTask id="flagged#"/>
<boundaryEvent id="rung#" attachedToRef="flagged#"><conditionalEventDefinition><condition>${flag# == 1}</condition></conditionalEventDefinition></boundaryEvent>
tell before#: process flag# 0
tell hears#: see flag# 1
begin# -> before# -> flagged# -> donefinish#
rung# -> hears# -> finish#"#,
    "begin# before# rung# hears# finish#",
)
.once();

/// Somebody puts the token elsewhere.
pub(super) const MOVED: Scene = Scene::new(
    "a token that a person moves",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><endEvent id="donefinish#"/><userTask id="moved#"/>
tell before#: local kept# kept#
tell there#: see kept# kept#
begin# -> before# -> moved# -> donefinish#
there# -> finish#"#,
    "begin# before# there# finish#",
)
.once();

/// Somebody gives a message to whoever waits.
pub(super) const TOLD: Scene = Scene::new(
    "a message that a person brings",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><receiveTask id="told#" messageRef="m_note"/>
own address#
tell after#: see said said
begin# -> address# -> told# -> after# -> finish#"#,
    "begin# address# told# after# finish#",
);

/// Somebody gives a message to the conversation.
pub(super) const CORRELATED: Scene = Scene::new(
    "a message that a person sends to the conversation",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><receiveTask id="correlated#" messageRef="m_note"/>
own address#
tell after#: see said said
begin# -> address# -> correlated# -> after# -> finish#"#,
    "begin# address# correlated# after# finish#",
);

/// Somebody broadcasts what is waited for.
pub(super) const ANNOUNCED: Scene = Scene {
    definitions: r#"<signal id="s#" name="${bell#}-$process"/>"#,
    ..Scene::new(
        "a signal that a person broadcasts",
        r#"<startEvent id="begin#"/><endEvent id="finish#"/><intermediateCatchEvent id="announced#"><signalEventDefinition signalRef="s#"/></intermediateCatchEvent>
tell names#: local bell# bell#
tell after#: see said said
begin# -> names# -> announced# -> after# -> finish#"#,
        "begin# names# announced# after# finish#",
    )
}
.once();

/// Somebody has said that the condition may hold, and with what.
pub(super) const STARTED: Scene = Scene::new(
    "what a condition starts",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/>
tell after#: see said said
begin# -> after# -> finish#"#,
    "begin# after# finish#",
);

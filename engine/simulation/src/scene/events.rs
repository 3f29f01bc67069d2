//! Events that begin something beside the work, or end it.

use super::Scene;

/// A condition that becomes true ends what nobody completes.
pub(super) const CONDITION: Scene = Scene::new(
    "a condition that interrupts",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><parallelGateway id="fork#"/><parallelGateway id="join#"/><userTask id="held#"/>
<boundaryEvent id="rung#" attachedToRef="held#"><conditionalEventDefinition><condition>${bell# == 1}</condition></conditionalEventDefinition></boundaryEvent>
tell before#: local bell# 0
tell rings#: process bell# 1
tell hears#: see bell# 1
begin# -> before# -> fork# -> held#
fork# -> rings# -> join#
rung# -> hears# -> join# -> finish#"#,
    "begin# before# fork# { rung# hears# & rings# } join#*2 finish#",
);

/// One escalation goes on beside the work, the other ends it.
pub(super) const ESCALATED: Scene = Scene::new(
    "escalations that interrupt and do not",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><endEvent id="heardfinish#"/>
<subProcess id="climbs#"><startEvent id="climbbegin#"/><intermediateThrowEvent id="up#"><escalationEventDefinition escalationRef="x_up"/></intermediateThrowEvent><endEvent id="top#"><escalationEventDefinition escalationRef="x_top"/></endEvent>
tell first#: local where# first#
tell second#: see where# first#
climbbegin# -> first# -> up# -> second# -> top#
</subProcess>
<boundaryEvent id="heard#" attachedToRef="climbs#" cancelActivity="false"><escalationEventDefinition escalationRef="x_up"/></boundaryEvent>
<boundaryEvent id="topped#" attachedToRef="climbs#"><escalationEventDefinition escalationRef="x_top"/></boundaryEvent>
tell hears#: see where# nothing
tell tops#: see where# nothing
begin# -> climbs#
heard# -> hears# -> heardfinish#
topped# -> tops# -> finish#"#,
    "begin# { climbbegin# first# up# second# topped# tops# finish# & heard# hears# heardfinish# }",
);

/// A signal of the own conversation ends what nobody completes, and begins something beside.
pub(super) const SIGNAL: Scene = Scene {
    definitions: r#"<signal id="s#" name="${bell#}-$process"/>"#,
    ..Scene::new(
        "a signal that interrupts and one that does not",
        r#"<startEvent id="begin#"/><endEvent id="finish#"/>
tell names#: local bell# bell#; local heard# nothing-yet#
<subProcess id="inner#"><startEvent id="innerbegin#"/><endEvent id="innerfinish#"/><parallelGateway id="fork#"/><parallelGateway id="join#"/><userTask id="held#"/>
<boundaryEvent id="rung#" attachedToRef="held#"><signalEventDefinition signalRef="s#"/></boundaryEvent><intermediateThrowEvent id="rings#"><signalEventDefinition signalRef="s#"/></intermediateThrowEvent>
tell before#: see bell# bell#
tell hears#: see bell# bell#
<subProcess id="aside#" triggeredByEvent="true"><startEvent id="asidebegin#" isInterrupting="false"><signalEventDefinition signalRef="s#"/></startEvent><endEvent id="asidefinish#"/>
tell listens#: see bell# bell#
asidebegin# -> listens# -> asidefinish#
</subProcess>
innerbegin# -> fork# -> held#
fork# -> before# -> rings# -> join#
rung# -> hears# -> join# -> innerfinish#
</subProcess>
begin# -> names# -> inner# -> finish#"#,
        "begin# names# innerbegin# fork# { before# rings# & rung# hears# & join#*2 & innerfinish# & asidebegin# listens# asidefinish# aside# } inner# finish#",
    )
}
.once();

/// Who throws a signal does not hear it when it waits for the same signal afterwards.
pub(super) const OWN_SIGNAL: Scene = Scene {
    definitions: r#"<signal id="s#" name="${bell#}-$process"/>"#,
    ..Scene::new(
        "a signal that its thrower waits for later",
        r#"<startEvent id="begin#"/><endEvent id="finish#"/><eventBasedGateway id="wait#"/><exclusiveGateway id="merge#"/>
<intermediateThrowEvent id="rings#"><signalEventDefinition signalRef="s#"/></intermediateThrowEvent><intermediateCatchEvent id="rung#"><signalEventDefinition signalRef="s#"/></intermediateCatchEvent>
tell names#: local bell# bell#
timer late# 20000 intermediateCatchEvent
begin# -> names# -> rings# -> wait# -> late# -> merge# -> finish#
wait# -> rung# -> merge#"#,
        "begin# names# rings# late# merge# finish#",
    )
}
.once();

/// A message to oneself ends what nobody completes.
pub(super) const MESSAGE: Scene = Scene::new(
    "a message that interrupts",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><parallelGateway id="fork#"/><parallelGateway id="join#"/><userTask id="held#"/>
<boundaryEvent id="rung#" attachedToRef="held#"><messageEventDefinition messageRef="m_note"/></boundaryEvent>
own address#
note send#
tell hears#:
begin# -> address# -> fork# -> held#
fork# -> send# -> join#
rung# -> hears# -> join# -> finish#"#,
    "begin# address# fork# { rung# hears# & send# } join#*2 finish#",
)
.once();

/// A message to oneself begins something beside the work.
pub(super) const MESSAGE_HEARD: Scene = Scene::new(
    "a message that begins something beside",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/>
own address#
tell before#: local bell# 0
<subProcess id="inner#"><startEvent id="innerbegin#"/><endEvent id="innerfinish#"/><intermediateCatchEvent id="opens#"><conditionalEventDefinition><condition>${bell# == 1}</condition></conditionalEventDefinition></intermediateCatchEvent>
note send#
<subProcess id="aside#" triggeredByEvent="true"><startEvent id="asidebegin#" isInterrupting="false"><messageEventDefinition messageRef="m_note"/></startEvent><endEvent id="asidefinish#"/>
tell rings#: process bell# 1
asidebegin# -> rings# -> asidefinish#
</subProcess>
innerbegin# -> send# -> opens# -> innerfinish#
</subProcess>
begin# -> address# -> before# -> inner# -> finish#"#,
    "begin# address# before# { innerbegin# send# opens# innerfinish# & asidebegin# rings# asidefinish# aside# } inner# finish#",
)
.once();

/// A message to oneself under another key of the conversation.
pub(super) const ALIAS: Scene = Scene::new(
    "a message by an alternative business key",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><parallelGateway id="fork#"/><parallelGateway id="join#"/><receiveTask id="hears#" messageRef="m_note"/>
own address#
<serviceTask id="names#" camunda:class="alias"/>
note send# by alias
tell shows#: see shaped# shaped#
begin# -> address# -> names# -> fork# -> hears# -> join# -> finish#
fork# -> send# -> shows# -> join#"#,
    "begin# address# names# fork# { hears# & send# shows# } join#*2 finish#",
)
.once();

/// A timer that begins something in place of the work.
pub(super) const LATE_START: Scene = Scene::new(
    "a timer that begins something in place of the work",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/>
<subProcess id="inner#"><startEvent id="innerbegin#"/><endEvent id="innerfinish#"/><userTask id="held#"/>
<subProcess id="aside#" triggeredByEvent="true"><startEvent id="asidebegin#"><timerEventDefinition><timeDuration>PT40S</timeDuration></timerEventDefinition></startEvent><endEvent id="asidefinish#"/>
tell works#:
asidebegin# -> works# -> asidefinish#
</subProcess>
innerbegin# -> held# -> innerfinish#
</subProcess>
begin# -> inner# -> finish#"#,
    "begin# innerbegin# asidebegin# works# asidefinish# aside# inner# finish#",
);

/// A cycle of three beside work that lasts longer.
pub(super) const CYCLE: Scene = Scene::new(
    "a cycle beside the work",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><endEvent id="tockfinish#"/>
<subProcess id="long#"><startEvent id="longbegin#"/><endEvent id="longfinish#"/>
timer rest# 90000 intermediateCatchEvent
longbegin# -> rest# -> longfinish#
</subProcess>
cycle tick# 3 20 long#
tell tocks#:
begin# -> long# -> finish#
tick# -> tocks# -> tockfinish#"#,
    "begin# { longbegin# rest# longfinish# long# finish# & tick#<3 & tocks#<3 & tockfinish#<3 }",
);

/// A certain moment.
pub(super) const DATE: Scene = Scene::new(
    "a date",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/>
date then# 900
begin# -> then# -> finish#"#,
    "begin# then# finish#",
);

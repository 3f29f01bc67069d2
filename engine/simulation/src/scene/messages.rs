//! Messages of a process to itself: who gets which.

use super::Scene;

/// Two messages that nobody waits for yet: the older is taken first.
pub(super) const QUEUED: Scene = Scene::new(
    "two messages that come before they are waited for",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><receiveTask id="first#" messageRef="m_note"/><receiveTask id="second#" messageRef="m_note"/>
own address#
note one#
note two#
timer rest# 30000 intermediateCatchEvent
begin# -> address# -> one# -> two# -> rest# -> first# -> second# -> finish#"#,
    "begin# address# one# two# rest# first# second# finish#",
)
.once();

/// Two wait for the same: none of them gets it. One that is left alone may.
pub(super) const AMBIGUOUS: Scene = Scene::new(
    "a message that two wait for",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><parallelGateway id="fork#"/><parallelGateway id="join#"/><eventBasedGateway id="waita#"/><eventBasedGateway id="waitb#"/><exclusiveGateway id="mergea#"/><exclusiveGateway id="mergeb#"/>
<intermediateCatchEvent id="heara#"><messageEventDefinition messageRef="m_note"/></intermediateCatchEvent><intermediateCatchEvent id="hearb#"><messageEventDefinition messageRef="m_note"/></intermediateCatchEvent>
own address#
tell before#:
note send#
timer latea# 90000 intermediateCatchEvent
timer lateb# 90000 intermediateCatchEvent
begin# -> address# -> fork# -> waita# -> heara# -> mergea# -> join# -> finish#
waita# -> latea# -> mergea#
fork# -> waitb# -> hearb# -> mergeb# -> join#
waitb# -> lateb# -> mergeb#
fork# -> before# -> send# -> join#"#,
    "begin# address# fork# { before# send# & mergea# & mergeb# & ( { latea# & lateb# } | latea# hearb# | lateb# heara# ) } join#*3 finish#",
)
.once();

//! What goes wrong as modelled, and what is undone then.

use super::Scene;

/// The event for a code is nearer than the one for all, and what the handler wrote stays.
pub(super) const CODES: Scene = Scene::new(
    "errors of a scope by their codes",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><exclusiveGateway id="merge#"/>
tell before#: local told# nothing-yet#
<subProcess id="try#"><startEvent id="trybegin#"/><endEvent id="tryfinish#"/>
tell risky#: process told# told#; error red|blue|green|-
trybegin# -> risky# -> tryfinish#
</subProcess>
<boundaryEvent id="any#" attachedToRef="try#"><errorEventDefinition camunda:errorCodeVariable="code#"/></boundaryEvent>
<boundaryEvent id="red#" attachedToRef="try#"><errorEventDefinition errorRef="e_red"/></boundaryEvent>
<boundaryEvent id="blue#" attachedToRef="try#"><errorEventDefinition errorRef="e_blue"/></boundaryEvent>
tell onred#: see told# told#
tell onblue#: see told# told#
tell onany#: see told# told#; see code# 'green
begin# -> before# -> try# -> merge# -> finish#
red# -> onred# -> merge#
blue# -> onblue# -> merge#
any# -> onany# -> merge#"#,
    "begin# before# trybegin# [risky#: red# onred# | blue# onblue# | any# onany# | risky# tryfinish# try# ] merge# finish#",
);

/// What no boundary event names is caught by the event subprocess around.
pub(super) const RESCUED: Scene = Scene::new(
    "an error caught by an event subprocess",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><exclusiveGateway id="merge#"/>
tell before#: local told# nothing-yet#
<subProcess id="try#"><startEvent id="trybegin#"/><endEvent id="tryfinish#"/>
tell risky#: process told# told#; error red|blue|-
trybegin# -> risky# -> tryfinish#
</subProcess>
<boundaryEvent id="blue#" attachedToRef="try#"><errorEventDefinition errorRef="e_blue"/></boundaryEvent>
tell onblue#: see told# told#
<subProcess id="rescue#" triggeredByEvent="true"><startEvent id="rescued#"><errorEventDefinition errorRef="e_red"/></startEvent><endEvent id="rescuefinish#"/>
tell rescues#: see told# told#
rescued# -> rescues# -> rescuefinish#
</subProcess>
begin# -> before# -> try# -> merge# -> finish#
blue# -> onblue# -> merge#"#,
    "begin# before# trybegin# [risky#: rescued# rescues# rescuefinish# rescue# | blue# onblue# merge# finish# | risky# tryfinish# try# merge# finish# ]",
);

/// A transaction that is cancelled is undone and left by its boundary.
pub(super) const CANCELLED: Scene = Scene::new(
    "a cancelled transaction",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/>
<transaction id="deal#"><startEvent id="dealbegin#"/><endEvent id="no#"><cancelEventDefinition/></endEvent><parallelGateway id="fork#"/><userTask id="held#"/><endEvent id="heldfinish#"/>
tell books#: local booked# booked#
<boundaryEvent id="reversed#" attachedToRef="books#"><compensateEventDefinition/></boundaryEvent><association id="by#" sourceRef="reversed#" targetRef="reverses#" associationDirection="One"/>
compensate reverses#: see booked# booked#
tell decides#: see booked# booked#
dealbegin# -> books# -> fork# -> decides# -> no#
fork# -> held# -> heldfinish#
</transaction>
<boundaryEvent id="cancelled#" attachedToRef="deal#"><cancelEventDefinition/></boundaryEvent>
tell after#: see booked# nothing
begin# -> deal#
cancelled# -> after# -> finish#"#,
    "begin# dealbegin# books# fork# decides# reverses# cancelled# after# finish#",
);

/// What was undone is not undone again, and each handler has the data of its own work.
pub(super) const UNDONE_ONCE: Scene = Scene::new(
    "what is undone twice in turn",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/>
<subProcess id="a#"><startEvent id="abegin#"/><endEvent id="afinish#"/>
tell adoes#: local kept# a#
<boundaryEvent id="aback#" attachedToRef="adoes#"><compensateEventDefinition/></boundaryEvent><association id="aby#" sourceRef="aback#" targetRef="areverses#" associationDirection="One"/>
compensate areverses#: see kept# a#
abegin# -> adoes# -> afinish#
</subProcess>
<subProcess id="b#"><startEvent id="bbegin#"/><endEvent id="bfinish#"/>
tell bdoes#: local kept# b#
<boundaryEvent id="bback#" attachedToRef="bdoes#"><compensateEventDefinition/></boundaryEvent><association id="bby#" sourceRef="bback#" targetRef="breverses#" associationDirection="One"/>
compensate breverses#: see kept# b#
bbegin# -> bdoes# -> bfinish#
</subProcess>
<intermediateThrowEvent id="first#"><compensateEventDefinition/></intermediateThrowEvent><intermediateThrowEvent id="second#"><compensateEventDefinition/></intermediateThrowEvent>
begin# -> a# -> first# -> b# -> second# -> finish#"#,
    "begin# abegin# adoes# afinish# a# areverses# first# bbegin# bdoes# bfinish# b# breverses# second# finish#",
);

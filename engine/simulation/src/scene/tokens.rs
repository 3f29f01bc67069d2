//! How many tokens there are, and when a scope has none left.

use super::Scene;

/// A terminate end event ends all of its scope, and nothing else.
pub(super) const TERMINATED: Scene = Scene::new(
    "a scope that is terminated",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/>
<subProcess id="ends#"><startEvent id="endsbegin#"/><parallelGateway id="fork#"/><userTask id="held#"/><endEvent id="heldfinish#"/><endEvent id="stop#"><terminateEventDefinition/></endEvent>
tell decides#:
endsbegin# -> fork# -> held# -> heldfinish#
fork# -> decides# -> stop#
</subProcess>
tell after#:
begin# -> ends# -> after# -> finish#"#,
    "begin# endsbegin# fork# decides# stop# ends# after# finish#",
);

/// Rounds of a standard loop.
pub(super) const ROUNDS: Scene = Scene::new(
    "a standard loop",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/>
<subProcess id="rounds#"><standardLoopCharacteristics loopMaximum="5"><loopCondition>${loopCounter &lt; 2}</loopCondition></standardLoopCharacteristics><startEvent id="roundbegin#"/><endEvent id="roundfinish#"/>
tell turns#: local turn# turn#
roundbegin# -> turns# -> roundfinish#
</subProcess>
tell after#: see turn# nothing
begin# -> rounds# -> after# -> finish#"#,
    "begin# @3s{ roundbegin# turns# roundfinish# rounds# } rounds#! after# finish#",
);

/// Two tokens on each flow of a join: it joins twice.
pub(super) const JOINED_TWICE: Scene = Scene::new(
    "two tokens on each flow of a join",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/><parallelGateway id="fork#"/><exclusiveGateway id="a#"/><exclusiveGateway id="b#"/><parallelGateway id="join#"/><task id="a1#"/><task id="a2#"/>
tell b1#:
tell b2#:
tell after#:
begin# -> fork# -> a1# -> a# -> join# -> after# -> finish#
fork# -> a2# -> a#
fork# -> b1# -> b# -> join#
fork# -> b2# -> b#"#,
    "begin# fork# { a1# & a2# & b1# & b2# & a#*2 & b#*2 & join#*4 & after#*2 & finish#*2 }",
);

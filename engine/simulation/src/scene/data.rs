//! Variables: who sees which, and where what is written goes.

use super::Scene;

/// The nearest variable of a name is seen and written, by handlers and by conditions.
pub(super) const SHADOWED: Scene = Scene::new(
    "a variable hides another",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/>
tell outer#: local shade# outer#; local level# 1
<subProcess id="inner#"><startEvent id="innerbegin#"/><endEvent id="innerfinish#"/><exclusiveGateway id="which#"/>
tell hides#: see shade# outer#; see level# 1; local shade# inner#; local level# 2
tell changes#: see shade# inner#; see level# 2; process shade# changed#; process level# 3
tell sees#: see shade# changed#; see level# 3
innerbegin# -> hides# -> changes# -> which#
which# -> sees# ? level# == 3
sees# -> innerfinish#
</subProcess>
tell after#: see shade# outer#; see level# 1
begin# -> outer# -> inner# -> after# -> finish#"#,
    "begin# outer# innerbegin# hides# changes# which# sees# innerfinish# inner# after# finish#",
);

/// What an activity is given and what it gives back.
pub(super) const MAPPED: Scene = Scene::new(
    "inputs and outputs of an activity",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/>
tell before#: local raw# raw#; local in# hidden#
<serviceTask id="maps#" camunda:class="tell"><extensionElements><camunda:inputOutput><camunda:inputParameter name="in#">${raw#}</camunda:inputParameter><camunda:outputParameter name="out#">${made#}</camunda:outputParameter></camunda:inputOutput><camunda:field name="writes"><camunda:string>local made# made#</camunda:string></camunda:field></extensionElements></serviceTask>
sees maps#: see in# raw#; see raw# raw#; see made# nothing
tell after#: see out# made#; see made# nothing; see in# hidden#
begin# -> before# -> maps# -> after# -> finish#"#,
    "begin# before# maps# after# finish#",
);

/// Each iteration has its item, and the results are in order.
pub(super) const COLLECTED: Scene = Scene::new(
    "items and results of iterations",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/>
tell lists#: local items# [item#-0,item#-1,item#-2]
<serviceTask id="takes#" camunda:class="tell"><extensionElements><camunda:field name="writes"><camunda:string>local mine# mine#-*</camunda:string></camunda:field></extensionElements><multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="${items#}" inputElement="item#" outputCollection="results#" outputElement="${mine#}"/></extensionElements></multiInstanceLoopCharacteristics></serviceTask>
sees takes#: see item# item#-*
tell after#: see results# [mine#-0,mine#-1,mine#-2]; see item# nothing; see mine# nothing
begin# -> lists# -> takes# -> after# -> finish#"#,
    "begin# lists# @3p{ takes# } takes#! after# finish#",
);

/// Iterations end when enough have.
pub(super) const ENOUGH: Scene = Scene::new(
    "enough iterations",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/>
tell lists#: local items# [item#-0,item#-1,item#-2,item#-3]
<serviceTask id="takes#" camunda:class="tell"><extensionElements><camunda:field name="writes"><camunda:string>local mine# mine#-*</camunda:string></camunda:field></extensionElements><multiInstanceLoopCharacteristics isSequential="true" camunda:collection="${items#}" camunda:elementVariable="item#"><completionCondition>${nrOfCompletedInstances >= 2}</completionCondition></multiInstanceLoopCharacteristics></serviceTask>
sees takes#: see item# item#-*; see loopCounter *
tell after#: see items# [item#-0,item#-1,item#-2,item#-3]
begin# -> lists# -> takes# -> after# -> finish#"#,
    "begin# lists# @2s{ takes# } takes#! after# finish#",
);

/// Listeners write, and steps that are steps of their own change nothing.
pub(super) const LISTENED: Scene = Scene::new(
    "listeners and asynchronous continuations",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/>
<serviceTask id="does#" camunda:class="tell" camunda:asyncBefore="true" camunda:asyncAfter="true"><extensionElements><camunda:executionListener class="tell" event="start"><camunda:field name="writes"><camunda:string>local started# started#</camunda:string></camunda:field></camunda:executionListener><camunda:executionListener class="tell" event="end"><camunda:field name="writes"><camunda:string>local ended# ended#</camunda:string></camunda:field></camunda:executionListener><camunda:field name="writes"><camunda:string>local done# done#</camunda:string></camunda:field></extensionElements></serviceTask>
sees does#@start: see done# nothing
sees does#: see started# started#; see ended# nothing
sees does#@end: see started# started#; see done# done#
tell after#: see started# started#; see done# done#; see ended# ended#
begin# -> does# -> after# -> finish#"#,
    "begin# does# after# finish#",
);

/// Work that is an expression, and a listener of a flow.
pub(super) const COMPUTED: Scene = Scene::new(
    "expressions that work",
    r#"<startEvent id="begin#"/><endEvent id="finish#"/>
tell before#: local level# 1; local sum# 0
<serviceTask id="adds#" camunda:expression="${level# + 1}" camunda:resultVariable="sum#"/>
<serviceTask id="sets#" camunda:expression="${execution.setVariable('level#', sum# + 1)}"/>
tell after#: see sum# 2; see level# 3
begin# -> before# -> adds# -> sets# -> after# -> finish#"#,
    "begin# before# adds# sets# after# finish#",
);

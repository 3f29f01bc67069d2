//! Model to [`Program`]: everything resolved, indexed and checked, once, so that the engine never looks anything up by
//! name that the model already decides.

mod program;

pub use program::{
    Element, ElementIndex, ErrorTrigger, Field, Flow, FlowIndex, Kind, Listener, ListenerEvent, Mapping,
    MappingValue, MessageTrigger, MultiInstance, Program, RetryCycle, Scope, Send, Throw, Timer, TimerKind,
    Trigger, Work,
};

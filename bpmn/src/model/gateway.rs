//! Gateways.

use super::schema::element;
use super::{Content, FlowNode, Reference};

element! {
    /// What gateways share.
    Gateway { node: FlowNode, attributes { direction: String = "gatewayDirection", } }
}

element! {
    /// Takes one flow.
    ExclusiveGateway { gateway: Gateway, attributes { default: Reference = "default", } }
}

element! {
    /// Takes every flow whose condition holds.
    InclusiveGateway { gateway: Gateway, attributes { default: Reference = "default", } }
}

element! {
    /// Takes all flows.
    ParallelGateway { gateway: Gateway, }
}

element! {
    /// Joins by a condition.
    ComplexGateway {
        gateway: Gateway,
        attributes { default: Reference = "default", }
        children { activation_condition: Option<Box<Content>> = "activationCondition", }
    }
}

element! {
    /// Takes the flow whose event comes first.
    EventBasedGateway {
        gateway: Gateway,
        attributes { instantiate: bool = "instantiate", gateway_type: String = "eventGatewayType", }
    }
}

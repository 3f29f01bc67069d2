//! Data: objects and stores, inputs and outputs, and how values get from one to the other.

use super::schema::element;
use super::{Base, Content, FlowElementPart, Reference};

element! {
    /// A kind of data.
    ItemDefinition {
        base: Base,
        attributes { structure: Reference = "structureRef", is_collection: bool = "isCollection", item_kind: String = "itemKind", }
    }
}

element! {
    /// The state of data.
    DataState { base: Base, attributes { name: String = "name", } }
}

element! {
    /// Data of a scope.
    DataObject {
        flow_element: FlowElementPart,
        attributes { item_subject: Reference = "itemSubjectRef", is_collection: bool = "isCollection", }
        children { data_state: Option<Box<DataState>> = "dataState", }
    }
}

element! {
    /// Data of a scope, shown once more.
    DataObjectReference {
        flow_element: FlowElementPart,
        attributes { item_subject: Reference = "itemSubjectRef", data_object: Reference = "dataObjectRef", }
        children { data_state: Option<Box<DataState>> = "dataState", }
    }
}

element! {
    /// Data that outlive the process.
    DataStore {
        base: Base,
        attributes {
            name: String = "name",
            capacity: i64 = "capacity",
            is_unlimited: bool = "isUnlimited",
            item_subject: Reference = "itemSubjectRef",
        }
        children { data_state: Option<Box<DataState>> = "dataState", }
    }
}

element! {
    /// A data store, as a process sees it.
    DataStoreReference {
        flow_element: FlowElementPart,
        attributes { item_subject: Reference = "itemSubjectRef", data_store: Reference = "dataStoreRef", }
        children { data_state: Option<Box<DataState>> = "dataState", }
    }
}

element! {
    /// Data of an activity or event that no diagram shows.
    Property {
        base: Base,
        attributes { name: String = "name", item_subject: Reference = "itemSubjectRef", }
        children { data_state: Option<Box<DataState>> = "dataState", }
    }
}

element! {
    /// What an element needs and yields.
    InputOutputSpecification {
        base: Base,
        children {
            data_inputs: Vec<DataInput> = "dataInput",
            data_outputs: Vec<DataOutput> = "dataOutput",
            input_sets: Vec<InputSet> = "inputSet",
            output_sets: Vec<OutputSet> = "outputSet",
        }
    }
}

element! {
    /// Which data of a callable element an operation takes and yields.
    InputOutputBinding {
        base: Base,
        attributes { operation: Reference = "operationRef", input: Reference = "inputDataRef", output: Reference = "outputDataRef", }
    }
}

element! {
    /// Something that an element needs.
    DataInput {
        base: Base,
        attributes { name: String = "name", item_subject: Reference = "itemSubjectRef", is_collection: bool = "isCollection", }
        children { data_state: Option<Box<DataState>> = "dataState", }
    }
}

element! {
    /// Something that an element yields.
    DataOutput {
        base: Base,
        attributes { name: String = "name", item_subject: Reference = "itemSubjectRef", is_collection: bool = "isCollection", }
        children { data_state: Option<Box<DataState>> = "dataState", }
    }
}

element! {
    /// Inputs that are there together.
    InputSet {
        base: Base,
        attributes { name: String = "name", }
        children {
            data_inputs: Vec<Reference> = "dataInputRefs",
            optional_inputs: Vec<Reference> = "optionalInputRefs",
            while_executing_inputs: Vec<Reference> = "whileExecutingInputRefs",
            output_sets: Vec<Reference> = "outputSetRefs",
        }
    }
}

element! {
    /// Outputs that are there together.
    OutputSet {
        base: Base,
        attributes { name: String = "name", }
        children {
            data_outputs: Vec<Reference> = "dataOutputRefs",
            optional_outputs: Vec<Reference> = "optionalOutputRefs",
            while_executing_outputs: Vec<Reference> = "whileExecutingOutputRefs",
            input_sets: Vec<Reference> = "inputSetRefs",
        }
    }
}

element! {
    /// How a value gets from one place to another.
    DataAssociation {
        base: Base,
        children {
            sources: Vec<Reference> = "sourceRef",
            target: Option<Reference> = "targetRef",
            transformation: Option<Box<Content>> = "transformation",
            assignments: Vec<Assignment> = "assignment",
        }
    }
}

element! {
    /// One value that gets from one place to another.
    Assignment {
        base: Base,
        children { from: Option<Box<Content>> = "from", to: Option<Box<Content>> = "to", }
    }
}

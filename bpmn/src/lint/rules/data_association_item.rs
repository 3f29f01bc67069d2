//! A data association without a transformation has one source, of the same item definition as its target.
//!
//! **Why it is bad.** What is copied as it is must fit as it is: several sources cannot be copied into one target, nor one
//! kind of item into another (BPMN 2.0, 10.4.2; BPMNspector EXT.091, 092). Associations with assignments are left alone.
//!
//! **Bad**
//! ```xml
//! <itemDefinition id="order"/><itemDefinition id="bill"/>
//! <process id="p">
//!   <dataObject id="o" itemSubjectRef="order"/>
//!   <task id="t">
//!     <ioSpecification>
//!       <dataInput id="i" itemSubjectRef="bill"/><inputSet><dataInputRefs>i</dataInputRefs></inputSet><outputSet/>
//!     </ioSpecification>
//!     «<dataInputAssociation» id="a"><sourceRef>o</sourceRef><targetRef>i</targetRef></dataInputAssociation>
//!   </task>
//! </process>
//! ```
//! ```xml
//! <process id="p">
//!   <dataObject id="o"/><dataObject id="q"/>
//!   <task id="t">
//!     <ioSpecification><dataInput id="i"/><inputSet><dataInputRefs>i</dataInputRefs></inputSet><outputSet/></ioSpecification>
//!     <dataInputAssociation id="a"><sourceRef>o</sourceRef>«<sourceRef»>q</sourceRef><targetRef>i</targetRef></dataInputAssociation>
//!   </task>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <itemDefinition id="order"/><itemDefinition id="bill"/>
//! <process id="p">
//!   <dataObject id="o" itemSubjectRef="order"/>
//!   <task id="t">
//!     <ioSpecification>
//!       <dataInput id="i" itemSubjectRef="bill"/><dataInput id="same" itemSubjectRef="order"/>
//!       <inputSet><dataInputRefs>i</dataInputRefs><dataInputRefs>same</dataInputRefs></inputSet><outputSet/>
//!     </ioSpecification>
//!     <dataInputAssociation id="a">
//!       <sourceRef>o</sourceRef><targetRef>i</targetRef><transformation>${o.bill}</transformation>
//!     </dataInputAssociation>
//!     <dataInputAssociation id="b"><sourceRef>o</sourceRef><targetRef>same</targetRef></dataInputAssociation>
//!   </task>
//! </process>
//! ```
//! **How to fix.** Add a `transformation`, or use one source of the item definition of the target.

use crate::lint::item::{called, fits, item};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for association in file.all(&["dataInputAssociation", "dataOutputAssociation"]) {
        if association.children().any(|child| child.is_any(&["transformation", "assignment"])) {
            continue;
        }
        let mut sources = association.children_named("sourceRef");
        let Some(source) = sources.next() else { continue };
        if let Some(second) = sources.next() {
            findings.on(second, "several sources, and no transformation that makes one value of them");
            continue;
        }
        let item_of = |reference| item(file, file.referenced(&crate::lint::Node::text(reference))?);
        let Some(target) = association.child("targetRef") else { continue };
        if let (Some(from), Some(to)) = (item_of(source), item_of(target))
            && !fits(from, to)
        {
            findings.on(
                association,
                format!("`{}` is copied to `{}` without a transformation", called(from), called(to)),
            );
        }
    }
}

//! A resource has only elements that FHIR R4 knows, each as often and with the kind of value that FHIR R4 allows.
//!
//! A site drops or refuses what it does not know: a misspelt element is as good as absent.
//!
//! **Bad**, the element is called `version`:
//! ```xml fhir/CodeSystem/count.xml
//! <CodeSystem xmlns="http://hl7.org/fhir">«<verison» value="1"/></CodeSystem>
//! ```
//! **Good**:
//! ```xml fhir/CodeSystem/count.xml
//! <CodeSystem xmlns="http://hl7.org/fhir"><version value="1"/></CodeSystem>
//! ```

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.resources() {
        for problem in &resource.problems {
            let span = package.files.get(resource.file).map(|file| file.span(problem.position.offset, 0));
            found.at(resource.file, span.unwrap_or_default(), problem.message.clone());
        }
    }
}

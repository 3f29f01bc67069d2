//! Plugin packages: any bytes are a package or are refused, and nothing of them is run.

use tessera_plugin_host::Package;

/// What is a package says the same of itself each time.
pub fn plugin_component(bytes: &[u8]) {
    let Ok(package) = Package::read(bytes.to_vec()) else { return };
    assert_eq!(package.bytes(), bytes);
    for (path, content) in package.files() {
        assert_eq!(package.file(path), Some(content), "{path}");
        assert!(!path.starts_with('/') && !path.split('/').any(|part| part == ".."), "{path} leads out");
    }
    let again = Package::read(bytes.to_vec()).expect("it was one before");
    assert_eq!((again.sha256(), again.imports()), (package.sha256(), package.imports()));
}

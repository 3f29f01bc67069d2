//! Real plugins, called where nobody waits: the same sandbox and limits as at a site, one call at a time for whoever asks.

use std::sync::Arc;

use tessera_core::identity::EffectId;
use tessera_core::plugin::{Call, CallOutcome, Execution, MessageSpec};
use tessera_hosting::call;
use tessera_hosting::directory::Directory;
use tessera_plugin_host::{
    HandlerKind, HostError, LoadError, Package, PackageError, Plugin, PluginHost, Settings,
};
use tokio::runtime::{Builder, Runtime};

/// Calls of all threads that may run at once: there is one for each thread that asks.
const CONCURRENT_CALLS: u32 = 64;

/// Why plugins cannot be called.
#[derive(Debug, thiserror::Error)]
pub enum PluginError {
    /// This machine cannot run plugins.
    #[error(transparent)]
    Host(#[from] HostError),
    /// No thread is left to keep time.
    #[error("no thread for the time limits of plugins: {0}")]
    Thread(std::io::Error),
    /// The file is no plugin.
    #[error("{file}: {source}")]
    Package {
        /// Which.
        file: String,
        /// Why.
        source: PackageError,
    },
    /// It does not compile or link.
    #[error("{file}: {source}")]
    Load {
        /// Which.
        file: String,
        /// Why.
        source: LoadError,
    },
}

/// A plugin and what is in its file.
#[derive(Debug)]
pub struct Loaded {
    /// The file.
    pub package: Package,
    /// What can be called.
    pub plugin: Arc<Plugin>,
}

/// Compiled plugins.
#[derive(Debug)]
pub struct Plugins {
    runtime: Runtime,
    loaded: Vec<Loaded>,
    _host: PluginHost,
}

impl Plugins {
    /// Compiles these files, each with its name, in their order. They are trusted with this process: whoever tries out a plugin has built it.
    pub fn load<B: Into<Arc<[u8]>>>(
        files: impl IntoIterator<Item = (String, B)>,
    ) -> Result<Self, PluginError> {
        let host = PluginHost::new(Settings { concurrent_calls: CONCURRENT_CALLS, ..Settings::default() })?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_time()
            .build()
            .map_err(PluginError::Thread)?;
        let mut loaded = Vec::new();
        for (file, bytes) in files {
            let package = match Package::read(bytes) {
                Ok(package) => package,
                Err(source) => return Err(PluginError::Package { file, source }),
            };
            let plugin =
                host.load(&package).map_err(|source| PluginError::Load { file: file.clone(), source })?;
            loaded.push(Loaded { package, plugin });
        }
        Ok(Self { runtime, loaded, _host: host })
    }

    /// All of them.
    pub fn loaded(&self) -> &[Loaded] {
        &self.loaded
    }

    /// The first plugin that has a handler for a call.
    pub fn with_handler(&self, call: &Call) -> Option<&Plugin> {
        let kind = HandlerKind::of(&call.hook);
        let has = |plugin: &&Plugin| plugin.manifest().handler(&call.handler, kind).is_some();
        self.loaded.iter().map(|loaded| &*loaded.plugin).find(has)
    }

    /// Calls a handler and waits for its answer.
    pub fn ask(&self, plugin: &Plugin, directory: Directory, effect: &EffectId, call: Call) -> CallOutcome {
        self.runtime.block_on(call::ask(plugin, &Arc::new(directory), effect, call))
    }

    /// Writes a message that no handler shapes.
    pub fn build(
        &self,
        directory: &Directory,
        effect: &EffectId,
        message: &MessageSpec,
        execution: &Execution,
    ) -> CallOutcome {
        self.runtime.block_on(call::build(directory, effect, message, execution))
    }
}

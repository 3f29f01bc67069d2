//! How the command line reaches a running site: one JSON line in, one JSON line out, over a Unix socket in the site's
//! data directory (mode 0600: whoever may read the data may ask). An embedded store is locked by its site, so there is
//! no other way in.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tessera_core::driver::Correlation;
use tessera_core::instance::Modification;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::limits::CONTROL_REQUEST_BYTES_MAX;

/// Name of the socket in the data directory.
pub const SOCKET: &str = "tessera.sock";

/// What an operator asks of a running site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// Process instances, newest first.
    List {
        /// At most this many.
        limit: usize,
        /// Only those that run.
        running: bool,
        /// Only of this process.
        process: Option<String>,
        /// Only with this business key.
        business_key: Option<String>,
        /// Only with an open incident.
        with_incident: bool,
    },
    /// One instance: state, variables' names, waits, effects, incidents.
    Show {
        /// Its id.
        instance: String,
    },
    /// Why one instance stands where it stands.
    Explain {
        /// Its id.
        instance: String,
    },
    /// Try the failed work of an incident again.
    Retry {
        /// The instance.
        instance: String,
        /// One incident, or all open ones.
        incident: Option<u64>,
    },
    /// End an instance.
    Cancel {
        /// The instance.
        instance: String,
        /// Recorded with it and told to the requester.
        reason: String,
    },
    /// Stop an instance until it is resumed.
    Suspend {
        /// The instance.
        instance: String,
    },
    /// Let it move again.
    Resume {
        /// The instance.
        instance: String,
    },
    /// Move an instance.
    Modify {
        /// The instance.
        instance: String,
        /// What, in order.
        changes: Vec<Modification>,
    },
    /// Bring an instance to another version of its process.
    Migrate {
        /// The instance.
        instance: String,
        /// Version tag; the newest active one if absent.
        version: Option<String>,
        /// Old element ids and new ones.
        mapping: BTreeMap<String, String>,
        /// Only say what would happen.
        dry_run: bool,
    },
    /// Set process variables of a running instance.
    SetVariables {
        /// The instance.
        instance: String,
        /// New values.
        variables: BTreeMap<String, Value>,
    },
    /// Say that work is done that somebody outside does.
    Complete {
        /// The instance.
        instance: String,
        /// Where it waits.
        element: String,
        /// Which of several tokens there.
        wait: Option<u64>,
        /// What came of it.
        variables: BTreeMap<String, Value>,
    },
    /// Say that such work ended with a BPMN error.
    Throw {
        /// The instance.
        instance: String,
        /// Where it waits.
        element: String,
        /// Which of several tokens there.
        wait: Option<u64>,
        /// The error's code.
        code: String,
        /// For people.
        message: String,
        /// What came of it.
        variables: BTreeMap<String, Value>,
    },
    /// The steps of an instance.
    Journal {
        /// The instance.
        instance: String,
        /// The first step wanted.
        from: u64,
        /// At most so many.
        limit: usize,
    },
    /// Delete an instance that has ended, and its journal.
    Delete {
        /// The instance.
        instance: String,
    },
    /// Broadcast a signal.
    Signal {
        /// Its name.
        name: String,
        /// What travels with it.
        variables: BTreeMap<String, Value>,
    },
    /// Give a message to whoever waits for it.
    Message(Box<Correlation>),
    /// Definitions that the site knows.
    Processes,
    /// Start an instance.
    Start {
        /// Process id.
        process: String,
        /// Version tag; the newest that is in use if absent.
        version: Option<String>,
        /// The name of the message that starts it; the start event without a trigger if absent.
        message: Option<String>,
        /// Drawn if absent.
        business_key: Option<String>,
        /// Process variables.
        variables: BTreeMap<String, Value>,
        /// Elements to begin before, instead of at a start event.
        before: Vec<String>,
    },
    /// Bring all running instances of a version to another one.
    MigrateAll {
        /// Process id.
        process: String,
        /// Version tag of those that are to be migrated.
        from: String,
        /// Version tag; the newest active one if absent.
        version: Option<String>,
        /// Old element ids and new ones.
        mapping: BTreeMap<String, String>,
        /// Only say what would happen.
        dry_run: bool,
    },
    /// Start what starts by a condition that holds.
    Evaluate {
        /// Only this process.
        process: Option<String>,
        /// Of all that are started.
        business_key: Option<String>,
        /// What the conditions see, and the new instances get.
        variables: BTreeMap<String, Value>,
    },
    /// Take definitions into use for new instances, or out of it.
    SetActive {
        /// Process id.
        process: String,
        /// Version tag; all if absent.
        version: Option<String>,
        /// Into use or out of it.
        active: bool,
    },
    /// Plugins in the folder, with their state.
    Plugins,
    /// Counters: instances, steps, commits.
    Statistics,
}

/// The answer of a site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Response {
    /// What was asked for.
    Ok(Value),
    /// Why not.
    Error(String),
}

/// Answers requests; implemented by the running engine.
pub trait Answer: Send + Sync + 'static {
    /// Answers one request.
    fn answer(&self, request: Request) -> impl Future<Output = Response> + Send;
}

/// Why the command line could not talk to a site.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No site runs on this directory.
    #[error(
        "no running site answers at {path}: {source}; is `tessera run` up, and is this its data directory?"
    )]
    NotRunning {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The connection broke.
    #[error("the site at {path} did not answer: {detail}")]
    Broken {
        /// The socket.
        path: PathBuf,
        /// What happened.
        detail: String,
    },
    /// The site refused.
    #[error("{0}")]
    Refused(String),
}

/// Opens the socket, replacing one that a killed site left behind.
pub fn listen(data: &Path) -> std::io::Result<UnixListener> {
    let path = data.join(SOCKET);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Serves requests until the listener's task is aborted. One bad client ends only its own connection.
pub async fn serve(listener: UnixListener, site: Arc<impl Answer>) {
    let mut clients = tokio::task::JoinSet::new();
    loop {
        while clients.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                clients.spawn(client(stream, Arc::clone(&site)));
            }
            Err(error) => {
                tracing::warn!(%error, "control socket: cannot accept");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
}

async fn client(stream: UnixStream, site: Arc<impl Answer>) {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read.take(u64::try_from(CONTROL_REQUEST_BYTES_MAX).unwrap_or(u64::MAX)));
    let mut line = String::new();
    while matches!(read.read_line(&mut line).await, Ok(count) if count > 0) {
        let response = match serde_json::from_str::<Request>(&line) {
            Ok(request) => site.answer(request).await,
            Err(error) => Response::Error(format!("not a request: {error}")),
        };
        let mut answer = serde_json::to_string(&response).expect("a response is plain data");
        answer.push('\n');
        if write.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        line.clear();
    }
}

/// Asks the site whose data directory this is.
pub async fn ask(data: &Path, request: &Request) -> Result<Value, ControlError> {
    let path = data.join(SOCKET);
    let stream = UnixStream::connect(&path)
        .await
        .map_err(|source| ControlError::NotRunning { path: path.clone(), source })?;
    let broken = |detail: String| ControlError::Broken { path: path.clone(), detail };
    let (read, mut write) = stream.into_split();
    let mut line = serde_json::to_string(request).expect("a request is plain data");
    line.push('\n');
    write.write_all(line.as_bytes()).await.map_err(|error| broken(error.to_string()))?;
    let mut answer = String::new();
    BufReader::new(read).read_line(&mut answer).await.map_err(|error| broken(error.to_string()))?;
    match serde_json::from_str(&answer).map_err(|error| broken(error.to_string()))? {
        Response::Ok(value) => Ok(value),
        Response::Error(reason) => Err(ControlError::Refused(reason)),
    }
}

//! What a hub is told when it starts. The command line, tests and the demo all fill in the same structure.

use crate::events::Subscriber;
pub use crate::http::patience::Patience;
pub use crate::rate_limit::Rates;
use ipnet::IpNet;
use pems_model::Schema;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long an access token is good for: bounds how long a revoked device can still read.
pub const TOKEN_TTL: Duration = Duration::from_secs(300);
/// Enrolments that one address may try in a minute: plenty for a school's office, useless for guessing.
pub const ENROL_PER_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(29);
/// Connections from one address: several schools may share one, with two or three connections of each PC.
pub const CONNECTIONS_ADDRESS: usize = 1_000;
/// Connections in all: 4,000 schools with five PCs each.
pub const CONNECTIONS: usize = 20_000;

/// Connections for requests of devices. Pushes of one school queue outside of them, so this bounds schools at work at once.
pub const APP_CONNECTIONS: usize = 16;

/// How the database knows whose transaction it is: docs/isolation.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum ContextForm {
    /// Checked once for each transaction and kept where the application may not write.
    Parameter,
    /// Sealed, and checked by each statement: where PostgreSQL does not let the parameter be granted.
    Hmac,
}

impl ContextForm {
    pub const fn name(self) -> &'static str {
        match self {
            ContextForm::Parameter => "parameter",
            ContextForm::Hmac => "hmac",
        }
    }
}

#[derive(Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// A PostgreSQL database, as its owner (a superuser). None: a private one is made in `data_dir`.
    pub database_url: Option<String>,
    /// Key, epoch and private PostgreSQL.
    pub data_dir: PathBuf,
    pub schema: &'static Schema,
    /// Tables of entities beyond the product's, for tests and measurements; run once, after the migrations.
    pub extra_sql: Option<String>,
    pub token_ttl: Duration,
    pub enrol_per_minute: NonZeroU32,
    pub rates: Rates,
    pub patience: Patience,
    /// Connections that one address may hold (a trusted proxy as many as it likes), and all together.
    pub connections_address: usize,
    pub connections: usize,
    /// Proxies that tell the truth about where a request comes from (`X-Forwarded-For`).
    pub trust_proxies: Vec<IpNet>,
    /// Told of every event, beside the hub's own; see [`crate::events`].
    pub subscribers: Vec<Arc<dyn Subscriber>>,
    pub app_connections: usize,
    /// `None`: the faster form where this PostgreSQL allows it.
    pub context: Option<ContextForm>,
    /// Start although the isolation linter finds something, and log each finding as a warning.
    pub allow_findings: bool,
    /// Only for throw-away data: without it a power cut can destroy the database.
    pub fsync: bool,
}

impl Config {
    pub fn new(data_dir: impl Into<PathBuf>) -> Config {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            database_url: None,
            data_dir: data_dir.into(),
            schema: Schema::product(),
            extra_sql: None,
            token_ttl: TOKEN_TTL,
            enrol_per_minute: ENROL_PER_MINUTE,
            rates: Rates::default(),
            patience: Patience::default(),
            connections_address: CONNECTIONS_ADDRESS,
            connections: CONNECTIONS,
            trust_proxies: Vec::new(),
            subscribers: Vec::new(),
            app_connections: APP_CONNECTIONS,
            context: None,
            allow_findings: false,
            fsync: true,
        }
    }
}

impl std::fmt::Debug for Config {
    /// Without the database URL: it may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config").field("listen", &self.listen).field("data_dir", &self.data_dir).finish_non_exhaustive()
    }
}

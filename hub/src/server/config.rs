//! What a hub is told when it starts. The command line, tests and the demo all fill in the same structure.

use crate::events::Subscriber;
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
/// How many requests of a kind somebody may send in a minute, as a burst too. Far above honest use; what is beyond is a program
/// gone wrong or somebody guessing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Access tokens for one device (it needs one in five minutes), and from one address (several schools may share one).
    pub token: NonZeroU32,
    pub token_address: NonZeroU32,
    /// Sign-ins from one address: a staff room in the morning.
    pub sign_in: NonZeroU32,
    /// Sign-ins of one account; its lock-out comes first.
    pub sign_in_account: NonZeroU32,
    /// Pushes of one device: an office that hands over a year's records.
    pub push: NonZeroU32,
    /// Requests to the API of one user, of one address, and of one school that has no `apiRateLimit` of its own.
    pub api: NonZeroU32,
    pub api_address: NonZeroU32,
    pub api_tenant: NonZeroU32,
}

impl Default for Rates {
    fn default() -> Rates {
        let per_minute = |n: u32| NonZeroU32::MIN.saturating_add(n - 1);
        Rates {
            token: per_minute(120),
            token_address: per_minute(1_200),
            sign_in: per_minute(120),
            sign_in_account: per_minute(20),
            push: per_minute(30_000),
            api: per_minute(1_200),
            api_address: per_minute(6_000),
            api_tenant: per_minute(6_000),
        }
    }
}

/// How long the hub waits for somebody who does not go on. Each ends by itself, so nobody holds anything for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the head of a request, and on an open connection for the next one. A head is one packet, on the worst of lines some
    /// seconds; but a connection must not end while a proxy before the hub still keeps it (most do so for a minute).
    pub head: Duration,
    /// For the next piece of a request's body.
    pub body_piece: Duration,
    /// For all of it: 1 MiB at 6 KB/s.
    pub body: Duration,
    /// For somebody to read the next piece (16 KiB) of an answer: 550 bytes a second.
    pub unread: Duration,
    /// For somebody to read all of an answer that comes from the database. A first sync at 10 KB/s gets 9 MB in it; what was cut
    /// off goes on where it stopped.
    pub pull: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        let seconds = Duration::from_secs;
        Patience {
            head: seconds(75),
            body_piece: seconds(20),
            body: seconds(180),
            unread: seconds(30),
            pull: seconds(900),
        }
    }
}

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

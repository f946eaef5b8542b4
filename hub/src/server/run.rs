//! Starting and stopping a hub, in a process of its own or inside a test.

use crate::auth::Auth;
use crate::auth::assertions::Assertions;
use crate::auth::password::Passwords;
use crate::auth::seal::Seal;
use crate::auth::tokens::Successors;
use crate::console::Console;
use crate::events::{Dispatcher, Subscriber};
use crate::http;
use crate::http::client_ip::TrustedProxies;
use crate::http::state::{Hub, Parts};
use crate::metrics::{Metrics, MetricsToken, Sampler};
use crate::rate_limit::{self, Limits};
use crate::reads::Reader;
use crate::reads::cache::Answers;
use crate::reads::cursor::Cursors;
use crate::server::admin::{Admin, Opened};
use crate::server::config::Config;
use crate::server::connections::Crowd;
use crate::server::database;
use crate::server::listen::{self, Door};
use crate::server::start_error::StartError;
use crate::server::subscribers::{CountEvents, ForgetSettings};
use crate::sync::Exchanges;
use crate::sync::pull::Places;
use crate::sync::schema_negotiation::NegotiatedSchemas;
use crate::sync::tenant_state::TenantStates;
use crate::users::Users;
use pems_db::{AccessTokens, AuthDb, ConsoleDb, Keys, OperatorDb, Shares, TenantDb, sys};
use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Connections for short functions: enrolment, device keys, sign-ins; two of them listen to the database.
const AUTH_CONNECTIONS: u32 = 6;
/// Connections for the operators' console: some people, who look.
const CONSOLE_CONNECTIONS: usize = 4;
/// How long a pull waits for its school's share, and then for its place, before "busy, try again" serves everybody better.
const PULL_WAIT: Duration = Duration::from_secs(60);
/// How long requests in flight may take when the hub stops.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// A hub that answers.
#[derive(Debug)]
pub struct Running {
    admin: Admin,
    serving: Serving,
}

#[derive(Debug)]
struct Serving {
    address: SocketAddr,
    passwords: Arc<Passwords>,
    tenant_db: TenantDb,
    console_db: ConsoleDb,
    auth_db: AuthDb,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    _lock: File,
}

/// Starts a hub: a private PostgreSQL if no other is named, migrations, checks, and the listener.
///
/// # Errors
/// Whatever stands in the way, with what to do about it.
pub async fn start(config: Config) -> Result<Running, StartError> {
    let Opened { admin, keys, epoch } = Admin::open_with(&config).await?;
    let serving = match open(&config, &admin, &keys, epoch).await {
        Ok(serving) => serving,
        Err(error) => {
            admin.close().await;
            return Err(error);
        }
    };
    Ok(Running { admin, serving })
}

/// A database that is ready, being served.
async fn open(config: &Config, admin: &Admin, keys: &Keys, epoch: Uuid) -> Result<Serving, StartError> {
    let url = admin.database_url();
    let lock = only_server(config)?;
    let auth_db = AuthDb::new(database::login(url, "hub_auth", keys)?, AUTH_CONNECTIONS);
    let tenant_db = TenantDb::new(database::login(url, "hub_app", keys)?, config.app_connections, keys.clone())?;
    let stop = CancellationToken::new();
    let metrics = Arc::new(Metrics::new());
    let console_db = ConsoleDb::new(database::login(url, "hub_console", keys)?, CONSOLE_CONNECTIONS, keys.clone())?;
    let to = Connected {
        auth_db: auth_db.clone(),
        tenant_db: tenant_db.clone(),
        operator_db: admin.operator().clone(),
        console_db: console_db.clone(),
    };
    let parts = parts(config, keys, epoch, to, &metrics, &stop);
    let passwords = parts.users.passwords.clone();
    let at = |source| StartError::Io { what: format!("cannot listen on {}", config.listen), source };
    let listener = TcpListener::bind(config.listen).await.map_err(at)?;
    let address = listener.local_addr().map_err(at)?;
    let tasks = tasks(config, parts, listener);
    Ok(Serving { address, passwords, tenant_db, console_db, auth_db, stop, tasks, _lock: lock })
}

/// The ways to the database.
struct Connected {
    auth_db: AuthDb,
    tenant_db: TenantDb,
    operator_db: OperatorDb,
    console_db: ConsoleDb,
}

fn parts(
    config: &Config,
    keys: &Keys,
    epoch: Uuid,
    to: Connected,
    metrics: &Arc<Metrics>,
    stop: &CancellationToken,
) -> Parts {
    let Connected { auth_db, tenant_db, operator_db, console_db } = to;
    let live = Arc::new(TenantStates::default());
    let passwords = Arc::new(Passwords::default());
    let limits = Arc::new(Limits::new(config.enrol_per_minute, &config.rates, metrics.clone()));
    let auth = Arc::new(Auth {
        access: AccessTokens::new(keys, config.token_ttl),
        assertions: Assertions::default(),
        auth_db: auth_db.clone(),
        tenant_db: tenant_db.clone(),
        passwords: passwords.clone(),
        seal: Seal::new(keys),
        successors: Successors::new(keys),
        live: live.clone(),
        limits: limits.clone(),
        metrics: metrics.clone(),
    });
    Parts {
        console: Arc::new(Console { auth: auth.clone(), console_db }),
        auth,
        exchanges: Arc::new(Exchanges {
            schema: config.schema,
            epoch,
            tenant_db: tenant_db.clone(),
            live: live.clone(),
            shapes: NegotiatedSchemas::new(config.schema),
            // Half of the connections, so that the other half is there for pushes; a quarter of these for one school at most.
            pulls: Places::new(config.app_connections / 2, PULL_WAIT),
            pull_shares: Shares::new(config.app_connections / 8, PULL_WAIT),
            longest_pull: config.patience.pull,
            slow_pull: config.patience.slow_pull,
        }),
        reader: Arc::new(Reader {
            epoch,
            tenant_db: tenant_db.clone(),
            live: live.clone(),
            metrics: metrics.clone(),
            cache: Answers::new(),
            cursors: Cursors::new(keys),
        }),
        users: Arc::new(Users { tenant_db: tenant_db.clone(), live, passwords }),
        tenant_db,
        operator_db,
        auth_db,
        limits,
        at_work: http::at_work(),
        metrics: metrics.clone(),
        metrics_token: MetricsToken::new(keys),
        trusted_proxies: TrustedProxies(config.trust_proxies.as_slice().into()),
        patience: config.patience,
        stop: stop.clone(),
    }
}

/// What a hub does all the time.
fn tasks(config: &Config, parts: Parts, listener: TcpListener) -> Vec<JoinHandle<()>> {
    let (auth_db, metrics, stop) = (parts.auth_db.clone(), parts.metrics.clone(), parts.stop.clone());
    let (auth, live) = (parts.auth.clone(), parts.exchanges.live.clone());
    let door = Arc::new(Door {
        crowd: Crowd::new(config.connections_address, config.connections),
        metrics: metrics.clone(),
        patience: config.patience,
        trust_proxies: config.trust_proxies.clone(),
    });
    let mut subscribers: Vec<Arc<dyn Subscriber>> =
        vec![Arc::new(CountEvents(metrics.clone())), Arc::new(ForgetSettings(live.clone()))];
    subscribers.extend(config.subscribers.iter().cloned());
    let sampler = Sampler::new(auth_db.clone(), parts.operator_db.clone(), config.schema, metrics);
    vec![
        tokio::spawn(listen::serve(listener, door, http::router(Hub::new(parts)), stop.clone())),
        tokio::spawn(Dispatcher::new(auth_db.clone(), subscribers, stop.clone()).run()),
        tokio::spawn(sampler.run(stop.clone())),
        tokio::spawn(tidy(auth, stop.clone())),
        tokio::spawn(live.listen(auth_db, stop)),
    ]
}

/// Forgets now and then what no longer counts.
async fn tidy(auth: Arc<Auth>, stop: CancellationToken) {
    let on = async {
        loop {
            // A period, which ends at once when the hub stops.
            tokio::time::sleep(rate_limit::TIDY_EVERY).await;
            auth.limits.tidy();
            auth.assertions.tidy(sys::now());
            auth.live.tidy();
        }
    };
    stop.run_until_cancelled(on).await;
}

/// What a hub remembers is true only if nobody else writes, so one data directory is served by one process.
fn only_server(config: &Config) -> Result<File, StartError> {
    let path = config.data_dir.join("serving");
    let io = |source| StartError::Io { what: path.display().to_string(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StartError::Serving(config.data_dir.display().to_string())),
        Err(std::fs::TryLockError::Error(error)) => Err(io(error)),
    }
}

impl Running {
    pub fn address(&self) -> SocketAddr {
        self.serving.address
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.serving.address)
    }

    /// The database, as its superuser.
    pub fn database_url(&self) -> &str {
        self.admin.database_url()
    }

    /// How often Argon2 ran so far: what signing in costs.
    pub fn password_runs(&self) -> u64 {
        self.serving.passwords.runs()
    }

    pub fn admin(&self) -> &Admin {
        &self.admin
    }

    /// Lets held requests end, finishes those in flight, then stops what was started.
    pub async fn stop(self) {
        self.serving.stop.cancel();
        for task in self.serving.tasks {
            let abort = task.abort_handle();
            if tokio::time::timeout(LAST_REQUESTS, task).await.is_err() {
                tracing::warn!("requests were still running after {} s and were cut", LAST_REQUESTS.as_secs());
                abort.abort();
            }
        }
        self.serving.tenant_db.close();
        self.serving.console_db.close();
        self.serving.auth_db.close().await;
        self.admin.close().await;
    }
}

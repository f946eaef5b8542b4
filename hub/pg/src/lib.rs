//! A PostgreSQL of one's own: for a school or division without a database administrator, and for tests. It lives in a
//! directory, listens on a socket that only its owner can reach, and needs no network and no password.
//!
//! A crate of its own that knows nothing of the hub, because the hub's queries are checked with it before the hub compiles
//! (`tests/queries.rs`).
//!
//! Invariants:
//! - whoever uses it holds a shared lock; the last one to leave stops it, so neither a command nor the hub pulls it away
//!   under the other;
//! - a hub that was killed leaves it running or leaves a stale pid file: the next start adopts or restarts it.

mod owner;
mod programs;

use owner::Owner;
use programs::Programs;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

/// Longest path of a socket directory: PostgreSQL's limit of 107 less `/.s.PGSQL.5432`.
const SOCKET_DIR_MAX: usize = 90;
/// Connections: several hubs of a test run share one server.
const MAX_CONNECTIONS: u32 = 400;
/// How long a server that runs already may take to answer: it may be recovering from a power cut.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// The database of a hub.
pub const DATABASE: &str = "pems";

#[derive(Debug, thiserror::Error)]
pub enum PgError {
    #[error(
        "no PostgreSQL programs found ({0}); install PostgreSQL 15.18 or newer, or name its bin directory in PEMS_PG_BIN"
    )]
    NoPrograms(String),
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
    #[error("{0}")]
    Failed(String),
    #[error("the private PostgreSQL does not answer: {0}")]
    Sql(#[from] sqlx::Error),
}

/// Names the file or program in an error.
fn io_at(what: impl Into<String>) -> impl FnOnce(io::Error) -> PgError {
    let what = what.into();
    move |source| PgError::Io { what, source }
}

#[derive(Debug)]
pub struct PrivatePg {
    programs: Programs,
    owner: Owner,
    cluster: PathBuf,
    socket_dir: PathBuf,
    locks: Locks,
}

/// `starting`: held while deciding to start or stop. `users`: shared by everybody who uses the server.
#[derive(Debug)]
struct Locks {
    starting: File,
    users: File,
}

impl PrivatePg {
    /// Makes the cluster in `data_dir/pg` if it is not there, starts it if it does not run, and joins its users.
    ///
    /// # Errors
    /// Missing programs, a directory that PostgreSQL's user cannot reach, a server that does not start (with its log).
    pub async fn start(data_dir: &Path, fsync: bool) -> Result<PrivatePg, PgError> {
        fs::create_dir_all(data_dir).map_err(io_at(data_dir.display().to_string()))?;
        let data_dir = data_dir.canonicalize().map_err(io_at(data_dir.display().to_string()))?;
        let programs = Programs::find()?;
        let owner = Owner::choose()?;
        let locks = Locks { starting: lock_file(&data_dir, "pg.starting")?, users: lock_file(&data_dir, "pg.users")? };
        let starting = locks.starting.try_clone().map_err(io_at("pg.starting"))?;
        tokio::task::spawn_blocking(move || starting.lock())
            .await
            .map_err(|error| PgError::Failed(error.to_string()))?
            .map_err(io_at("pg.starting"))?;
        let cluster = data_dir.join("pg");
        owner.reach(&data_dir)?;
        if !cluster.join("PG_VERSION").exists() {
            init(&programs, &owner, &cluster).await?;
        }
        let socket_dir = socket_dir(&data_dir, &owner)?;
        let pg = PrivatePg { programs, owner, cluster, socket_dir, locks };
        pg.adopt_or_launch(fsync).await?;
        pg.locks.users.lock_shared().map_err(io_at("pg.users"))?;
        pg.locks.starting.unlock().map_err(io_at("pg.starting"))?;
        Ok(pg)
    }

    /// The URL of a database, as its superuser; `psql` understands it too.
    pub fn url(&self, database: &str) -> String {
        let dir: String = self.socket_dir.to_string_lossy().bytes().fold(String::new(), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
                out.push(byte.into());
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
            out
        });
        format!("postgresql:///{database}?host={dir}&user=postgres")
    }

    /// Makes a database if it is not there; gives its URL.
    ///
    /// # Errors
    /// If the server does not answer or the name is not lower case letters, digits and underscores.
    pub async fn database(&self, name: &str) -> Result<String, PgError> {
        if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            return Err(PgError::Failed(format!("'{name}' is not a name for a database")));
        }
        let mut conn = PgConnection::connect(&self.url("postgres")).await?;
        let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(name)
            .fetch_one(&mut conn)
            .await?;
        if !exists {
            sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut conn).await?;
        }
        conn.close().await?;
        Ok(self.url(name))
    }

    /// Leaves the server, and stops it if nobody else uses it.
    ///
    /// # Errors
    /// If it does not stop.
    pub async fn stop(self) -> Result<(), PgError> {
        let starting = self.locks.starting.try_clone().map_err(io_at("pg.starting"))?;
        tokio::task::spawn_blocking(move || starting.lock())
            .await
            .map_err(|error| PgError::Failed(error.to_string()))?
            .map_err(io_at("pg.starting"))?;
        self.locks.users.unlock().map_err(io_at("pg.users"))?;
        if self.locks.users.try_lock().is_ok() && self.runs().await? {
            self.pg_ctl(&["stop", "-w", "-m", "fast"]).await?;
        }
        self.locks.starting.unlock().map_err(io_at("pg.starting"))
    }

    /// A server for tests, without durability, that ends with this process however it ends: a small watcher waits for our end
    /// of a pipe to close, then stops the server and removes `data_dir`.
    ///
    /// # Errors
    /// As [`PrivatePg::start`].
    pub async fn throw_away() -> Result<PrivatePg, PgError> {
        let data_dir =
            tempfile::Builder::new().prefix("pems-test-").tempdir().map_err(io_at("a temporary folder"))?.keep();
        let pg = PrivatePg::start(&data_dir, false).await?;
        let stop = pg.programs.path("pg_ctl");
        let script = "read _; cd /; \"$@\" stop -D \"$PGDATA\" -m immediate; rm -rf \"$DATA_DIR\"";
        let mut watcher = std::process::Command::new("setsid")
            .args(["sh", "-c", script, "sh"])
            .args(pg.owner.prefix())
            .arg(stop)
            .env("PGDATA", &pg.cluster)
            .env("DATA_DIR", &data_dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(io_at("setsid"))?;
        // Kept open for as long as this process lives.
        if let Some(pipe) = watcher.stdin.take() {
            std::mem::forget(pipe);
        }
        Ok(pg)
    }

    async fn runs(&self) -> Result<bool, PgError> {
        let status = self.owner.command(&self.programs.path("pg_ctl")).arg("status").arg("-D").arg(&self.cluster);
        let output = status.output().await.map_err(io_at("pg_ctl status"))?;
        Ok(output.status.success())
    }

    /// Takes the server that runs, once it answers; starts one where none runs. A server that is just dying (somebody killed
    /// it) counts as running for a moment, and its death is waited for.
    async fn adopt_or_launch(&self, fsync: bool) -> Result<(), PgError> {
        let patience = tokio::time::Instant::now() + ANSWER_WITHIN;
        loop {
            if !self.runs().await? {
                return self.launch(fsync).await;
            }
            match PgConnection::connect(&self.url("postgres")).await {
                Ok(conn) => return Ok(conn.close().await?),
                Err(error) if tokio::time::Instant::now() > patience => return Err(error.into()),
                // Another process's server: nothing tells when it is up or gone, so it is asked again.
                Err(_) => tokio::time::sleep(LOOK_AGAIN).await,
            }
        }
    }

    async fn launch(&self, fsync: bool) -> Result<(), PgError> {
        let mut options = format!(
            "-c listen_addresses= -c unix_socket_directories='{}' -c unix_socket_permissions=0700 \
             -c max_connections={MAX_CONNECTIONS} -c jit=off -c max_wal_size=2GB",
            self.socket_dir.display()
        );
        if !fsync {
            options.push_str(" -c fsync=off -c synchronous_commit=off -c full_page_writes=off");
        }
        let log = self.cluster.join("server.log");
        let log_text = log.to_string_lossy().into_owned();
        self.pg_ctl(&["start", "-w", "-t", "60", "-l", &log_text, "-o", &options]).await.map_err(|error| {
            let text = fs::read_to_string(&log).unwrap_or_default();
            let last = text.lines().rev().take(5).collect::<Vec<_>>().join(" | ");
            PgError::Failed(format!("{error}; the end of {}: {last}", log.display()))
        })
    }

    async fn pg_ctl(&self, args: &[&str]) -> Result<(), PgError> {
        let command = self.owner.command(&self.programs.path("pg_ctl")).args(args).arg("-D").arg(&self.cluster);
        run(command, "pg_ctl").await
    }
}

async fn init(programs: &Programs, owner: &Owner, cluster: &Path) -> Result<(), PgError> {
    fs::create_dir_all(cluster).map_err(io_at(cluster.display().to_string()))?;
    fs::set_permissions(cluster, fs::Permissions::from_mode(0o700)).map_err(io_at(cluster.display().to_string()))?;
    owner.give(cluster)?;
    let args = ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-U", "postgres", "-D"];
    run(owner.command(&programs.path("initdb")).args(args).arg(cluster), "initdb").await
}

async fn run(command: owner::Command, what: &str) -> Result<(), PgError> {
    let output = command.output().await.map_err(io_at(what))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(PgError::Failed(format!("{what} failed: {}", said.trim())))
}

fn lock_file(data_dir: &Path, name: &str) -> Result<File, PgError> {
    let path = data_dir.join(name);
    File::options().create(true).truncate(false).write(true).open(&path).map_err(io_at(path.display().to_string()))
}

/// The directory of the socket: in the data directory, or, where that path is too long for a socket, a random one in the
/// system's temporary directory whose name is kept in `pg-socket`.
fn socket_dir(data_dir: &Path, owner: &Owner) -> Result<PathBuf, PgError> {
    let near = data_dir.join("run");
    let note = data_dir.join("pg-socket");
    let dir = if near.as_os_str().len() <= SOCKET_DIR_MAX {
        near
    } else if let Ok(noted) = fs::read_to_string(&note) {
        PathBuf::from(noted.trim())
    } else {
        let private = fs::Permissions::from_mode(0o700);
        let dir = tempfile::Builder::new().prefix("pems-").permissions(private).tempdir();
        let dir = dir.map_err(io_at("a temporary folder"))?.keep();
        owner.give(&dir)?;
        fs::write(&note, dir.to_string_lossy().as_bytes()).map_err(io_at(note.display().to_string()))?;
        dir
    };
    if !dir.exists() {
        let made = fs::DirBuilder::new().mode(0o700).create(&dir);
        made.map_err(io_at(dir.display().to_string()))?;
        owner.give(&dir)?;
    }
    let found = fs::symlink_metadata(&dir).map_err(io_at(dir.display().to_string()))?;
    if !found.is_dir() || found.uid() != owner.uid() || found.mode() & 0o077 != 0 {
        return Err(PgError::Failed(format!(
            "{} is not a private directory of PostgreSQL's user; remove it, then start again",
            dir.display()
        )));
    }
    Ok(dir)
}

//! Brings a database to the state that this hub needs: roles, migrations, context key, epoch; and says how each role logs in.
//!
//! Invariant: after [`prepare`] the tables are what the entity declarations say, or the hub does not start.

use crate::lint::{self, Finding, Report};
use crate::server::config::{Config, ContextForm};
use pems_db::{KeyringKey, Keys, sys};
use pems_model::Schema;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use std::io;
use std::path::Path;
use std::str::FromStr;
use uuid::Uuid;

/// PostgreSQL ends a transaction that its hub has forgotten, so that its locks do not outlive the minute.
const IDLE_TX: &str = "60s";
/// Longest wait for a lock: beyond it "busy, try again" serves everybody better.
const LOCK_WAIT: &str = "10s";
/// What every session of the hub's roles begins with, and returns to. Said by us, it wins over what stolen SQL may have left on
/// the role (ALTER ROLE hub_app SET ...), which nobody can forbid: the hub works all the same, and nobody's acknowledged records
/// depend on it. What could only make it slow is taken back (`pems_db`, [`settle_roles`]).
const SESSION: [(&str, &str); 20] = [
    ("idle_in_transaction_session_timeout", IDLE_TX),
    ("lock_timeout", LOCK_WAIT),
    // A statement whose hub has gone away ends, and its locks with it.
    ("client_connection_check_interval", "2s"),
    ("synchronous_commit", "on"),
    ("default_transaction_read_only", "off"),
    ("row_security", "on"),
    // Where tables are looked for, and libraries that a session would begin with.
    ("search_path", "public"),
    ("local_preload_libraries", ""),
    ("restrict_nonsystem_relation_kind", ""),
    // What would end statements, transactions and sessions.
    ("statement_timeout", "0"),
    ("idle_session_timeout", "0"),
    ("tcp_user_timeout", "0"),
    ("exit_on_error", "off"),
    ("default_transaction_isolation", "read committed"),
    ("default_transaction_deferrable", "off"),
    // How statements and values are read and written.
    ("standard_conforming_strings", "on"),
    ("transform_null_equals", "off"),
    ("array_nulls", "on"),
    ("bytea_output", "hex"),
    ("IntervalStyle", "postgres"),
];
/// Several hubs may make the cluster's roles at once; each try finds more of them made.
const ROLE_ATTEMPTS: u32 = 10;
/// Statements that a connection keeps prepared: each entity has a handful.
const STATEMENTS: usize = 500;

/// 15 is the first whose parameters can be granted, which the context rests on; its earlier releases have known holes in
/// row-level security.
const OLDEST: i32 = 150_018;
/// SHA-384 of migration 1 as it was before it was changed.
const FIRST_OF_OLD: &str =
    "290aa4e2f040e15232c9cab4815c41961e1169535051a3ee0610d8fdd84f37365d98fdbe7e8d7b4965299fc21649a3d6";
/// Name of the lock under which a database is prepared: "pems" in ASCII.
const PREPARING: i64 = 0x7065_6d73;

#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    #[error("PostgreSQL {}.{} is too old; use 15.18 or newer", .0 / 10_000, .0 % 10_000)]
    TooOld(i32),
    #[error("the database cannot be used: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("a migration failed: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error(
        "the database's epoch is {database}, but the file {file} says {found}. One of them was restored from a backup: \
         put back the pair that belongs together"
    )]
    Epoch { database: Uuid, file: String, found: String },
    #[error("the database is not what this program needs (--allow-findings starts all the same):\n{}", .0.iter().map(|f| format!("- {f}")).collect::<Vec<_>>().join("\n"))]
    Schema(Vec<Finding>),
}

/// Migrates and checks; gives the hub's epoch.
pub(crate) async fn prepare(config: &Config, url: &str, keys: &Keys) -> Result<Uuid, PrepareError> {
    let options = PgConnectOptions::from_str(url)?;
    let mut owner = options.connect().await?;
    let version = sqlx::query_scalar!(r#"SELECT current_setting('server_version_num')::int AS "version!""#);
    let version = version.fetch_one(&mut owner).await?;
    if version < OLDEST {
        return Err(PrepareError::TooOld(version));
    }
    // One at a time: a command may arrive while a hub starts. Held until the connection closes.
    sqlx::query!("SELECT pg_advisory_lock($1)", PREPARING).execute(&mut owner).await?;
    make_roles(&mut owner, &options, keys).await?;
    settle_roles(&mut owner).await?;
    let migrator = sqlx::migrate!("../migrations");
    accept_rewritten(&mut owner, &migrator).await?;
    migrator.run(&mut owner).await?;
    if let Some(sql) = &config.extra_sql {
        run_extra(&mut owner, sql).await?;
    }
    settle_price(&mut owner).await?;
    lint::close_builtins(&mut owner).await?;
    settle_form(&mut owner, config.context).await?;
    settle_keys(&mut owner, keys).await?;
    let epoch = settle_epoch(&mut owner, &config.data_dir).await?;
    let findings = lint::lint(&mut owner, config.schema).await?;
    owner.close().await?;
    if !findings.is_empty() && !config.allow_findings {
        return Err(PrepareError::Schema(findings));
    }
    for Finding { rule, object, problem, remedy } in &findings {
        tracing::warn!(rule, object, problem, remedy, "going on in spite of a finding of the isolation linter");
    }
    Ok(epoch)
}

/// What the isolation linter says.
pub(crate) async fn verify(url: &str, schema: &Schema) -> Result<Report, sqlx::Error> {
    let mut owner = PgConnectOptions::from_str(url)?.connect().await?;
    let report = lint::report(&mut owner, schema).await?;
    owner.close().await?;
    Ok(report)
}

async fn make_roles(owner: &mut PgConnection, options: &PgConnectOptions, keys: &Keys) -> Result<(), sqlx::Error> {
    let mut sql = include_str!("../../../migrations/roles.sql").to_owned();
    // Over a socket the cluster trusts us (or maps our user); over TCP the roles need a password.
    if options.get_socket().is_none() {
        for role in ["hub_app", "hub_auth", "hub_operator", "hub_console"] {
            sql.push_str(&format!("ALTER ROLE {role} PASSWORD '{}';\n", keys.password(role)));
        }
    }
    let mut attempt = 1;
    loop {
        match sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut *owner).await {
            Ok(_) => return Ok(()),
            // "tuple concurrently updated": another hub is doing the same.
            Err(sqlx::Error::Database(error))
                if attempt < ROLE_ATTEMPTS && matches!(error.code().as_deref(), Some("XX000" | "23505" | "42710")) =>
            {
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Takes back with what sessions of the hub's roles would begin: a role may set that for itself (ALTER ROLE ... SET), so SQL of a
/// request may have done it.
async fn settle_roles(owner: &mut PgConnection) -> Result<(), sqlx::Error> {
    let found = sqlx::query!(
        r#"SELECT r.rolname::text AS "role!", array_to_string(s.setconfig, ', ') AS "settings!",
             format('ALTER ROLE %I %sRESET ALL', r.rolname,
                 CASE WHEN s.setdatabase = 0 THEN '' ELSE format('IN DATABASE %I ', current_database()) END) AS "reset!"
         FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
         WHERE r.rolname IN ('hub_app', 'hub_auth', 'hub_operator', 'hub_console')
             AND s.setdatabase IN (0, (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))"#
    );
    for found in found.fetch_all(&mut *owner).await? {
        tracing::warn!(
            role = found.role,
            settings = found.settings,
            "a database role had settings of its own; ask who set them: a request's SQL can"
        );
        sqlx::raw_sql(AssertSqlSafe(found.reset)).execute(&mut *owner).await?;
    }
    Ok(())
}

async fn run_extra(owner: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    let name = blake3::hash(sql.as_bytes()).to_hex().to_string();
    let mut tx = owner.begin().await?;
    let done = sqlx::query_scalar!("SELECT extra FROM hub FOR UPDATE").fetch_optional(&mut *tx).await?.flatten();
    if done.as_deref() != Some(&name) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await?;
        // The row is made here when the hub is new; its epoch is settled right after.
        let note = sqlx::query!(
            "INSERT INTO hub (epoch, extra) VALUES ('00000000-0000-0000-0000-000000000000', $1)
             ON CONFLICT (only_one) DO UPDATE SET extra = excluded.extra",
            name
        );
        note.execute(&mut *tx).await?;
    }
    tx.commit().await
}

/// Makes the database's keys those of `DATA/context.keys`: a key that is not there is of no use to us, and could be to others.
async fn settle_keys(owner: &mut PgConnection, keys: &Keys) -> Result<(), sqlx::Error> {
    let ours = keys.context_keys();
    let known = sqlx::query_scalar!("SELECT kid FROM sec.ctx_key").fetch_all(&mut *owner).await?;
    for key in ours.iter().filter(|key| !known.iter().any(|kid| kid == key.kid())) {
        install_key(owner, key).await?;
    }
    for kid in known.iter().filter(|kid| !ours.iter().any(|key| key.kid() == kid.as_str())) {
        retire_key(owner, kid).await?;
    }
    Ok(())
}

/// From now on the database accepts tokens made with `key`.
pub(crate) async fn install_key(owner: &mut PgConnection, key: &KeyringKey) -> Result<(), sqlx::Error> {
    let (inner, outer) = key.pads();
    let mut tx = owner.begin().await?;
    let insert = sqlx::query!(
        "INSERT INTO sec.ctx_key (kid, ipad, opad) VALUES ($1, $2, $3)",
        key.kid(),
        &inner[..],
        &outer[..]
    );
    insert.execute(&mut *tx).await?;
    audit_key(&mut tx, "key.created", key.kid()).await?;
    tx.commit().await
}

/// From now on tokens made with it are worth nothing.
pub(crate) async fn retire_key(owner: &mut PgConnection, kid: &str) -> Result<(), sqlx::Error> {
    let mut tx = owner.begin().await?;
    sqlx::query!("DELETE FROM sec.ctx_key WHERE kid = $1", kid).execute(&mut *tx).await?;
    audit_key(&mut tx, "key.retired", kid).await?;
    tx.commit().await
}

async fn audit_key(owner: &mut PgConnection, action: &str, kid: &str) -> Result<(), sqlx::Error> {
    let note = sqlx::query!(
        "SELECT sec.append_audit($1, 'console', NULL, $2, NULL, jsonb_build_object('kid', $3::text))",
        Uuid::nil(),
        action,
        kid
    );
    note.execute(owner).await.map(drop)
}

/// The wall must cost nothing to come first (`migrations/0006_first.sql`), and a database that was dumped and restored has lost
/// that. Without a superuser the wall's function is another one, and keeps its price.
async fn settle_price(owner: &mut PgConnection) -> Result<(), sqlx::Error> {
    let lost = sqlx::query_scalar!(
        r#"SELECT procost <> 0 AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS "lost!"
           FROM pg_proc WHERE oid = 'pg_catalog.uuid_eq(uuid, uuid)'::regprocedure"#
    );
    if lost.fetch_one(&mut *owner).await? {
        let settle = sqlx::query!(
            "UPDATE pg_catalog.pg_proc SET procost = 0 WHERE oid = 'pg_catalog.uuid_eq(uuid, uuid)'::regprocedure"
        );
        settle.execute(owner).await?;
    }
    Ok(())
}

/// The form of the context: as asked for, else the faster one where this PostgreSQL allows it.
async fn settle_form(owner: &mut PgConnection, asked: Option<ContextForm>) -> Result<(), sqlx::Error> {
    let allowed =
        sqlx::query_scalar!(r#"SELECT has_parameter_privilege('hub_sec', 'backtrace_functions', 'SET') AS "allowed!""#);
    let allowed = allowed.fetch_one(&mut *owner).await?;
    let form = asked.unwrap_or(if allowed { ContextForm::Parameter } else { ContextForm::Hmac });
    let now = sqlx::query_scalar!(r#"SELECT sec.form() AS "form!""#).fetch_one(&mut *owner).await?;
    if now != form.name() {
        let sql = format!("CALL sec.use_form('{}')", form.name());
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *owner).await?;
        tracing::info!(form = form.name(), "the context has another form now");
    }
    Ok(())
}

/// Migration 1 was changed once so that it also runs without a superuser; what it makes is the same. A database that has the
/// older text gets the newer one's checksum.
async fn accept_rewritten(owner: &mut PgConnection, migrator: &Migrator) -> Result<(), sqlx::Error> {
    let first = migrator.iter().find(|migration| migration.version == 1);
    let known = sqlx::query_scalar!(r#"SELECT to_regclass('_sqlx_migrations') IS NOT NULL AS "known!""#);
    let known = known.fetch_one(&mut *owner).await?;
    if let (Some(first), true) = (first, known) {
        let accept = sqlx::query!(
            "UPDATE _sqlx_migrations SET checksum = $1 WHERE version = 1 AND checksum = decode($2, 'hex')",
            &*first.checksum,
            FIRST_OF_OLD
        );
        accept.execute(owner).await?;
    }
    Ok(())
}

/// The epoch of this hub, kept in the database and beside it. They differ only if one of the two was restored.
async fn settle_epoch(owner: &mut PgConnection, data_dir: &Path) -> Result<Uuid, PrepareError> {
    let path = data_dir.join("epoch");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => Some(text.trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let in_file = text.as_deref().and_then(|text| Uuid::parse_str(text).ok());
    let in_database = sqlx::query_scalar!("SELECT epoch FROM hub").fetch_optional(&mut *owner).await?;
    match in_database.filter(|epoch| !epoch.is_nil()) {
        Some(database) if in_file == Some(database) => Ok(database),
        Some(database) => {
            let found = text.unwrap_or_else(|| "nothing (it does not exist)".into());
            Err(PrepareError::Epoch { database, file: path.display().to_string(), found })
        }
        None => {
            // File first: if we are stopped in between, the next start takes it from there.
            let epoch = match in_file {
                Some(epoch) => epoch,
                None => sys::new_id()?,
            };
            if in_file.is_none() && !sys::make_private_file(&path, &format!("{epoch}\n"))? {
                let message = format!("{} is not an epoch (a UUID); remove it, this database is new", path.display());
                return Err(io::Error::other(message).into());
            }
            let keep = sqlx::query!(
                "INSERT INTO hub (epoch) VALUES ($1) ON CONFLICT (only_one) DO UPDATE SET epoch = excluded.epoch",
                epoch
            );
            keep.execute(&mut *owner).await?;
            Ok(epoch)
        }
    }
}

/// How one of the hub's roles logs in to the database of `url`.
pub(crate) fn login(url: &str, role: &str, keys: &Keys) -> Result<PgConnectOptions, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.username(role).statement_cache_capacity(STATEMENTS);
    let options = if options.get_socket().is_none() { options.password(&keys.password(role)) } else { options };
    Ok(options.application_name("pems-hub").options(SESSION).disable_statement_logging())
}

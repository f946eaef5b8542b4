//! What the people who run the hub do: schools, devices, codes. The command line, the demo and tests all come through here.
//!
//! Invariant: every job is one transaction through the operator's door, with its reason in the log.

use crate::clock::{self, Clock};
use crate::code;
use crate::config::Config;
use crate::database::{self, login};
use crate::lint::Report;
use crate::private_pg::{DATABASE, PrivatePg};
use crate::pull;
use crate::refusal::Refusal;
use crate::start_error::StartError;
use pems_doors::Keys;
use pems_doors::edge;
use pems_doors::{Lobby, Operator, Tx};
use pems_model::{Code, Role, Schema};
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use time::serde::rfc3339;
use uuid::Uuid;

/// Connections of one process for operators' jobs, which come one at a time.
const OPERATOR_CONNECTIONS: usize = 4;
const LOBBY_CONNECTIONS: u32 = 1;
/// Longest life of an enrolment code: a day, for a code that has to travel to an island.
pub const CODE_MINUTES_MAX: u32 = 24 * 60;

#[derive(Debug)]
pub struct Admin {
    operator: Operator,
    lobby: Lobby,
    keys: Keys,
    schema: &'static Schema,
    database_url: String,
    /// Ours to leave when we go; `None` where somebody else runs the database.
    private: Option<PrivatePg>,
}

/// A database that is ready, and what was found on the way.
pub(crate) struct Opened {
    pub(crate) admin: Admin,
    pub(crate) keys: Keys,
    pub(crate) epoch: Uuid,
}

#[derive(Debug, Clone, Serialize)]
pub struct School {
    pub id: Uuid,
    pub name: String,
    pub slug: String,
    pub school_id: String,
    pub timezone: String,
    #[serde(with = "rfc3339::option")]
    pub suspended_at: Option<OffsetDateTime>,
    #[serde(with = "rfc3339")]
    pub created_at: OffsetDateTime,
}

#[derive(Debug, Clone, Serialize)]
pub struct SchoolDetails {
    #[serde(flatten)]
    pub school: School,
    pub rev: i64,
    /// The same text as on every device that is level with the hub.
    pub digest: String,
    /// Live rows of each entity.
    pub rows: BTreeMap<String, i64>,
    pub devices: i64,
}

#[derive(Debug, Clone, Serialize)]
pub struct Device {
    pub id: Uuid,
    pub name: String,
    pub role: Role,
    #[serde(with = "rfc3339")]
    pub enrolled_at: OffsetDateTime,
    #[serde(with = "rfc3339::option")]
    pub last_seen_at: Option<OffsetDateTime>,
    #[serde(with = "rfc3339::option")]
    pub revoked_at: Option<OffsetDateTime>,
    /// Changes answered, and hub time minus office time in microseconds; null before its first sync.
    pub last_op_no: Option<i64>,
    pub clock_offset: Option<i64>,
}

const SCHOOL: &str = "id, name, slug, school_id, timezone, suspended_at, created_at";

impl Admin {
    /// Opens the hub's database for an operator's job; a private PostgreSQL that does not run is started for as long.
    ///
    /// # Errors
    /// As [`crate::start`].
    pub async fn open(config: &Config) -> Result<Admin, StartError> {
        Ok(Admin::open_with(config).await?.admin)
    }

    pub(crate) async fn open_with(config: &Config) -> Result<Opened, StartError> {
        let at = |source| StartError::Io { what: config.data_dir.display().to_string(), source };
        std::fs::create_dir_all(&config.data_dir).map_err(at)?;
        let keys = Keys::load(&config.data_dir).map_err(at)?;
        let private = private_pg(config).await?;
        match ready(config, private.as_ref(), &keys).await {
            Ok((database_url, epoch)) => {
                let lobby = Lobby::new(login(&database_url, "hub_auth", &keys)?, LOBBY_CONNECTIONS);
                let operator =
                    Operator::new(login(&database_url, "hub_operator", &keys)?, OPERATOR_CONNECTIONS, keys.clone())?;
                let admin = Admin { operator, lobby, keys: keys.clone(), schema: config.schema, database_url, private };
                Ok(Opened { admin, keys, epoch })
            }
            Err(error) => {
                leave(private).await;
                Err(error)
            }
        }
    }

    /// What the isolation linter says, without changing anything.
    ///
    /// # Errors
    /// If it cannot be reached.
    pub async fn verify(config: &Config) -> Result<Report, StartError> {
        let private = private_pg(config).await?;
        let found = match url(config, private.as_ref()).await {
            Ok(url) => database::verify(&url, config.schema).await.map_err(StartError::from),
            Err(error) => Err(error),
        };
        leave(private).await;
        found
    }

    pub(crate) const fn keys(&self) -> &Keys {
        &self.keys
    }

    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// Leaves the database, and stops a private one that nobody else uses.
    pub async fn close(self) {
        self.operator.close();
        self.lobby.close().await;
        leave(self.private).await;
    }

    async fn begin(&self, doing: &str) -> Result<Tx, Refusal> {
        let who = self.lobby.begin_console(doing).await?;
        Ok(self.operator.begin(&who, doing, None).await?)
    }

    async fn look(&self, doing: &str) -> Result<Tx, Refusal> {
        let who = self.lobby.begin_console(doing).await?;
        Ok(self.operator.look(&who, doing, None).await?)
    }

    /// # Errors
    /// `conflict` if the slug or the school id is taken, `bad_usage` for values that cannot be.
    pub async fn add_school(&self, name: &str, slug: &str, school_id: &str, timezone: &str) -> Result<School, Refusal> {
        let id = edge::new_ordered_id(edge::now())?;
        let mut tx = self.begin("school add").await?;
        let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = $1)")
            .bind(timezone)
            .fetch_one(tx.conn())
            .await?;
        if !known {
            return Err(Refusal::new(
                Code::BadUsage,
                format!("'{timezone}' is not a time zone; for example Asia/Manila"),
            ));
        }
        let sql = format!(
            "INSERT INTO tenant (id, name, slug, school_id, timezone) VALUES ($1, $2, $3, $4, $5) RETURNING {SCHOOL}"
        );
        let query =
            sqlx::query(AssertSqlSafe(sql)).bind(id).bind(name.trim()).bind(slug).bind(school_id).bind(timezone);
        let row = query.fetch_one(tx.conn()).await.map_err(|error| why_no_school(error, slug, school_id))?;
        let school = school(&row)?;
        tx.commit().await?;
        Ok(school)
    }

    /// # Errors
    /// A database that is busy or away.
    pub async fn schools(&self) -> Result<Vec<School>, Refusal> {
        let mut tx = self.look("school list").await?;
        let sql = format!("SELECT {SCHOOL} FROM tenant ORDER BY name, id");
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(tx.conn()).await?;
        tx.commit().await?;
        rows.iter().map(school).collect()
    }

    /// # Errors
    /// `not_found` for a slug that no school has.
    pub async fn school(&self, slug: &str) -> Result<SchoolDetails, Refusal> {
        let mut tx = self.look("school show").await?;
        let sql = format!("SELECT {SCHOOL} FROM tenant WHERE slug = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(slug).fetch_optional(tx.conn()).await?;
        let school = school(&row.ok_or_else(|| no_school(slug))?)?;
        let sql = format!("SELECT {} FROM tenant_clock WHERE tenant_id = $1", clock::COLUMNS);
        let clock = Clock::read(&sqlx::query(AssertSqlSafe(sql)).bind(school.id).fetch_one(tx.conn()).await?)?;
        let state = match clock.state {
            Some(state) => state,
            None => pull::scan(tx.conn(), self.schema, school.id).await?,
        };
        let mut rows = BTreeMap::new();
        for entity in self.schema.entities() {
            let sql = format!("SELECT count(*) FROM {} WHERE tenant_id = $1 AND deleted_at IS NULL", entity.name);
            let count = sqlx::query_scalar(AssertSqlSafe(sql)).bind(school.id).fetch_one(tx.conn()).await?;
            rows.insert(entity.name.to_owned(), count);
        }
        let devices = sqlx::query_scalar("SELECT count(*) FROM device WHERE tenant_id = $1 AND revoked_at IS NULL")
            .bind(school.id)
            .fetch_one(tx.conn())
            .await?;
        tx.commit().await?;
        Ok(SchoolDetails { school, rev: clock.rev, digest: state.combined(), rows, devices })
    }

    /// Shuts a school out, at once, without touching its records.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn suspend(&self, slug: &str) -> Result<(), Refusal> {
        self.change_school(slug, "school suspend", "suspended_at = coalesce(suspended_at, now())").await
    }

    /// # Errors
    /// `not_found`.
    pub async fn resume(&self, slug: &str) -> Result<(), Refusal> {
        self.change_school(slug, "school resume", "suspended_at = NULL").await
    }

    async fn change_school(&self, slug: &str, reason: &str, set: &str) -> Result<(), Refusal> {
        let mut tx = self.begin(reason).await?;
        let sql = format!("UPDATE tenant SET {set}, updated_at = now() WHERE slug = $1");
        let done = sqlx::query(AssertSqlSafe(sql)).bind(slug).execute(tx.conn()).await?;
        tx.commit().await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(no_school(slug)) }
    }

    /// A code with which one device can join the school, once, within `minutes`.
    ///
    /// # Errors
    /// `not_found`; `bad_usage` for more than a day.
    pub async fn device_code(&self, slug: &str, minutes: u32, role: Role) -> Result<String, Refusal> {
        if minutes > CODE_MINUTES_MAX {
            let message = format!("a code lives {CODE_MINUTES_MAX} minutes at most");
            return Err(Refusal::new(Code::BadUsage, message));
        }
        let text = code::spell(edge::random()?);
        let hash = code::hash(&text).ok_or_else(|| Refusal::internal("code", &"it cannot be read back"))?;
        let mut tx = self.begin("device code").await?;
        let done = sqlx::query(
            "INSERT INTO device_code (tenant_id, code_hash, role, expires_at)
             SELECT id, $2, $3, now() + make_interval(mins => $4) FROM tenant WHERE slug = $1",
        )
        .bind(slug)
        .bind(&hash[..])
        .bind(role.name())
        .bind(i32::try_from(minutes).unwrap_or(i32::MAX))
        .execute(tx.conn())
        .await?;
        tx.commit().await?;
        if done.rows_affected() == 1 { Ok(text) } else { Err(no_school(slug)) }
    }

    /// # Errors
    /// `not_found`.
    pub async fn devices(&self, slug: &str) -> Result<Vec<Device>, Refusal> {
        let mut tx = self.look("device list").await?;
        let school: Option<Uuid> =
            sqlx::query_scalar("SELECT id FROM tenant WHERE slug = $1").bind(slug).fetch_optional(tx.conn()).await?;
        let rows = sqlx::query(
            "SELECT d.id, d.name, d.role, d.enrolled_at, greatest(d.last_seen_at, r.last_seen_at) AS last_seen_at,
                 d.revoked_at, r.last_op_no, r.clock_offset
             FROM device d LEFT JOIN replica r ON r.tenant_id = d.tenant_id AND r.id = d.id
             WHERE d.tenant_id = $1 ORDER BY d.enrolled_at, d.id",
        )
        .bind(school.ok_or_else(|| no_school(slug))?)
        .fetch_all(tx.conn())
        .await?;
        tx.commit().await?;
        rows.iter().map(device).collect()
    }

    /// Takes a device's right to speak, at once. Its records stay.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn revoke(&self, device: Uuid) -> Result<(), Refusal> {
        let mut tx = self.begin("device revoke").await?;
        let done = sqlx::query("UPDATE device SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1")
            .bind(device)
            .execute(tx.conn())
            .await?;
        tx.commit().await?;
        if done.rows_affected() == 1 {
            return Ok(());
        }
        Err(Refusal::new(Code::NotFound, format!("there is no device {device}; `pems-hub device list` shows them")))
    }
}

async fn ready(config: &Config, private: Option<&PrivatePg>, keys: &Keys) -> Result<(String, Uuid), StartError> {
    let url = url(config, private).await?;
    let epoch = database::prepare(config, &url, keys).await?;
    Ok((url, epoch))
}

async fn private_pg(config: &Config) -> Result<Option<PrivatePg>, StartError> {
    match config.database_url {
        Some(_) => Ok(None),
        None => Ok(Some(PrivatePg::start(&config.data_dir, config.fsync).await?)),
    }
}

async fn url(config: &Config, private: Option<&PrivatePg>) -> Result<String, StartError> {
    match (&config.database_url, private) {
        (None, Some(pg)) => Ok(pg.database(DATABASE).await?),
        (url, _) => Ok(url.clone().unwrap_or_default()),
    }
}

async fn leave(private: Option<PrivatePg>) {
    if let Some(pg) = private
        && let Err(error) = pg.stop().await
    {
        tracing::warn!(%error, "the private PostgreSQL was left running");
    }
}

fn no_school(slug: &str) -> Refusal {
    Refusal::new(Code::NotFound, format!("there is no school '{slug}'; `pems-hub school list` shows them"))
}

fn why_no_school(error: sqlx::Error, slug: &str, school_id: &str) -> Refusal {
    let Some(constraint) = error.as_database_error().and_then(|error| error.constraint()) else { return error.into() };
    let (code, message) = match constraint {
        "tenant_slug_key" => (Code::Conflict, format!("there is a school '{slug}' already; choose another slug")),
        "tenant_school_id_key" => (Code::Conflict, format!("there is a school with the id {school_id} already")),
        "tenant_slug_check" => {
            (Code::BadUsage, format!("'{slug}': a slug is lower case letters, digits and hyphens, 60 at most"))
        }
        "tenant_school_id_check" => (Code::BadUsage, format!("'{school_id}': a DepEd School ID is six digits")),
        "tenant_name_check" => (Code::BadUsage, "a school's name has 1 to 200 characters".to_owned()),
        _ => return error.into(),
    };
    Refusal::new(code, message)
}

fn school(row: &PgRow) -> Result<School, Refusal> {
    Ok(School {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        slug: row.try_get("slug")?,
        school_id: row.try_get("school_id")?,
        timezone: row.try_get("timezone")?,
        suspended_at: row.try_get("suspended_at")?,
        created_at: row.try_get("created_at")?,
    })
}

fn device(row: &PgRow) -> Result<Device, Refusal> {
    let role: String = row.try_get("role")?;
    Ok(Device {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        role: Role::parse(&role).ok_or_else(|| Refusal::internal("device", &"a role without a meaning"))?,
        enrolled_at: row.try_get("enrolled_at")?,
        last_seen_at: row.try_get("last_seen_at")?,
        revoked_at: row.try_get("revoked_at")?,
        last_op_no: row.try_get("last_op_no")?,
        clock_offset: row.try_get("clock_offset")?,
    })
}

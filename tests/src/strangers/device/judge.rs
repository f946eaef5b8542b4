//! What must hold of a school's records, whoever said what: read as the database's owner, past everything that the hub does.

use crate::rig::Rig;
use crate::strangers::Stay;
use pems_model::natural::{derived_id, same_key};
use pems_model::{Entity, Kind, Row, Schema, Value};
use serde_json::{Map, Value as Json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row as _};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// As this program makes them; said here once more, so that a mistake there is seen here.
const VERIFIER: &str = r"^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$";

/// `told`: what was noted before; a row that is wrong stays wrong.
pub(super) async fn look(stay: &mut Stay, rig: &Rig, slug: &str, told: &mut BTreeSet<String>) -> anyhow::Result<()> {
    let mut conn = PgConnection::connect(rig.hub().database_url()).await?;
    let tenant: Uuid =
        sqlx::query_scalar("SELECT id FROM tenant WHERE slug = $1").bind(slug).fetch_one(&mut conn).await?;
    for entity in Schema::product().entities().iter().filter(|entity| entity.has_derived_id()) {
        // One of a kind tells enough.
        if let Some(trouble) = natural_keys(&mut conn, entity, tenant).await?.into_iter().next()
            && told.insert(entity.name.to_owned())
        {
            stay.found(trouble);
        }
    }
    for (what, sql) in RULES {
        let sql = sql.replace("VERIFIER", VERIFIER);
        let broken: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).bind(tenant).fetch_one(&mut conn).await?;
        if broken > 0 && told.insert((*what).to_owned()) {
            stay.found(format!("{broken} {what}"));
        }
    }
    conn.close().await?;
    sign_in(stay, rig, slug).await
}

/// Counts that must be 0.
const RULES: &[(&str, &str)] = &[
    ("users with a verifier that is none of ours", "SELECT count(*) FROM school_user WHERE tenant_id = $1 AND verifier !~ 'VERIFIER'"),
    ("accounts with a verifier that is none of ours", "SELECT count(*) FROM account WHERE tenant_id = $1 AND password_hash !~ 'VERIFIER'"),
    (
        "student numbers that two learners have",
        "SELECT count(*) FROM (SELECT FROM student WHERE tenant_id = $1 AND deleted_at IS NULL AND student_no IS NOT NULL
             GROUP BY student_no HAVING count(*) > 1) AS twice",
    ),
    (
        "changes that a device sent and the log does not have once",
        "SELECT count(*) FROM (SELECT max(op_no) <> count(*) AS gap FROM change_log
             WHERE tenant_id = $1 AND replica_id <> '00000000-0000-0000-0000-000000000000'
             GROUP BY replica_id, incarnation) AS each WHERE gap",
    ),
    (
        "changes that count as somebody's who is not of the school",
        "SELECT count(*) FROM change_log l WHERE tenant_id = $1 AND outcome <> 'refused' AND user_id IS NOT NULL
             AND NOT EXISTS (SELECT FROM school_user u WHERE u.tenant_id = $1 AND u.id = l.user_id)",
    ),
    (
        "refused changes that left a revision",
        "SELECT count(*) FROM change_log WHERE tenant_id = $1 AND outcome = 'refused' AND (rev IS NOT NULL OR problem IS NULL)",
    ),
];

/// Rows of a kind whose id or natural key is not theirs.
async fn natural_keys(conn: &mut PgConnection, entity: &'static Entity, tenant: Uuid) -> anyhow::Result<Vec<String>> {
    let sql = format!("SELECT to_jsonb(r) FROM {} r WHERE tenant_id = $1", entity.name);
    let found = sqlx::query(AssertSqlSafe(sql)).bind(tenant).fetch_all(conn).await?;
    let mut troubles = Vec::new();
    let mut keys: BTreeMap<Uuid, Row> = BTreeMap::new();
    for found in found {
        let row = row(entity, &found.try_get(0)?)?;
        let Some(derived) = derived_id(entity, tenant, &row) else {
            troubles.push(format!("a {} without a whole natural key", entity.name));
            continue;
        };
        let fixed =
            entity.natural_key.iter().all(|name| entity.fields.iter().any(|one| one.name == *name && one.immutable));
        if fixed && derived != row.id {
            troubles
                .push(format!("{} {} has a made-up id; it follows from its content: {derived}", entity.name, row.id));
        }
        if row.is_live()
            && let Some(other) = keys.insert(derived, row.clone())
            && same_key(entity, &other, &row)
        {
            troubles.push(format!("{} {} and {} are one thing", entity.name, other.id, row.id));
        }
    }
    Ok(troubles)
}

/// A row from the database's own JSON.
fn row(entity: &Entity, json: &Json) -> anyhow::Result<Row> {
    let empty = Map::new();
    let json = json.as_object().unwrap_or(&empty);
    let mut row = Row::empty(entity, Uuid::parse_str(json["id"].as_str().unwrap_or_default())?);
    row.deleted_at = (!json["deleted_at"].is_null()).then_some(0);
    for name in entity.natural_key {
        let Some(i) = entity.field_index(name) else { continue };
        row.values[i] = match (entity.fields[i].kind, &json[*name]) {
            (_, Json::Null) => Value::Null,
            (Kind::Text { .. } | Kind::Choice(_), Json::String(text)) => Value::Text(text.clone()),
            (_, value) => Value::parse(&entity.fields[i], value)?,
        };
    }
    Ok(row)
}

/// Nobody signs in with a password that nobody chose, and the hub never fails over it.
async fn sign_in(stay: &mut Stay, rig: &Rig, slug: &str) -> anyhow::Result<()> {
    let mut conn = PgConnection::connect(rig.hub().database_url()).await?;
    let emails: Vec<String> = sqlx::query_scalar(
        "SELECT email FROM account a JOIN tenant t ON t.id = a.tenant_id WHERE t.slug = $1 ORDER BY a.updated_at DESC LIMIT 3",
    )
    .bind(slug)
    .fetch_all(&mut conn)
    .await?;
    conn.close().await?;
    for email in emails {
        let body = serde_json::json!({ "school": slug, "email": email, "password": "hindi ko alam ito" });
        let url = format!("{}/api/v1/auth/sign-in", rig.url());
        let runs = rig.hub().password_runs();
        let status = reqwest::Client::new().post(url).json(&body).send().await?.status();
        if ![400, 401, 423, 429].contains(&status.as_u16()) {
            stay.found(format!("signing in as {email} with a wrong password was answered {status}"));
        }
        if rig.hub().password_runs() > runs + 1 {
            stay.found("one sign-in cost more than one hash");
        }
    }
    Ok(())
}

//! What a plan has to know, fetched set-based: one statement for the rows of an entity, one for everything that is linked to
//! or claimed, one for the history.
//!
//! Each looks its keys up one by one through an index (`LATERAL ... OFFSET 0`): the planner must know nothing of how large a
//! school is, so left alone it would read all of the school's rows for a handful of keys.

use super::people;
use crate::refusal::Refusal;
use crate::sync::push::fault::{Cause, Fault};
use crate::sync::push::replica;
use pems_db::{TenantContext, Tx};
use pems_model::history::Logged;
use pems_model::pgcopy;
use pems_model::push::{Holder, Known, Needs, Push, beyond, needs, related};
use pems_model::review::{Author, REVIEW_ITEM, WAITING};
use pems_model::wire::{Change, ChangeResult, Outcome};
use pems_model::{Entity, Kind, Problem, Row, Schema, Value};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row as _, ValueRef};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The stored answers to changes that come again.
pub(super) async fn answered(
    tx: &mut Tx,
    caller: &TenantContext,
    incarnation: u32,
    changes: &[Change],
) -> Result<Vec<ChangeResult>, Refusal> {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return Ok(Vec::new()) };
    let logged = sqlx::query_as!(
        Answered,
        "SELECT op_no, change_id, outcome, rev, problem::text FROM change_log
         WHERE tenant_id = $1 AND replica_id = $2 AND incarnation = $3 AND op_no BETWEEN $4 AND $5 ORDER BY op_no",
        caller.tenant(),
        caller.actor(),
        i64::from(incarnation),
        first.op_no,
        last.op_no
    );
    let logged = logged.fetch_all(tx.conn()).await?;
    let mut results = Vec::with_capacity(changes.len());
    for (i, change) in changes.iter().enumerate() {
        let answered = logged
            .get(i)
            .filter(|logged| logged.op_no == change.op_no && logged.change_id == change.id)
            .ok_or_else(|| replica::forked(&format!("change {} was another one", change.op_no), last.op_no))?;
        results.push(ChangeResult { op_no: change.op_no, outcome: outcome(answered)? });
    }
    Ok(results)
}

/// What the log says of a change that was answered.
struct Answered {
    op_no: i64,
    change_id: Uuid,
    outcome: String,
    rev: Option<i64>,
    /// JSON; of a refusal.
    problem: Option<String>,
}

fn outcome(answered: &Answered) -> Result<Outcome, Refusal> {
    let rev = answered.rev;
    match answered.outcome.as_str() {
        "applied" => Ok(Outcome::Applied { rev }),
        "merged" => Ok(Outcome::Merged { rev }),
        "conflict" => Ok(Outcome::Conflict { rev }),
        _ => {
            let problem = answered.problem.as_deref();
            let problem = problem.ok_or_else(|| Refusal::internal("change log", &"a refusal without its problem"))?;
            let problem: Problem = serde_json::from_str(problem).map_err(|e| Refusal::internal("change log", &e))?;
            Ok(Outcome::Refused { problem })
        }
    }
}

/// Review items that nobody has decided yet, counted as far as it matters.
pub(super) async fn waiting(tx: &mut Tx, tenant: Uuid) -> Result<usize, Refusal> {
    let waiting = sqlx::query_scalar!(
        r#"SELECT count(*) AS "waiting!" FROM (SELECT FROM review_item
           WHERE tenant_id = $1 AND state = 'open' AND deleted_at IS NULL LIMIT $2) waiting"#,
        tenant,
        i64::try_from(WAITING).unwrap_or(i64::MAX)
    );
    Ok(usize::try_from(waiting.fetch_one(tx.conn()).await?).unwrap_or(0))
}

/// Everything that planning these changes needs.
pub(super) async fn known(tx: &mut Tx, push: &Push<'_>, changes: &[Change]) -> Result<Known, Fault> {
    let (schema, tenant) = (push.schema, push.tenant);
    let mut known = Known::default();
    if changes.is_empty() {
        return Ok(known);
    }
    let mut needs = needs(schema, changes);
    for (index, ids) in &needs.rows {
        let ids: Vec<Uuid> = ids.iter().copied().collect();
        rows_by_id(tx, push, *index, &ids, &mut known).await?;
    }
    needs.learn(schema, &known.rows);
    for (index, ids) in &needs.kin {
        let entity = schema.entities()[*index];
        let Some(link) = entity.kin_field().map(|field| entity.fields[field].name) else { continue };
        let ids: Vec<Uuid> = ids.iter().copied().collect();
        for row in rows(tx, entity, tenant, &format!("{link} = wanted.key AND deleted_at IS NULL"), &ids).await? {
            known.learn_kin(schema, tenant, *index, &row);
        }
    }
    links_and_claims(tx, schema, tenant, &needs, &mut known).await?;
    let asked = needs.questions(schema, tenant, &known);
    if let (false, Some(inbox)) = (asked.is_empty(), schema.index(REVIEW_ITEM)) {
        rows_by_id(tx, push, inbox, &asked, &mut known).await?;
    }
    history(tx, schema, tenant, changes, &mut known).await?;
    let mut asked = BTreeSet::new();
    loop {
        let wanted = beyond(schema, tenant, changes, &known.rows, &mut asked);
        if wanted.is_empty() {
            break;
        }
        for (index, ids) in wanted {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            rows_by_id(tx, push, index, &ids, &mut known).await?;
        }
    }
    let mut asked = BTreeSet::new();
    loop {
        let wanted = related(schema, tenant, changes, &known.rows, &mut asked);
        if wanted.is_empty() {
            break;
        }
        for ((index, column), ids) in wanted {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            let which = format!("{column} = wanted.key AND deleted_at IS NULL");
            for row in rows(tx, schema.entities()[index], tenant, &which, &ids).await? {
                known.rows.insert((index, row.id), row);
            }
        }
    }
    people::look_up(tx, push, changes, &mut known).await?;
    Ok(known)
}

async fn rows_by_id(tx: &mut Tx, push: &Push<'_>, index: usize, ids: &[Uuid], known: &mut Known) -> Result<(), Fault> {
    for row in rows(tx, push.schema.entities()[index], push.tenant, "id = wanted.key", ids).await? {
        known.rows.insert((index, row.id), row);
    }
    Ok(())
}

/// Rows of one kind; `which` says what they have to do with each of the ids, `wanted.key`.
async fn rows(tx: &mut Tx, entity: &Entity, tenant: Uuid, which: &str, ids: &[Uuid]) -> Result<Vec<Row>, Fault> {
    let mut columns = String::from("id, rev, deleted_at");
    for field in entity.fields {
        columns.push_str(", ");
        columns.push_str(field.name);
    }
    let sql = format!(
        "SELECT found.* FROM unnest($2::uuid[]) AS wanted (key), \
         LATERAL (SELECT {columns} FROM {} WHERE tenant_id = $1 AND {which} OFFSET 0) AS found",
        entity.name
    );
    let found = sqlx::query(AssertSqlSafe(sql)).bind(tenant).bind(ids).fetch_all(tx.conn()).await?;
    let unreadable = |refusal: Refusal| Fault::Change(Cause::unreadable(entity, &refusal.0.message));
    found.iter().map(|row| decode(entity, row).map_err(unreadable)).collect()
}

/// A row as selected by [`rows`], from PostgreSQL's binary values.
pub(crate) fn decode(entity: &Entity, found: &PgRow) -> Result<Row, Refusal> {
    let mut row = Row { id: found.try_get(0)?, rev: found.try_get(1)?, ..Row::empty(entity, Uuid::nil()) };
    if let Value::Time(micros) = field(found, 2, Kind::Time)? {
        row.deleted_at = Some(micros);
    }
    for (i, declared) in entity.fields.iter().enumerate() {
        row.values[i] = field(found, i + 3, declared.kind)?;
    }
    Ok(row)
}

fn field(found: &PgRow, at: usize, kind: Kind) -> Result<Value, Refusal> {
    let raw = found.try_get_raw(at)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let bytes = raw.as_bytes().map_err(|error| Refusal::internal("row", &error))?;
    pgcopy::value(kind, bytes).ok_or_else(|| Refusal::internal("row", &"a value of another type than declared"))
}

/// One statement for all: whether linked rows exist, and who holds claimed numbers.
async fn links_and_claims(
    tx: &mut Tx,
    schema: &Schema,
    tenant: Uuid,
    needs: &Needs,
    known: &mut Known,
) -> Result<(), Fault> {
    let mut claims: BTreeMap<(usize, usize), Vec<&str>> = BTreeMap::new();
    for holder in &needs.claims {
        claims.entry((holder.entity, holder.field)).or_default().push(&holder.value);
    }
    // Who has a number that names one thing is asked in the same way.
    for holder in needs.numbers.keys() {
        claims.entry((holder.entity, holder.field)).or_default().push(&holder.value);
    }
    let mut parts = Vec::new();
    for index in needs.links.keys() {
        let at = parts.len();
        let name = schema.entities()[*index].name;
        parts.push(format!(
            "SELECT {at}, found.* FROM unnest(${}::uuid[]) AS wanted (key), \
             LATERAL (SELECT id, NULL::text FROM {name} WHERE tenant_id = $1 AND id = wanted.key OFFSET 0) AS found",
            at + 2
        ));
    }
    for (index, field) in claims.keys() {
        let at = parts.len();
        let entity = schema.entities()[*index];
        let column = entity.fields[*field].name;
        parts.push(format!(
            "SELECT {at}, found.* FROM unnest(${}::text[]) AS wanted (key), LATERAL (SELECT id, {column} FROM {} \
             WHERE tenant_id = $1 AND {column} = wanted.key AND deleted_at IS NULL OFFSET 0) AS found",
            at + 2,
            entity.name
        ));
    }
    if parts.is_empty() {
        return Ok(());
    }
    let mut query = sqlx::query(AssertSqlSafe(parts.join(" UNION ALL "))).bind(tenant);
    for ids in needs.links.values() {
        query = query.bind(ids.iter().copied().collect::<Vec<Uuid>>());
    }
    for values in claims.values() {
        query = query.bind(values);
    }
    let (links, claimed): (Vec<_>, Vec<_>) = (needs.links.keys().collect(), claims.keys().collect());
    for row in query.fetch_all(tx.conn()).await? {
        let at = usize::try_from(row.try_get::<i32, _>(0)?).unwrap_or(usize::MAX);
        let id: Uuid = row.try_get(1)?;
        if let Some(index) = links.get(at) {
            known.exists.insert((**index, id));
        } else if let Some((entity, field)) = claimed.get(at - links.len()) {
            let holder = Holder { entity: *entity, field: *field, value: row.try_get(2)? };
            if schema.entities()[*entity].fields[*field].names_one {
                known.same.entry(holder.clone()).or_default().insert(id);
            }
            known.claims.insert(holder, id);
        }
    }
    Ok(())
}

/// The change log of rows that have moved since the change that comes for them was made.
async fn history(
    tx: &mut Tx,
    schema: &Schema,
    tenant: Uuid,
    changes: &[Change],
    known: &mut Known,
) -> Result<(), Fault> {
    let mut since: BTreeMap<Uuid, i64> = BTreeMap::new();
    for change in changes {
        let Some(index) = schema.index(&change.entity) else { continue };
        if known.rows.get(&(index, change.row_id)).is_some_and(|row| row.rev > change.base_rev) {
            let base = since.entry(change.row_id).or_insert(change.base_rev);
            *base = (*base).min(change.base_rev);
        }
    }
    if since.is_empty() {
        return Ok(());
    }
    let (ids, bases): (Vec<Uuid>, Vec<i64>) = since.into_iter().unzip();
    let moved = sqlx::query!(
        r#"SELECT l.entity, l.row_id, l.rev AS "rev!", l.replica_id, l.user_id,
             (extract(epoch FROM l.edited_at) * 1000000)::bigint AS "edited_at!", l.kind,
             ARRAY(SELECT jsonb_object_keys(l.fields)) AS "fields!"
         FROM unnest($2::uuid[], $3::bigint[]) AS wanted (key, base), LATERAL (
             SELECT * FROM change_log WHERE tenant_id = $1 AND row_id = wanted.key AND rev > wanted.base OFFSET 0) AS l
         ORDER BY l.rev"#,
        tenant,
        &ids,
        &bases
    );
    for entry in moved.fetch_all(tx.conn()).await? {
        let Some(index) = schema.index(&entry.entity) else { continue };
        let entity = schema.entities()[index];
        let logged = Logged {
            rev: entry.rev,
            by: Author { replica: entry.replica_id, user: entry.user_id, at: entry.edited_at },
            deleted: entry.kind == "delete",
            fields: entry.fields.iter().filter_map(|name| entity.field_index(name)).collect(),
        };
        known.history.entry((index, entry.row_id)).or_default().push(logged);
    }
    Ok(())
}

//! Writing a plan: each kind of row in one statement, parents first.

use super::HUB_REPLICA;
use crate::sync::clock::Clock;
use pems_db::{TenantContext, Tx};
use pems_model::ddl::postgres::column_type;
use pems_model::push::{LogEntry, Plan};
use pems_model::wire::{ChangeKind, Outcome};
use pems_model::{Entity, Kind, Row, Schema, Value};
use serde_json::Value as Json;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Julian day of 1970-01-01.
const UNIX_EPOCH_JULIAN_DAY: i32 = 2_440_588;

/// Takes the plan's revisions and writes its log, in one statement: rows may only be written once the clock has moved.
pub(super) async fn log_and_clock(
    tx: &mut Tx,
    caller: &TenantContext,
    incarnation: u32,
    plan: &Plan,
    clock: &Clock,
    now: i64,
) -> Result<(), sqlx::Error> {
    let log = &plan.log;
    let own = |entry: &LogEntry| entry.op_no.is_some();
    let texts = |of: &dyn Fn(&LogEntry) -> String| log.iter().map(of).collect::<Vec<_>>();
    let write = sqlx::query!(
        "WITH clock AS (
             UPDATE tenant_clock SET floor = CASE WHEN xid = pg_current_xact_id() THEN floor ELSE rev END,
                 rev = rev + $2, xid = pg_current_xact_id(), entity_rev = $3::text::jsonb, digest = $4::text::jsonb
             WHERE tenant_id = $1)
         INSERT INTO change_log (tenant_id, replica_id, incarnation, op_no, change_id, rev, entity, row_id, kind, outcome,
             problem, base_rev, fields, grp, user_id, device_id, at, edited_at, received_at)
         SELECT $1, l.replica, l.incarnation, l.op_no, l.change_id, l.rev, l.entity, l.row_id, l.kind, l.outcome,
             l.problem::jsonb, l.base_rev, l.fields::jsonb, l.grp, l.user_id, $5, l.at, l.edited_at, $6
         FROM unnest($7::uuid[], $8::bigint[], $9::bigint[], $10::uuid[], $11::bigint[], $12::text[], $13::uuid[],
             $14::text[], $15::text[], $16::text[], $17::bigint[], $18::text[], $19::uuid[], $20::uuid[], $21::bigint[],
             $22::timestamptz[])
             AS l (replica, incarnation, op_no, change_id, rev, entity, row_id, kind, outcome, problem, base_rev, fields,
             grp, user_id, at, edited_at)",
        caller.tenant(),
        plan.revisions,
        clock.state.as_ref().map(crate::sync::clock::State::revs_json),
        clock.state.as_ref().map(crate::sync::clock::State::digests_json),
        caller.actor(),
        moment(now),
        &log.iter().map(|e| if own(e) { caller.actor() } else { HUB_REPLICA }).collect::<Vec<Uuid>>(),
        &log.iter().map(|e| if own(e) { i64::from(incarnation) } else { 0 }).collect::<Vec<i64>>(),
        log.iter().map(|e| e.op_no.or(e.rev)).collect::<Vec<Option<i64>>>() as _,
        &log.iter().map(|e| e.change_id).collect::<Vec<Uuid>>(),
        log.iter().map(|e| e.rev).collect::<Vec<Option<i64>>>() as _,
        log.iter().map(|e| e.entity).collect::<Vec<&str>>() as _,
        &log.iter().map(|e| e.row_id).collect::<Vec<Uuid>>(),
        log.iter().map(|e| if e.kind == ChangeKind::Delete { "delete" } else { "upsert" }).collect::<Vec<&str>>() as _,
        log.iter().map(|e| e.outcome.name()).collect::<Vec<&str>>() as _,
        log.iter().map(|e| problem(&e.outcome)).collect::<Result<Vec<Option<String>>, _>>()? as _,
        &log.iter().map(|e| e.base_rev).collect::<Vec<i64>>(),
        &texts(&|e| storable(&e.fields).to_string()),
        log.iter().map(|e| e.group).collect::<Vec<Option<Uuid>>>() as _,
        log.iter().map(|e| e.user).collect::<Vec<Option<Uuid>>>() as _,
        &log.iter().map(|e| e.at).collect::<Vec<i64>>(),
        &log.iter().map(|e| moment(e.edited_at)).collect::<Vec<OffsetDateTime>>()
    );
    write.execute(tx.conn()).await?;
    Ok(())
}

fn problem(outcome: &Outcome) -> Result<Option<String>, sqlx::Error> {
    let Outcome::Refused { problem } = outcome else { return Ok(None) };
    serde_json::to_string(problem).map(Some).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

/// PostgreSQL keeps no NUL character in texts; a change that was refused for one must still be logged.
fn storable(json: &Json) -> Json {
    let clean = |text: &str| text.replace('\0', "\u{fffd}");
    match json {
        Json::String(text) if text.contains('\0') => Json::String(clean(text)),
        Json::Array(items) => Json::Array(items.iter().map(storable).collect()),
        Json::Object(map) => Json::Object(map.iter().map(|(key, value)| (clean(key), storable(value))).collect()),
        other => other.clone(),
    }
}

/// Writes the plan's rows.
pub(super) async fn rows(tx: &mut Tx, schema: &Schema, tenant: Uuid, plan: &Plan) -> Result<(), sqlx::Error> {
    for (index, entity) in schema.entities().iter().enumerate() {
        let range = plan.writes.range((index, Uuid::nil())..=(index, Uuid::max()));
        let rows: Vec<&Row> = range.map(|(_, write)| &write.after).collect();
        if !rows.is_empty() {
            upsert_rows(tx, entity, tenant, &rows).await?;
        }
    }
    Ok(())
}

/// Writes rows of one kind, whole, in one statement. Their revisions must have been taken in this transaction.
pub(crate) async fn upsert_rows(tx: &mut Tx, entity: &Entity, tenant: Uuid, rows: &[&Row]) -> Result<(), sqlx::Error> {
    let mut query = sqlx::query(AssertSqlSafe(upsert(entity)))
        .bind(tenant)
        .bind(rows.iter().map(|row| row.id).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.rev).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.deleted_at.map(moment)).collect::<Vec<_>>());
    for (i, field) in entity.fields.iter().enumerate() {
        query = bind_column(query, field.kind, rows, i)?;
    }
    query.execute(tx.conn()).await?;
    Ok(())
}

fn upsert(entity: &Entity) -> String {
    let mut columns = String::from("id, rev, deleted_at");
    let mut arrays = String::from("$2::uuid[], $3::bigint[], $4::timestamptz[]");
    let mut set = String::from("rev = excluded.rev, deleted_at = excluded.deleted_at");
    for (i, field) in entity.fields.iter().enumerate() {
        let name = field.name;
        columns.push_str(&format!(", {name}"));
        arrays.push_str(&format!(", ${}::{}[]", i + 5, column_type(field.kind)));
        set.push_str(&format!(", {name} = excluded.{name}"));
    }
    format!(
        "INSERT INTO {} (tenant_id, {columns}) SELECT $1, * FROM unnest({arrays}) \
         ON CONFLICT (tenant_id, id) DO UPDATE SET {set}",
        entity.name
    )
}

type Statement<'q> = Query<'q, Postgres, PgArguments>;

fn bind_column<'q>(
    query: Statement<'q>,
    kind: Kind,
    rows: &[&'q Row],
    at: usize,
) -> Result<Statement<'q>, sqlx::Error> {
    let values = rows.iter().map(|row| &row.values[at]);
    Ok(match kind {
        Kind::Int { .. } => {
            query.bind(values.map(|v| if let Value::Int(int) = v { Some(*int) } else { None }).collect::<Vec<_>>())
        }
        Kind::Bool => {
            query.bind(values.map(|v| if let Value::Bool(flag) = v { Some(*flag) } else { None }).collect::<Vec<_>>())
        }
        Kind::Date => query.bind(values.map(day).collect::<Result<Vec<_>, _>>()?),
        Kind::Time => {
            query.bind(values.map(|v| if let Value::Time(t) = v { Some(moment(*t)) } else { None }).collect::<Vec<_>>())
        }
        Kind::Link(_) | Kind::Id => query.bind(values.map(Value::as_id).collect::<Vec<_>>()),
        _ => query.bind(values.map(Value::as_text).collect::<Vec<_>>()),
    })
}

/// A day that no calendar has is not written as none: the push is refused and stays at its office.
fn day(value: &Value) -> Result<Option<Date>, sqlx::Error> {
    let Value::Date(days) = value else { return Ok(None) };
    let date = Date::from_julian_day(days.saturating_add(UNIX_EPOCH_JULIAN_DAY));
    date.map(Some).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

/// Microseconds since 1970 as the database's type; beyond year 9999 it is the nearest that there is.
fn moment(micros: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).unwrap_or(if micros < 0 {
        OffsetDateTime::UNIX_EPOCH
    } else {
        time::macros::datetime!(9999-12-31 23:59:59 UTC)
    })
}

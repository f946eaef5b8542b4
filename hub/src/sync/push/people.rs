//! What the rules about people and enrolments ask for: who made the changes, who works at the school, what happened.

use crate::refusal::Refusal;
use pems_db::Tx;
use pems_model::Role;
use pems_model::domain::Person;
use pems_model::proof::{from_log, holds, public_of, sign_in_text};
use pems_model::push::{Known, KnownEvent, Push, asks_of_people, enrolments, users};
use pems_model::verifier::is_verifier;
use pems_model::wire::Change;
use sqlx::Row;
use std::collections::BTreeSet;
use uuid::Uuid;

pub(super) async fn look_up(
    tx: &mut Tx,
    push: &Push<'_>,
    changes: &[Change],
    known: &mut Known,
) -> Result<(), Refusal> {
    let ids = users(changes);
    if !ids.is_empty() {
        persons(tx, push, &ids, known).await?;
    }
    if asks_of_people(changes) {
        school(tx, push.tenant, known).await?;
    }
    let ids = enrolments(push.schema, changes, &known.rows);
    if !ids.is_empty() {
        events(tx, push.tenant, &ids, known).await?;
    }
    Ok(())
}

async fn persons(tx: &mut Tx, push: &Push<'_>, ids: &BTreeSet<Uuid>, known: &mut Known) -> Result<(), Refusal> {
    let rows = sqlx::query(
        "SELECT found.* FROM unnest($2::uuid[]) AS wanted (key), LATERAL (
             SELECT id, role, verifier, coalesce(disabled, false) OR deleted_at IS NOT NULL FROM school_user
             WHERE tenant_id = $1 AND id = wanted.key OFFSET 0) AS found",
    )
    .bind(push.tenant)
    .bind(ids.iter().copied().collect::<Vec<Uuid>>())
    .fetch_all(tx.conn())
    .await?;
    // Whose past matters: who is gone, and who was here with a password of before.
    let mut past = Vec::new();
    for row in rows {
        let (id, verifier): (Uuid, Option<String>) = (row.try_get(0)?, row.try_get(2)?);
        let gone: bool = row.try_get(3)?;
        let person = Person {
            role: Role::parse(row.try_get(1)?),
            // Until the log says since when.
            gone_since: gone.then_some(i64::MIN),
            key: verifier.as_deref().and_then(public_of),
            former: Vec::new(),
        };
        let text = || sign_in_text(push.tenant, push.replica, id);
        let now = |proof: &str| person.key.is_some_and(|key| holds(&key, &text(), proof));
        if gone || push.people.iter().any(|signed| signed.user == id && !now(&signed.proof)) {
            past.push(id);
        }
        known.users.insert(id, person);
    }
    if past.is_empty() { Ok(()) } else { history(tx, push.tenant, past, known).await }
}

/// Since when people are gone, and which keys they had before, by the hub's own time.
async fn history(tx: &mut Tx, tenant: Uuid, ids: Vec<Uuid>, known: &mut Known) -> Result<(), Refusal> {
    let rows = sqlx::query(
        "SELECT l.row_id, (extract(epoch FROM l.received_at) * 1000000)::bigint, l.fields ? 'disabled' OR l.kind = 'delete',
             l.fields -> 'verifier' ->> 0
         FROM unnest($2::uuid[]) AS wanted (key), LATERAL (
             SELECT * FROM change_log WHERE tenant_id = $1 AND row_id = wanted.key AND rev IS NOT NULL OFFSET 0) AS l
         WHERE l.entity = 'school_user' AND (l.kind = 'delete' OR l.fields ?| ARRAY['disabled', 'verifier'])
         ORDER BY l.rev",
    )
    .bind(tenant)
    .bind(ids)
    .fetch_all(tx.conn())
    .await?;
    for row in rows {
        let Some(person) = known.users.get_mut(&row.try_get::<Uuid, _>(0)?) else { continue };
        let (at, went): (i64, bool) = (row.try_get(1)?, row.try_get(2)?);
        if went {
            person.gone_since = person.gone_since.map(|_| at);
        }
        if let Some(key) = row.try_get::<Option<&str>, _>(3)?.and_then(from_log) {
            person.former.push((key, at));
        }
    }
    Ok(())
}

async fn school(tx: &mut Tx, tenant: Uuid, known: &mut Known) -> Result<(), Refusal> {
    let rows = sqlx::query(
        "SELECT id, lower(email), CASE WHEN role = 'school_admin' AND NOT coalesce(disabled, false) THEN verifier END, false
             FROM school_user WHERE tenant_id = $1 AND deleted_at IS NULL
         UNION ALL SELECT id, email, NULL, true FROM account WHERE tenant_id = $1",
    )
    .bind(tenant)
    .fetch_all(tx.conn())
    .await?;
    for row in rows {
        let id: Uuid = row.try_get(0)?;
        if let Some(email) = row.try_get::<Option<String>, _>(1)? {
            known.people.addresses.insert(email, id);
        }
        // One whose verifier no password matches does not count: the school would be left to nobody.
        if row.try_get::<Option<&str>, _>(2)?.is_some_and(is_verifier) {
            known.people.admins.insert(id);
        }
        if row.try_get(3)? {
            known.people.accounts.insert(id);
        }
    }
    Ok(())
}

async fn events(tx: &mut Tx, tenant: Uuid, ids: &BTreeSet<Uuid>, known: &mut Known) -> Result<(), Refusal> {
    let rows = sqlx::query(
        "SELECT found.* FROM unnest($2::uuid[]) AS wanted (key), LATERAL (
             SELECT enrolment, id, status, deleted_at IS NULL FROM enrolment_event
             WHERE tenant_id = $1 AND enrolment = wanted.key OFFSET 0) AS found",
    )
    .bind(tenant)
    .bind(ids.iter().copied().collect::<Vec<Uuid>>())
    .fetch_all(tx.conn())
    .await?;
    for row in rows {
        let event = KnownEvent { id: row.try_get(1)?, status: row.try_get(2)?, live: row.try_get(3)? };
        known.events.entry(row.try_get(0)?).or_default().push(event);
    }
    Ok(())
}

//! What the rules about people and enrolments ask for: who made the changes, who works at the school, what happened.

use crate::refusal::Refusal;
use pems_db::Tx;
use pems_model::Role;
use pems_model::domain::Person;
use pems_model::proof::{from_log, holds, public_of, sign_in_text};
use pems_model::push::{Known, KnownEvent, Push, asks_of_people, enrolments, users};
use pems_model::verifier::is_verifier;
use pems_model::wire::Change;
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
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    let people = sqlx::query!(
        r#"SELECT found.id, found.role, found.verifier, found.gone AS "gone!"
           FROM unnest($2::uuid[]) AS wanted (key), LATERAL (
             SELECT id, role, verifier, coalesce(disabled, false) OR deleted_at IS NOT NULL AS gone FROM school_user
             WHERE tenant_id = $1 AND id = wanted.key OFFSET 0) AS found"#,
        push.tenant,
        &ids
    );
    // Whose past matters: who is gone, and who was here with a password of before.
    let mut past = Vec::new();
    for found in people.fetch_all(tx.conn()).await? {
        let person = Person {
            role: Role::parse(&found.role),
            // Until the log says since when.
            gone_since: found.gone.then_some(i64::MIN),
            key: found.verifier.as_deref().and_then(public_of),
            former: Vec::new(),
        };
        let text = || sign_in_text(push.tenant, push.replica, found.id);
        let now = |proof: &str| person.key.is_some_and(|key| holds(&key, &text(), proof));
        if found.gone || push.people.iter().any(|signed| signed.user == found.id && !now(&signed.proof)) {
            past.push(found.id);
        }
        known.users.insert(found.id, person);
    }
    if past.is_empty() { Ok(()) } else { history(tx, push.tenant, past, known).await }
}

/// Since when people are gone, and which keys they had before, by the hub's own time.
async fn history(tx: &mut Tx, tenant: Uuid, ids: Vec<Uuid>, known: &mut Known) -> Result<(), Refusal> {
    let past = sqlx::query!(
        r#"SELECT l.row_id, (extract(epoch FROM l.received_at) * 1000000)::bigint AS "at!",
             l.fields ? 'disabled' OR l.kind = 'delete' AS "went!", l.fields -> 'verifier' ->> 0 AS former
         FROM unnest($2::uuid[]) AS wanted (key), LATERAL (
             SELECT * FROM change_log WHERE tenant_id = $1 AND row_id = wanted.key AND rev IS NOT NULL OFFSET 0) AS l
         WHERE l.entity = 'school_user' AND (l.kind = 'delete' OR l.fields ?| ARRAY['disabled', 'verifier'])
         ORDER BY l.rev"#,
        tenant,
        &ids
    );
    for logged in past.fetch_all(tx.conn()).await? {
        let Some(person) = known.users.get_mut(&logged.row_id) else { continue };
        if logged.went {
            person.gone_since = person.gone_since.map(|_| logged.at);
        }
        if let Some(key) = logged.former.as_deref().and_then(from_log) {
            person.former.push((key, logged.at));
        }
    }
    Ok(())
}

async fn school(tx: &mut Tx, tenant: Uuid, known: &mut Known) -> Result<(), Refusal> {
    let people = sqlx::query!(
        r#"SELECT id AS "id!", lower(email) AS email,
             CASE WHEN role = 'school_admin' AND NOT coalesce(disabled, false) THEN verifier END AS admins_verifier,
             false AS "has_account!"
             FROM school_user WHERE tenant_id = $1 AND deleted_at IS NULL
         UNION ALL SELECT id, email, NULL, true FROM account WHERE tenant_id = $1"#,
        tenant
    );
    for person in people.fetch_all(tx.conn()).await? {
        if let Some(email) = person.email {
            known.people.addresses.insert(email, person.id);
        }
        // One whose verifier no password matches does not count: the school would be left to nobody.
        if person.admins_verifier.as_deref().is_some_and(is_verifier) {
            known.people.admins.insert(person.id);
        }
        if person.has_account {
            known.people.accounts.insert(person.id);
        }
    }
    Ok(())
}

async fn events(tx: &mut Tx, tenant: Uuid, ids: &BTreeSet<Uuid>, known: &mut Known) -> Result<(), Refusal> {
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    let events = sqlx::query!(
        r#"SELECT found.enrolment, found.id, found.status, found.live AS "live!"
           FROM unnest($2::uuid[]) AS wanted (key), LATERAL (
             SELECT enrolment, id, status, deleted_at IS NULL AS live FROM enrolment_event
             WHERE tenant_id = $1 AND enrolment = wanted.key OFFSET 0) AS found"#,
        tenant,
        &ids
    );
    for found in events.fetch_all(tx.conn()).await? {
        let event = KnownEvent { id: found.id, status: found.status, live: found.live };
        known.events.entry(found.enrolment).or_default().push(event);
    }
    Ok(())
}

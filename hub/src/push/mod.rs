//! Carrying out a push: one transaction, set-based, from the lock on the school's clock to the commit. What to write is
//! decided by `pems_model::push`; this is the part with the database.
//!
//! Invariants:
//! - the clock row is locked before anything is read, so nothing read here can change before the commit;
//! - a repeated change is answered from the change log and has no further effect;
//! - whether the device may still write is checked inside the transaction.

mod lookup;
mod people;
mod replica;
pub(crate) mod write;

pub(crate) use lookup::decode as row_of;

use crate::clock::Clock;
use crate::hub::Hub;
use crate::live::Level;
use crate::refusal::Refusal;
use pems_doors::{Access, TenantContext, Tx};
use pems_model::edit_time::ClockReading;
use pems_model::push::{Plan, Push, plan};
use pems_model::wire::{Change, ChangeResult, SyncRequest};
use pems_model::{Code, Row, review};
use replica::Standing;
use tokio::time::Instant;
use uuid::Uuid;

/// What a push came to.
#[derive(Debug)]
pub(crate) struct Pushed {
    pub(crate) results: Vec<ChangeResult>,
    /// The school's revision before it.
    pub(crate) before: i64,
    pub(crate) level: Level,
    /// Rows written, by position of the entity, in revision order.
    pub(crate) rows: Vec<(usize, Vec<Row>)>,
}

/// Applies the changes of a request.
///
/// # Errors
/// A forked replica, a revoked device, a suspended school, a busy database. Nothing is written then.
pub(crate) async fn push(
    hub: &Hub,
    caller: &TenantContext,
    request: &SyncRequest,
    now: i64,
) -> Result<Pushed, Refusal> {
    in_order(&request.changes)?;
    let live = hub.live.tenant(caller.tenant());
    let _turn = live.turn.lock().await;
    let generation = hub.live.generation();
    let preamble = replica::preamble(caller.tenant(), caller.actor());
    let (mut tx, rows) = hub.tenant.begin_with(caller, Access::Write, &preamble).await?;
    let read = Standing::read(&rows).and_then(|(clock, standing)| {
        clock.must_reach(&request.cursors)?;
        Ok((clock, standing))
    });
    let done = match read {
        Ok((clock, standing)) => {
            let drained = live.last_empty(caller.actor());
            apply(hub, &mut tx, caller, request, clock, standing.seen_empty(drained), now).await
        }
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok((pushed, last)) => {
            tx.commit_with(&last).await?;
            hub.live.learn(generation, &live, pushed.level.clone());
            Ok(pushed)
        }
        Err(refusal) => {
            tx.rollback().await;
            Err(refusal)
        }
    }
}

fn in_order(changes: &[Change]) -> Result<(), Refusal> {
    let ordered = changes.windows(2).all(|pair| pair[0].op_no.checked_add(1) == Some(pair[1].op_no));
    if ordered && changes.first().is_none_or(|first| first.op_no > 0) {
        return Ok(());
    }
    Err(Refusal::new(Code::BadRequest, "changes: op_no must count up by one, from 1"))
}

/// Everything up to the last statement, which is returned so that it can travel with the commit.
async fn apply(
    hub: &Hub,
    tx: &mut Tx,
    caller: &TenantContext,
    request: &SyncRequest,
    mut clock: Clock,
    standing: Standing,
    now: i64,
) -> Result<(Pushed, String), Refusal> {
    let last_op_no = standing.continue_from(request.replica.incarnation)?;
    let split = request.changes.partition_point(|change| change.op_no <= last_op_no);
    let (old, fresh) = request.changes.split_at(split);
    if let Some(first) = fresh.first()
        && first.op_no != last_op_no + 1
    {
        return Err(replica::forked(&format!("change {} is missing", last_op_no + 1), last_op_no));
    }
    let mut results = lookup::answered(tx, caller, request.replica.incarnation, old).await?;
    let reading = ClockReading::new(request.sent_at, standing.drained_at, now);
    let push = Push {
        schema: hub.schema,
        tenant: caller.tenant(),
        replica: caller.actor(),
        role: standing.role,
        clock: reading,
        rev: clock.rev,
        people: &request.people,
        proofs: &request.proofs,
    };
    let mut known = lookup::known(tx, &push, fresh).await?;
    let mut planned = plan(&push, &known, fresh);
    if planned.reviews > 0 {
        known.waiting = lookup::waiting(tx, caller.tenant()).await?;
        if known.waiting + planned.reviews > review::WAITING {
            planned = plan(&push, &known, fresh);
        }
    }
    let plan = planned;
    let before = clock.rev;
    clock.rev += plan.revisions;
    if let Some(state) = &mut clock.state {
        move_state(hub, &plan, state);
    }
    if !fresh.is_empty() {
        write::log_and_clock(tx, caller, request.replica.incarnation, &plan, &clock, now).await?;
        write::rows(tx, hub.schema, caller.tenant(), &plan).await?;
    }
    let last = replica::advance(caller, request, fresh.last().map_or(last_op_no, |change| change.op_no), reading);
    results.extend(plan.results.iter().cloned());
    let level = Level {
        rev: clock.rev,
        digest: clock.state.as_ref().map(crate::clock::State::combined),
        as_of: Instant::now(),
    };
    Ok((Pushed { results, before, level, rows: rows_by_entity(plan) }, last))
}

fn move_state(hub: &Hub, plan: &Plan, state: &mut crate::clock::State) {
    let mut touched: Vec<usize> = plan.writes.keys().map(|(index, _)| *index).collect();
    touched.dedup();
    for index in touched {
        let name = hub.schema.entities()[index].name;
        plan.move_digest(hub.schema, index, state.digests.entry(name.to_owned()).or_default());
    }
    for ((index, _), write) in &plan.writes {
        let rev = state.revs.entry(hub.schema.entities()[*index].name.to_owned()).or_default();
        *rev = (*rev).max(write.after.rev);
    }
}

fn rows_by_entity(plan: Plan) -> Vec<(usize, Vec<Row>)> {
    let mut entities: Vec<(usize, Vec<Row>)> = Vec::new();
    for ((index, _), write) in plan.writes {
        match entities.last_mut() {
            Some((last, rows)) if *last == index => rows.push(write.after),
            _ => entities.push((index, vec![write.after])),
        }
    }
    for (_, rows) in &mut entities {
        rows.sort_by_key(|row| row.rev);
    }
    entities
}

/// The nil replica: author of what the hub itself writes.
pub(crate) const HUB_REPLICA: Uuid = Uuid::nil();

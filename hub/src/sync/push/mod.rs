//! Carrying out a push: one transaction, set-based, from the lock on the school's clock to the commit. What to write is
//! decided by `pems_model::push`; this is the part with the database.
//!
//! Invariants:
//! - the clock row is locked before anything is read, so nothing read here can change before the commit;
//! - a repeated change is answered from the change log and has no further effect;
//! - whether the device may still write is checked inside the transaction;
//! - what the database refuses is refused as the one change that caused it ([`pieces`]); the others flow.

mod fault;
mod lookup;
mod people;
mod pieces;
mod replica;
pub(crate) mod write;

pub(crate) use lookup::decode as row_of;

use crate::refusal::Refusal;
use crate::sync::clock::Clock;
use crate::sync::tenant_state::TenantHead;
use crate::sync::{Exchanges, TURN_WAIT};
use fault::Fault;
use pems_db::{Access, TenantContext, Tx};
use pems_model::edit_time::ClockReading;
use pems_model::push::{Plan, Push, plan_without};
use pems_model::wire::{Change, ChangeResult, SyncRequest};
use pems_model::{Code, Problem, Row, review};
use pieces::Pieces;
use replica::Standing;
use std::collections::BTreeMap;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

/// What a push came to.
#[derive(Debug)]
pub(crate) struct Pushed {
    pub(crate) results: Vec<ChangeResult>,
    /// The school's revision before it.
    pub(crate) before: i64,
    pub(crate) level: TenantHead,
    /// Rows written, by position of the entity, in revision order.
    pub(crate) rows: Vec<(usize, Vec<Row>)>,
}

/// Applies the changes of a request.
///
/// # Errors
/// A forked replica, a revoked device, a suspended school, a busy database. Nothing is written then.
pub(crate) async fn push(
    sync: &Exchanges,
    caller: &TenantContext,
    request: &SyncRequest,
    now: i64,
) -> Result<Pushed, Refusal> {
    in_order(&request.changes)?;
    let live = sync.live.tenant(caller.tenant());
    let _turn = timeout(TURN_WAIT, live.turn.lock()).await.map_err(|_| Refusal::busy())?;
    let generation = sync.live.generation();
    let exchange = Exchange { sync, caller, request, now, drained: live.last_empty(caller.actor()) };
    let done = match exchange.carry_out(How::AtOnce).await {
        // Nothing of it was kept. A savepoint would make every push pay for what happens to hardly any.
        Err(Fault::Change(_)) => exchange.carry_out(How::InPieces).await,
        done => done,
    };
    match done {
        Ok(pushed) => {
            sync.live.learn(generation, &live, pushed.level.clone());
            Ok(pushed)
        }
        Err(Fault::Request(refusal)) => Err(refusal),
        Err(Fault::Change(cause)) => Err(cause.refusal()),
    }
}

fn in_order(changes: &[Change]) -> Result<(), Refusal> {
    let ordered = changes.windows(2).all(|pair| pair[0].op_no.checked_add(1) == Some(pair[1].op_no));
    if ordered && changes.first().is_none_or(|first| first.op_no > 0) {
        return Ok(());
    }
    Err(Refusal::new(Code::BadRequest, "changes: op_no must count up by one, from 1"))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    AtOnce,
    /// After something in it was refused by the database: see [`pieces`].
    InPieces,
}

/// One request on its way into the database.
struct Exchange<'a> {
    sync: &'a Exchanges,
    caller: &'a TenantContext,
    request: &'a SyncRequest,
    now: i64,
    /// When the outbox of this device was last empty, as far as memory knows.
    drained: Option<i64>,
}

/// What is known once its transaction is open.
struct Opened {
    standing: Standing,
    reading: ClockReading,
}

impl Exchange<'_> {
    /// One transaction, committed or gone.
    async fn carry_out(&self, how: How) -> Result<Pushed, Fault> {
        let preamble = replica::preamble(self.caller.tenant(), self.caller.actor());
        let pushed = self.sync.tenant_db.in_tx_after(self.caller, Access::Write, &preamble, async |tx, rows| {
            let (clock, standing) = Standing::read(&rows)?;
            clock.must_reach(&self.request.cursors)?;
            self.apply(tx, how, clock, standing.seen_empty(self.drained)).await
        });
        pushed.await
    }

    async fn apply(&self, tx: &mut Tx, how: How, mut clock: Clock, standing: Standing) -> Result<Pushed, Fault> {
        let incarnation = self.request.replica.incarnation;
        let last_op_no = standing.continue_from(incarnation)?;
        let split = self.request.changes.partition_point(|change| change.op_no <= last_op_no);
        let (old, fresh) = self.request.changes.split_at(split);
        if let Some(first) = fresh.first()
            && first.op_no != last_op_no + 1
        {
            return Err(replica::forked(&format!("change {} is missing", last_op_no + 1), last_op_no).into());
        }
        let mut results = lookup::answered(tx, self.caller, incarnation, old).await?;
        let reading = ClockReading::new(self.request.sent_at, standing.drained_at, self.now);
        let opened = Opened { standing, reading };
        let before = clock.rev;
        let repeated = results.len();
        let rows = match how {
            How::AtOnce => {
                let plan = self.write(tx, &opened, &mut clock, fresh, &BTreeMap::new()).await?;
                results.extend(plan.results);
                rows_by_entity(plan.writes.into_iter().map(|(key, write)| (key, write.after)))
            }
            How::InPieces => {
                let written = Pieces::new(self, &opened, fresh).write(tx).await?;
                clock = written.clock.clone().unwrap_or(clock);
                results.extend(written.results);
                rows_by_entity(written.rows)
            }
        };
        // What the plan left for the next exchange is not answered, and waits at its office.
        let answered = &fresh[..(results.len() - repeated).min(fresh.len())];
        let last_op_no = answered.last().map_or(last_op_no, |change| change.op_no);
        let more = self.request.more || answered.len() < fresh.len();
        tx.at_commit(replica::advance(self.caller, self.request, last_op_no, more, reading));
        let level = TenantHead {
            rev: clock.rev,
            digest: clock.state.as_ref().map(crate::sync::clock::State::combined),
            as_of: Instant::now(),
        };
        Ok(Pushed { results, before, level, rows })
    }

    /// Plans changes that are new and writes them. `without`: those that cannot be (by position), and why.
    async fn write(
        &self,
        tx: &mut Tx,
        opened: &Opened,
        clock: &mut Clock,
        changes: &[Change],
        without: &BTreeMap<usize, Problem>,
    ) -> Result<Plan, Fault> {
        let (schema, tenant) = (self.sync.schema, self.caller.tenant());
        let push = Push {
            schema,
            tenant,
            replica: self.caller.actor(),
            role: opened.standing.role,
            clock: opened.reading,
            rev: clock.rev,
            people: &self.request.people,
            proofs: &self.request.proofs,
        };
        let mut known = lookup::known(tx, &push, changes).await?;
        tx.give_way().await;
        let mut plan = plan_without(&push, &known, changes, without);
        if plan.reviews > 0 {
            known.waiting = lookup::waiting(tx, tenant).await?;
            if known.waiting + plan.reviews > review::WAITING {
                plan = plan_without(&push, &known, changes, without);
            }
        }
        tx.give_way().await;
        clock.rev += plan.revisions;
        if let Some(state) = &mut clock.state {
            move_state(self.sync, &plan, state);
        }
        if !changes.is_empty() {
            write::log_and_clock(tx, self.caller, self.request.replica.incarnation, &plan, clock, self.now).await?;
            tx.give_way().await;
            write::rows(tx, schema, tenant, &plan).await?;
        }
        Ok(plan)
    }
}

fn move_state(sync: &Exchanges, plan: &Plan, state: &mut crate::sync::clock::State) {
    let mut touched: Vec<usize> = plan.writes.keys().map(|(index, _)| *index).collect();
    touched.dedup();
    for index in touched {
        let name = sync.schema.entities()[index].name;
        plan.move_digest(sync.schema, index, state.digests.entry(name.to_owned()).or_default());
    }
    for ((index, _), write) in &plan.writes {
        let rev = state.revs.entry(sync.schema.entities()[*index].name.to_owned()).or_default();
        *rev = (*rev).max(write.after.rev);
    }
}

/// Rows in the order of their keys, as the answer has them.
fn rows_by_entity(written: impl IntoIterator<Item = ((usize, Uuid), Row)>) -> Vec<(usize, Vec<Row>)> {
    let mut entities: Vec<(usize, Vec<Row>)> = Vec::new();
    for ((index, _), row) in written {
        match entities.last_mut() {
            Some((last, rows)) if *last == index => rows.push(row),
            _ => entities.push((index, vec![row])),
        }
    }
    for (_, rows) in &mut entities {
        rows.sort_by_key(|row| row.rev);
    }
    entities
}

/// The nil replica: author of what the hub itself writes.
pub(crate) const HUB_REPLICA: Uuid = Uuid::nil();

//! A push whose database refused something: which change was it? The request is done again in one transaction, in halves, each behind
//! a savepoint; a half that goes through stays, one that does not is halved again. What a single change cannot go through with is its
//! refusal. It is as if the office had sent smaller requests, one right after the other.
//!
//! Invariants:
//! - a change is refused only for an error of its own, with everything before it in place;
//! - an entry of several changes (a group) is never cut;
//! - good pushes pay nothing for any of this: see [`super::push`].

use super::fault::{Cause, Fault};
use super::{Exchange, Opened};
use crate::sync::clock::Clock;
use pems_db::Tx;
use pems_model::push::Plan;
use pems_model::wire::{Change, ChangeResult};
use pems_model::{Problem, Row};
use std::collections::BTreeMap;
use std::ops::Range;
use uuid::Uuid;

/// Changes that may be tried in all for each one that was sent: what a request costs, however it is made. Bisecting takes about
/// ten tries of each change for one bad one in a thousand.
const TRIES: usize = 64;

/// What was written.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) results: Vec<ChangeResult>,
    pub(super) rows: BTreeMap<(usize, Uuid), Row>,
    /// The school's, after the last piece.
    pub(super) clock: Option<Clock>,
}

impl Written {
    fn take(&mut self, (plan, clock): (Plan, Clock)) {
        self.results.extend(plan.results);
        self.rows.extend(plan.writes.into_iter().map(|(key, write)| (key, write.after)));
        self.clock = Some(clock);
    }
}

pub(super) struct Pieces<'a> {
    exchange: &'a Exchange<'a>,
    opened: &'a Opened,
    changes: &'a [Change],
    /// By position: what was found to be at fault.
    refused: BTreeMap<usize, Problem>,
    tries_left: usize,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(exchange: &'a Exchange<'a>, opened: &'a Opened, changes: &'a [Change]) -> Pieces<'a> {
        Pieces { exchange, opened, changes, refused: BTreeMap::new(), tries_left: changes.len() * TRIES }
    }

    /// Writes everything that can be written and logs why the rest cannot.
    ///
    /// # Errors
    /// What is no change's fault.
    pub(super) async fn write(mut self, tx: &mut Tx) -> Result<Written, Fault> {
        let mut written = Written::default();
        // The next one on top.
        let mut todo: Vec<Range<usize>> =
            std::iter::once(0..self.changes.len()).filter(|all| !all.is_empty()).collect();
        while let Some(piece) = todo.pop() {
            let cause = match self.attempt(tx, piece.clone(), false).await {
                Ok(done) => {
                    let answered = done.0.results.len();
                    written.take(done);
                    if answered < piece.len() {
                        // The rest of the request comes with the next one.
                        break;
                    }
                    continue;
                }
                Err(Fault::Change(cause)) => cause,
                Err(fault) => return Err(fault),
            };
            if let Some(middle) = self.cut(&piece) {
                todo.extend([middle..piece.end, piece.start..middle]);
                continue;
            }
            self.blame(tx, &piece, cause).await?;
            todo.push(piece);
        }
        Ok(written)
    }

    /// Where a piece can be cut without cutting a group, as near to its middle as can be.
    fn cut(&self, piece: &Range<usize>) -> Option<usize> {
        let mut last: BTreeMap<Uuid, usize> = BTreeMap::new();
        let group = |at: usize| self.changes[at].group.filter(|_| !self.refused.contains_key(&at));
        for at in piece.clone() {
            if let Some(group) = group(at) {
                last.insert(group, at);
            }
        }
        let middle = piece.start + piece.len() / 2;
        let (mut open_until, mut best) = (piece.start, None::<usize>);
        for at in piece.start + 1..piece.end {
            open_until = open_until.max(group(at - 1).and_then(|group| last.get(&group).copied()).unwrap_or(0));
            if open_until < at && best.is_none_or(|best| at.abs_diff(middle) < best.abs_diff(middle)) {
                best = Some(at);
            }
        }
        best
    }

    /// Finds the change of a piece that cannot be cut that is at fault, and refuses it; its group goes with it.
    async fn blame(&mut self, tx: &mut Tx, piece: &Range<usize>, cause: Cause) -> Result<(), Fault> {
        if piece.clone().all(|at| self.refused.contains_key(&at)) {
            // Not even the refusals can be written down.
            return Err(Fault::Request(cause.refusal()));
        }
        let (at, cause) =
            if piece.len() == 1 { (piece.start, cause) } else { self.first_bad(tx, piece, cause).await? };
        let refuse: Vec<usize> = match self.tries_left {
            0 => piece.clone().filter(|at| !self.refused.contains_key(at)).collect(),
            _ => vec![at],
        };
        for at in refuse {
            let entity = self.exchange.sync.schema.entity(&self.changes[at].entity);
            self.refused.insert(at, cause.problem(entity));
        }
        Ok(())
    }

    /// The first change at fault, as if none belonged to a group: by halves again, and taken back afterwards.
    async fn first_bad(&mut self, tx: &mut Tx, piece: &Range<usize>, cause: Cause) -> Result<(usize, Cause), Fault> {
        say(tx, "SAVEPOINT search").await?;
        let (mut low, mut high, mut cause) = (piece.start, piece.end, cause);
        // All before `low` went through and stay for the search; something before `high` does not.
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match self.attempt(tx, low..middle, true).await {
                Ok(_) => low = middle,
                Err(Fault::Change(found)) => (high, cause) = (middle, found),
                Err(fault) => return Err(fault),
            }
        }
        match self.attempt(tx, low..high, true).await {
            Err(Fault::Change(found)) => cause = found,
            Err(fault) => return Err(fault),
            // It is only all of them together: the last one is as good as any, for its group goes with it.
            Ok(_) => {}
        }
        say(tx, "ROLLBACK TO SAVEPOINT search; RELEASE SAVEPOINT search").await?;
        let bad = (low..piece.end).find(|at| !self.refused.contains_key(at)).unwrap_or(low);
        Ok((bad, cause))
    }

    /// Plans and writes a piece; if that fails, nothing of it stays.
    async fn attempt(&mut self, tx: &mut Tx, piece: Range<usize>, loose: bool) -> Result<(Plan, Clock), Fault> {
        self.tries_left = self.tries_left.saturating_sub(piece.len());
        let refused =
            self.refused.range(piece.clone()).map(|(at, problem)| (at - piece.start, problem.clone())).collect();
        let mut changes = self.changes[piece].to_vec();
        if loose {
            changes.iter_mut().for_each(|change| change.group = None);
        }
        say(tx, "SAVEPOINT piece").await?;
        match self.try_to(tx, &changes, &refused).await {
            Ok(done) => {
                say(tx, "RELEASE SAVEPOINT piece").await?;
                Ok(done)
            }
            Err(Fault::Change(cause)) => {
                say(tx, "ROLLBACK TO SAVEPOINT piece; RELEASE SAVEPOINT piece").await?;
                Err(Fault::Change(cause))
            }
            Err(fault) => Err(fault),
        }
    }

    async fn try_to(
        &self,
        tx: &mut Tx,
        changes: &[Change],
        refused: &BTreeMap<usize, Problem>,
    ) -> Result<(Plan, Clock), Fault> {
        // What triggers do may have moved the clock as well.
        let mut clock = Clock::load(tx.conn(), self.exchange.caller.tenant()).await?;
        let plan = self.exchange.write(tx, self.opened, &mut clock, changes, refused).await?;
        // What would say no at the commit says it now.
        say(tx, "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED").await?;
        Ok((plan, clock))
    }
}

async fn say(tx: &mut Tx, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(sql).execute(tx.conn()).await.map(drop)
}

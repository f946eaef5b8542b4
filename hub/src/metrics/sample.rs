//! The numbers that nobody asks for by working: schools, devices, records, events. Looked up now and then.
//!
//! Invariant: records are counted through the operators' door, so each count is in the audit log; and only those of schools
//! that have moved since, so a quiet night leaves no entries.

use super::{ByState, ByTenant, Class, Metrics};
use crate::refusal::Refusal;
use pems_db::{Access, AuthDb, OperatorDb, SchoolLevel};
use pems_model::Schema;
use sqlx::{AssertSqlSafe, Row};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Often enough for a graph of a day, rarely enough to cost nothing.
const EVERY: Duration = Duration::from_secs(600);
/// Schools with a number of their own; those beyond have none, so that the answer stays readable.
const NUMBERED_MAX: usize = 2_000;

pub(crate) struct Sampler {
    auth_db: AuthDb,
    operator_db: OperatorDb,
    schema: &'static Schema,
    metrics: Arc<Metrics>,
    /// Revision and live records as of the last count.
    known: HashMap<Uuid, (i64, i64)>,
}

impl Sampler {
    pub(crate) fn new(
        auth_db: AuthDb,
        operator_db: OperatorDb,
        schema: &'static Schema,
        metrics: Arc<Metrics>,
    ) -> Sampler {
        Sampler { auth_db, operator_db, schema, metrics, known: HashMap::new() }
    }

    /// Samples until the hub stops.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let on = async {
            loop {
                if let Err(refusal) = self.sample().await {
                    tracing::warn!(%refusal, "the metrics were not sampled");
                }
                // Not a wait for something: a period. It ends at once when the hub stops.
                tokio::time::sleep(EVERY).await;
            }
        };
        stop.run_until_cancelled(on).await;
    }

    async fn sample(&mut self) -> Result<(), Refusal> {
        let levels = self.auth_db.levels().await?;
        let (waiting, parked) = self.auth_db.event_counts().await?;
        self.count(&levels).await?;
        let metrics = &self.metrics;
        for (state, count) in [("waiting", waiting), ("parked", parked)] {
            metrics.events.get_or_create_owned(&ByState { state: state.into() }).set(count);
        }
        let suspended = levels.iter().filter(|level| level.suspended).count();
        for (state, count) in [("suspended", suspended), ("active", levels.len() - suspended)] {
            let gauge = metrics.tenants.get_or_create_owned(&ByState { state: state.into() });
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
        metrics.devices_seen.set(levels.iter().map(|level| level.devices_seen).sum());
        metrics.show_rows(&levels, &self.known);
        Ok(())
    }

    async fn count(&mut self, levels: &[SchoolLevel]) -> Result<(), Refusal> {
        let seen = |level: &SchoolLevel| self.known.get(&level.tenant).map_or(0, |known| known.0);
        let moved: Vec<Uuid> =
            levels.iter().filter(|level| level.rev != seen(level)).map(|level| level.tenant).collect();
        if moved.is_empty() {
            return Ok(());
        }
        let doing = format!("metrics: count the records of {} schools", moved.len());
        let console = self.auth_db.begin_console(&doing).await?;
        let rows = self.operator_db.in_tx(&console, Access::ReadOnly, &doing, None, async |tx| {
            let mut rows: HashMap<Uuid, i64> = HashMap::new();
            for entity in self.schema.entities() {
                let sql = format!(
                    "SELECT tenant_id, count(*) FROM {} WHERE tenant_id = ANY($1) AND deleted_at IS NULL GROUP BY tenant_id",
                    entity.name
                );
                for row in sqlx::query(AssertSqlSafe(sql)).bind(&moved).fetch_all(tx.conn()).await? {
                    *rows.entry(row.try_get(0)?).or_default() += row.try_get::<i64, _>(1)?;
                }
            }
            Ok::<_, Refusal>(rows)
        });
        let rows = rows.await?;
        for level in levels.iter().filter(|level| moved.contains(&level.tenant)) {
            let count = rows.get(&level.tenant).copied().unwrap_or(0);
            self.known.insert(level.tenant, (level.rev, count));
        }
        Ok(())
    }
}

impl Metrics {
    fn show_rows(&self, levels: &[SchoolLevel], known: &HashMap<Uuid, (i64, i64)>) {
        let mut classes = self.classes.write();
        classes.clear();
        self.rows.clear();
        self.over_quota.clear();
        for (at, level) in levels.iter().enumerate() {
            let rows = known.get(&level.tenant).map_or(0, |known| known.1);
            classes.insert(level.tenant, Class::of(rows));
            if at >= NUMBERED_MAX {
                continue;
            }
            let label = ByTenant { tenant: level.tenant.to_string() };
            self.rows.get_or_create_owned(&label).set(rows);
            if let Some(over) = level.storage_quota.map(|quota| rows.saturating_sub(quota)).filter(|over| *over > 0) {
                self.over_quota.get_or_create_owned(&label).set(over);
            }
        }
    }
}

//! Names and help texts, and the text that Prometheus reads.

use super::{ByPool, Metrics};
use crate::refusal::Refusal;
use pems_db::{AuthDb, ConsoleDb, OperatorDb, TenantDb};
use prometheus_client::encoding::text;

/// The connections that are counted.
pub(crate) struct Pools<'a> {
    pub(crate) tenant_db: &'a TenantDb,
    pub(crate) operator_db: &'a OperatorDb,
    pub(crate) console_db: &'a ConsoleDb,
    pub(crate) auth_db: &'a AuthDb,
}

impl Metrics {
    pub(super) fn register(&self) {
        let mut registry = self.registry.lock();
        let mut add =
            |name: &str, help: &str, metric: Box<dyn Registered>| metric.into_registry(name, help, &mut registry);
        let m = self;
        add("pems_request_seconds", "Time to the first byte of the answer", Box::new(m.latency.clone()));
        add("pems_requests", "Requests answered", Box::new(m.requests.clone()));
        add("pems_failed_sign_ins", "Sign-ins refused", Box::new(m.failed_sign_ins.clone()));
        add("pems_refresh_reuse", "Refresh tokens that came twice", Box::new(m.refresh_reuse.clone()));
        add(
            "pems_cross_tenant_attempts",
            "Requests for what their school does not have",
            Box::new(m.cross_tenant.clone()),
        );
        add(
            "pems_policy_violations",
            "Statements that PostgreSQL refused for want of right",
            Box::new(m.violations.clone()),
        );
        add("pems_rate_limited", "Requests refused for coming too often", Box::new(m.rate_limited.clone()));
        add("pems_panics", "Requests that ended in a panic", Box::new(m.panics.clone()));
        add("pems_too_slow", "Requests refused for coming in too slowly", Box::new(m.too_slow.clone()));
        add("pems_turned_away", "Connections refused because there were too many", Box::new(m.turned_away.clone()));
        add("pems_connections", "Connections of clients", Box::new(m.connections.clone()));
        add("pems_reads", "Answers to reads, by where they came from", Box::new(m.cache.clone()));
        add("pems_tenants_created", "Schools added", Box::new(m.tenants_created.clone()));
        add("pems_tenants", "Schools", Box::new(m.tenants.clone()));
        add("pems_tenant_rows", "TenantStates records of each school", Box::new(m.rows.clone()));
        add("pems_tenant_over_quota", "Records beyond the school's storageQuota", Box::new(m.over_quota.clone()));
        add("pems_devices_seen", "Devices that spoke to the hub within a day", Box::new(m.devices_seen.clone()));
        add("pems_events", "Events not yet delivered", Box::new(m.events.clone()));
        add("pems_pool_connections", "Database connections", Box::new(m.pools.clone()));
        add("pems_transactions", "Transactions through the schools' door", Box::new(m.transactions.clone()));
        add("pems_entering_seconds", "Time until they had their context", Box::new(m.entering.clone()));
        add("pems_transaction_seconds", "Time from begin to end of all of them", Box::new(m.in_transactions.clone()));
    }

    /// What `/metrics` answers.
    ///
    /// # Errors
    /// If it cannot be written, which would be a mistake of ours.
    pub(crate) fn text(&self, of: &Pools<'_>) -> Result<String, Refusal> {
        for (pool, (used, idle, most)) in [
            ("app", of.tenant_db.usage()),
            ("operator", of.operator_db.usage()),
            ("console", of.console_db.usage()),
            ("auth", of.auth_db.usage()),
        ] {
            for (state, count) in [("used", used), ("idle", idle), ("most", most)] {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                self.pools.get_or_create_owned(&ByPool { pool, state }).set(count);
            }
        }
        let wall = of.tenant_db.reading();
        raise(&self.transactions, wall.transactions);
        raise_seconds(&self.entering, wall.entering_us);
        raise_seconds(&self.in_transactions, wall.total_us);
        let mut out = String::new();
        text::encode(&mut out, &self.registry.lock()).map_err(|error| Refusal::internal("metrics", &error))?;
        Ok(out)
    }
}

/// Brings a counter to the sum that is kept elsewhere.
fn raise(counter: &prometheus_client::metrics::counter::Counter, to: u64) {
    counter.inc_by(to.saturating_sub(counter.get()));
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of years fit")]
fn raise_seconds(
    counter: &prometheus_client::metrics::counter::Counter<f64, std::sync::atomic::AtomicU64>,
    micros: u64,
) {
    counter.inc_by((micros as f64 / 1e6 - counter.get()).max(0.0));
}

/// A metric that can go into the registry under its name.
trait Registered {
    fn into_registry(self: Box<Self>, name: &str, help: &str, registry: &mut prometheus_client::registry::Registry);
}

impl<M: prometheus_client::registry::Metric> Registered for M {
    fn into_registry(self: Box<Self>, name: &str, help: &str, registry: &mut prometheus_client::registry::Registry) {
        registry.register(name, help, *self);
    }
}

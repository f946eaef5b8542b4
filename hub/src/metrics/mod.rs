//! What the hub tells a Prometheus server about itself. docs/metrics.md lists every name with an alarm.
//!
//! Invariants: labels come from lists of our own (route templates, codes, ids of schools), never from a request's text; no
//! number is about a person. One registry for each hub, so that several hubs in one process do not mix.

mod sample;
mod text;

pub(crate) use sample::Sampler;
pub(crate) use text::Pools;

use crate::refusal::{Alarm, Refusal};
use parking_lot::{Mutex, RwLock};
use pems_db::Keys;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// What opens `/metrics`: follows from the hub's key, so that it is known without asking a hub that runs.
pub(crate) fn token(keys: &Keys) -> String {
    hex::encode(keys.derive("pems hub: metrics"))
}

/// What opens `/metrics` of a hub.
#[derive(Clone)]
pub(crate) struct MetricsToken(Arc<str>);

impl MetricsToken {
    pub(crate) fn new(keys: &Keys) -> MetricsToken {
        MetricsToken(token(keys).into())
    }

    pub(crate) fn is(&self, told: &str) -> bool {
        // Hashes compare in the same time wherever they differ.
        blake3::hash(told.as_bytes()) == blake3::hash(self.0.as_bytes())
    }
}

impl std::fmt::Debug for MetricsToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MetricsToken").finish_non_exhaustive()
    }
}

/// Seconds: from an answer out of memory to a first sync over a bad line.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// How large a school is, for comparing like with like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    /// Enrolment, sign-in, operators.
    NoSchool,
    Small,
    Medium,
    Large,
}

impl Class {
    /// Records of a school up to which it is small, and medium: about 600 and about 3,000 learners with a year's records.
    const SMALL: i64 = 20_000;
    const MEDIUM: i64 = 200_000;

    fn of(rows: i64) -> Class {
        if rows <= Class::SMALL {
            Class::Small
        } else if rows <= Class::MEDIUM {
            Class::Medium
        } else {
            Class::Large
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Class::NoSchool => "none",
            Class::Small => "small",
            Class::Medium => "medium",
            Class::Large => "large",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByRoute {
    route: String,
    class: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByStatus {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByReason {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByState {
    state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByTenant {
    tenant: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByPool {
    pool: &'static str,
    state: &'static str,
}

type Latency = Family<ByRoute, Histogram, fn() -> Histogram>;

#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Mutex<Registry>,
    latency: Latency,
    requests: Family<ByStatus, Counter>,
    failed_sign_ins: Family<ByReason, Counter>,
    refresh_reuse: Counter,
    cross_tenant: Family<ByReason, Counter>,
    violations: Family<ByState, Counter>,
    rate_limited: Family<ByReason, Counter>,
    panics: Counter,
    too_slow: Counter,
    turned_away: Family<ByReason, Counter>,
    connections: Gauge,
    cache: Family<ByReason, Counter>,
    tenants_created: Counter,
    tenants: Family<ByState, Gauge>,
    rows: Family<ByTenant, Gauge>,
    over_quota: Family<ByTenant, Gauge>,
    devices_seen: Gauge,
    events: Family<ByState, Gauge>,
    pools: Family<ByPool, Gauge>,
    transactions: Counter,
    entering: Counter<f64, std::sync::atomic::AtomicU64>,
    in_transactions: Counter<f64, std::sync::atomic::AtomicU64>,
    /// As of the last sample.
    classes: RwLock<HashMap<Uuid, Class>>,
}

impl Metrics {
    pub(crate) fn new() -> Metrics {
        let metrics = Metrics {
            registry: Mutex::default(),
            latency: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            requests: Family::default(),
            failed_sign_ins: Family::default(),
            refresh_reuse: Counter::default(),
            cross_tenant: Family::default(),
            violations: Family::default(),
            rate_limited: Family::default(),
            panics: Counter::default(),
            too_slow: Counter::default(),
            turned_away: Family::default(),
            connections: Gauge::default(),
            cache: Family::default(),
            tenants_created: Counter::default(),
            tenants: Family::default(),
            rows: Family::default(),
            over_quota: Family::default(),
            devices_seen: Gauge::default(),
            events: Family::default(),
            pools: Family::default(),
            transactions: Counter::default(),
            entering: Counter::default(),
            in_transactions: Counter::default(),
            classes: RwLock::default(),
        };
        metrics.register();
        metrics
    }

    /// A request is over. `route` is a template of ours.
    pub(crate) fn answered(
        &self,
        route: &str,
        method: &'static str,
        status: u16,
        tenant: Option<Uuid>,
        took: Duration,
    ) {
        let class = tenant.map_or(Class::NoSchool, |tenant| self.class(tenant)).name();
        self.latency.get_or_create_owned(&ByRoute { route: route.to_owned(), class }).observe(took.as_secs_f64());
        self.requests.get_or_create_owned(&ByStatus { route: route.to_owned(), method, status }).inc();
    }

    pub(crate) fn class(&self, tenant: Uuid) -> Class {
        let classes = self.classes.read();
        classes.get(&tenant).copied().unwrap_or(Class::Small)
    }

    /// `reason`: one of our own words, such as a stable code.
    pub(crate) fn failed_sign_in(&self, reason: &'static str) {
        self.failed_sign_ins.get_or_create_owned(&ByReason { reason }).inc();
    }

    pub(crate) fn refresh_reused(&self) {
        self.refresh_reuse.inc();
    }

    pub(crate) fn rate_limited(&self, limit: &'static str) {
        self.rate_limited.get_or_create_owned(&ByReason { reason: limit }).inc();
    }

    /// A handler ended in a panic.
    pub(crate) fn panicked(&self) {
        self.panics.inc();
    }

    #[cfg(test)]
    pub(crate) fn panics(&self) -> u64 {
        self.panics.get()
    }

    /// A request was refused for coming in too slowly.
    pub(crate) fn too_slow(&self) {
        self.too_slow.inc();
    }

    /// A connection was refused: `address` or `all` have too many.
    pub(crate) fn turned_away(&self, reason: &'static str) {
        self.turned_away.get_or_create_owned(&ByReason { reason }).inc();
    }

    pub(crate) fn connected(&self, now: usize) {
        self.connections.set(i64::try_from(now).unwrap_or(i64::MAX));
    }

    /// `how`: `hit`, `miss` or `not_modified`.
    pub(crate) fn read(&self, how: &'static str) {
        self.cache.get_or_create_owned(&ByReason { reason: how }).inc();
    }

    pub(crate) fn tenant_created(&self) {
        self.tenants_created.inc();
    }

    /// A request was refused: some refusals are for somebody to look at.
    pub(crate) fn refused(&self, refusal: &Refusal) {
        match refusal.alarm() {
            None => {}
            Some(Alarm::AcrossSchools(how)) => self.cross_tenant(how),
            Some(Alarm::Wall(state)) => {
                self.violations.get_or_create_owned(&ByState { state: state.clone() }).inc();
                self.cross_tenant("policy");
            }
        }
    }

    fn cross_tenant(&self, how: &'static str) {
        self.cross_tenant.get_or_create_owned(&ByReason { reason: how }).inc();
    }
}

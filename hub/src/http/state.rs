//! Everything that a running hub consists of, in one place that all requests share.

use crate::auth::assertions::Assertions;
use crate::auth::password::Passwords;
use crate::auth::seal::Seal;
use crate::auth::tokens::Successors;
use crate::metrics::Metrics;
use crate::rate_limit::Limits;
use crate::reads::cache::Reads;
use crate::server::config::Patience;
use crate::server::connections::Crowd;
use crate::sync::schema_negotiation::ShapeMemory;
use crate::sync::tenant_state::Live;
use ipnet::IpNet;
use pems_db::{AccessTokens, AuthDb, OperatorDb, Shares, TenantDb};
use pems_model::Schema;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) schema: &'static Schema,
    pub(crate) epoch: Uuid,
    pub(crate) tenant: TenantDb,
    pub(crate) operator: OperatorDb,
    pub(crate) auth_db: AuthDb,
    pub(crate) access: AccessTokens,
    pub(crate) assertions: Assertions,
    pub(crate) passwords: Passwords,
    /// Opens operators' second factors.
    pub(crate) seal: Seal,
    pub(crate) live: Arc<Live>,
    pub(crate) shapes: ShapeMemory,
    pub(crate) limits: Limits,
    pub(crate) metrics: Arc<Metrics>,
    /// Opens `/metrics`.
    pub(crate) metrics_token: String,
    pub(crate) reads: Reads,
    pub(crate) trust_proxies: Vec<IpNet>,
    /// Pulls at work at once: leaves connections for pushes.
    pub(crate) pulls: Semaphore,
    /// Of these, what one school may have.
    pub(crate) pull_shares: Shares,
    pub(crate) successors: Successors,
    pub(crate) patience: Patience,
    pub(crate) crowd: Crowd,
    pub(crate) stop: CancellationToken,
}

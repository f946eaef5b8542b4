//! What the routes are made of: each handler takes its part.

use super::patience::Patience;
use crate::auth::Auth;
use crate::metrics::Metrics;
use crate::rate_limit::Limits;
use crate::reads::Reader;
use crate::sync::Exchanges;
use crate::sync::tenant_state::TenantStates;
use crate::users::Users;
use ipnet::IpNet;
use pems_db::{AuthDb, OperatorDb, Shares, TenantDb};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) auth: Auth,
    pub(crate) exchanges: Exchanges,
    pub(crate) reader: Reader,
    pub(crate) users: Users,
    pub(crate) tenant_db: TenantDb,
    pub(crate) operator_db: OperatorDb,
    pub(crate) auth_db: AuthDb,
    pub(crate) live: Arc<TenantStates>,
    pub(crate) limits: Arc<Limits>,
    /// Requests of people, each school's share of them.
    pub(crate) at_work: Shares,
    pub(crate) metrics: Arc<Metrics>,
    /// Opens `/metrics`.
    pub(crate) metrics_token: String,
    pub(crate) trust_proxies: Vec<IpNet>,
    pub(crate) patience: Patience,
    pub(crate) stop: CancellationToken,
}

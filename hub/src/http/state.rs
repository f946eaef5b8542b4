//! What the routes are made of. A handler says which part it uses, `State<Arc<Users>>`, and can be given no other: the whole
//! cannot be looked into. `server` alone, which puts the parts together, knows them all.

use super::client_ip::TrustedProxies;
use super::patience::Patience;
use crate::auth::Auth;
use crate::console::Console;
use crate::metrics::{Metrics, MetricsToken};
use crate::rate_limit::Limits;
use crate::reads::Reader;
use crate::sync::Exchanges;
use crate::users::Users;
use axum::extract::FromRef;
use pems_db::{AuthDb, OperatorDb, Shares, TenantDb};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;

/// All of a hub's parts.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) auth: Arc<Auth>,
    pub(crate) console: Arc<Console>,
    pub(crate) exchanges: Arc<Exchanges>,
    pub(crate) reader: Arc<Reader>,
    pub(crate) users: Arc<Users>,
    pub(crate) tenant_db: TenantDb,
    pub(crate) operator_db: OperatorDb,
    pub(crate) auth_db: AuthDb,
    pub(crate) limits: Arc<Limits>,
    pub(crate) at_work: AtWork,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) metrics_token: MetricsToken,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) patience: Patience,
    pub(crate) stop: CancellationToken,
}

/// Requests of people that are at work, each school's share of them.
#[derive(Debug, Clone)]
pub(crate) struct AtWork(pub(crate) Shares);

/// The parts as the router holds them; see [`FromRef`] for what can be had of them.
#[derive(Debug, Clone)]
pub(crate) struct Hub(Arc<Parts>);

impl Hub {
    pub(crate) fn new(parts: Parts) -> Hub {
        Hub(Arc::new(parts))
    }
}

/// A folder of routes, with its part of the OpenAPI document.
pub(super) type Routes = OpenApiRouter<Hub>;

macro_rules! parts {
    ($($field:ident: $part:ty,)*) => {
        $(impl FromRef<Hub> for $part {
            fn from_ref(hub: &Hub) -> $part {
                hub.0.$field.clone()
            }
        })*
    };
}

parts! {
    auth: Arc<Auth>,
    console: Arc<Console>,
    exchanges: Arc<Exchanges>,
    reader: Arc<Reader>,
    users: Arc<Users>,
    tenant_db: TenantDb,
    operator_db: OperatorDb,
    auth_db: AuthDb,
    limits: Arc<Limits>,
    at_work: AtWork,
    metrics: Arc<Metrics>,
    metrics_token: MetricsToken,
    trusted_proxies: TrustedProxies,
    patience: Patience,
    stop: CancellationToken,
}

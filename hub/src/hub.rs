//! Everything that a running hub consists of, in one place that all requests share.

use crate::assertions::Assertions;
use crate::config::Patience;
use crate::crowd::Crowd;
use crate::limits::Limits;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::people::password::Passwords;
use crate::people::seal::Seal;
use crate::people::tokens::Successors;
use crate::read::kept::Reads;
use crate::shapes::ShapeMemory;
use ipnet::IpNet;
use pems_doors::{AccessTokens, Lobby, Operator, Shares, Tenant};
use pems_model::Schema;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) schema: &'static Schema,
    pub(crate) epoch: Uuid,
    pub(crate) tenant: Tenant,
    pub(crate) operator: Operator,
    pub(crate) lobby: Lobby,
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

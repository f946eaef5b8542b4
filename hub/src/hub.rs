//! Everything that a running hub consists of, in one place that all requests share.

use crate::bearer::Tokens;
use crate::doors::Tenant;
use crate::limits::Limits;
use crate::live::Live;
use crate::shapes::ShapeMemory;
use pems_model::Schema;
use sqlx::PgPool;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) schema: &'static Schema,
    pub(crate) epoch: Uuid,
    pub(crate) tenant: Tenant,
    /// Logged in as `hub_auth`, which can run two functions and nothing else.
    pub(crate) auth: PgPool,
    pub(crate) tokens: Tokens,
    pub(crate) live: Arc<Live>,
    pub(crate) shapes: ShapeMemory,
    pub(crate) limits: Limits,
    /// Pulls at work at once: leaves connections for pushes.
    pub(crate) pulls: Semaphore,
    pub(crate) stop: CancellationToken,
}

//! Everything that a running hub consists of, in one place that all requests share.

use crate::bearer::Assertions;
use crate::limits::Limits;
use crate::live::Live;
use crate::shapes::ShapeMemory;
use pems_doors::{AccessTokens, Lobby, Tenant};
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
    pub(crate) lobby: Lobby,
    pub(crate) access: AccessTokens,
    pub(crate) assertions: Assertions,
    pub(crate) live: Arc<Live>,
    pub(crate) shapes: ShapeMemory,
    pub(crate) limits: Limits,
    /// Pulls at work at once: leaves connections for pushes.
    pub(crate) pulls: Semaphore,
    pub(crate) stop: CancellationToken,
}

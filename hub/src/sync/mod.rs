//! Offices' copies and the hub's records brought level: changes in (`push`), rows out (`pull`), in the order that each school's
//! clock gives them.

pub(crate) mod clock;
pub(crate) mod device_list;
pub(crate) mod lines;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod schema_negotiation;
pub(crate) mod tenant_state;

use pems_db::{Shares, TenantDb};
use pems_model::Schema;
use schema_negotiation::NegotiatedSchemas;
use std::sync::Arc;
use std::time::Duration;
use tenant_state::TenantStates;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// What exchanges with devices are carried out with.
#[derive(Debug)]
pub(crate) struct Exchanges {
    pub(crate) schema: &'static Schema,
    pub(crate) epoch: Uuid,
    pub(crate) tenant_db: TenantDb,
    pub(crate) live: Arc<TenantStates>,
    pub(crate) shapes: NegotiatedSchemas,
    /// Pulls at work at once: leaves connections for pushes.
    pub(crate) pulls: Semaphore,
    /// Of these, what one school may have.
    pub(crate) pull_shares: Shares,
    /// How long one may take.
    pub(crate) longest_pull: Duration,
}

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
use pems_model::wire::SILENCE;
use pull::Places;
use schema_negotiation::NegotiatedSchemas;
use std::sync::Arc;
use std::time::Duration;
use tenant_state::TenantStates;
use uuid::Uuid;

/// How long an exchange waits before its answer begins, while nothing can be sent: for its place on the device's line, for room
/// for its body, and a push for its school's turn. Who waited in vain is told that the hub is busy.
pub(crate) const LINE_WAIT: Duration = Duration::from_secs(10);
pub(crate) const BODY_WAIT: Duration = Duration::from_secs(10);
pub(crate) const TURN_WAIT: Duration = Duration::from_secs(15);

// An office that hung up before would never hear it.
const _: () = assert!(LINE_WAIT.as_secs() + BODY_WAIT.as_secs() + TURN_WAIT.as_secs() < SILENCE.as_secs());

/// What exchanges with devices are carried out with.
#[derive(Debug)]
pub(crate) struct Exchanges {
    pub(crate) schema: &'static Schema,
    pub(crate) epoch: Uuid,
    pub(crate) tenant_db: TenantDb,
    pub(crate) live: Arc<TenantStates>,
    pub(crate) shapes: NegotiatedSchemas,
    /// Pulls at work at once: leaves connections for pushes.
    pub(crate) pulls: Places,
    /// Of these, what one school may have.
    pub(crate) pull_shares: Shares,
    /// How long one may take.
    pub(crate) longest_pull: Duration,
    /// And how long for a slow line, when others wait.
    pub(crate) slow_pull: Duration,
}

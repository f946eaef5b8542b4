//! Who listens inside the hub itself.

use crate::events::{Delivery, DomainEvent, Subscriber};
use crate::metrics::Metrics;
use crate::sync::tenant_state::TenantStates;
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// Counts for the metrics. An event that is delivered twice is counted twice.
#[derive(Debug)]
pub(crate) struct CountEvents(pub(crate) Arc<Metrics>);

impl Subscriber for CountEvents {
    fn name(&self) -> &'static str {
        "metrics"
    }

    fn deliver<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Result<(), String>> {
        if matches!(delivery.event, DomainEvent::TenantCreated { .. }) {
            self.0.tenant_created();
        }
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Makes the hub look again at a school's settings.
#[derive(Debug)]
pub(crate) struct ForgetSettings(pub(crate) Arc<TenantStates>);

impl Subscriber for ForgetSettings {
    fn name(&self) -> &'static str {
        "live"
    }

    fn deliver<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Result<(), String>> {
        if matches!(delivery.event, DomainEvent::TenantUpdated { .. }) {
            self.0.forget_settings(delivery.tenant);
        }
        Box::pin(std::future::ready(Ok(())))
    }
}

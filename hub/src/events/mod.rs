//! What happened to schools and their people, told to whoever subscribes inside this process.
//!
//! Invariants:
//! - an event is written in the transaction that makes it happen: no event without its cause, no cause without its event;
//! - each is delivered at least once, a school's in the order of its commits; one that fails too often is set aside (and shows
//!   in the metrics) so that those behind it go on;
//! - payloads carry ids and settings, never a person's name or a record.

mod dispatch;

pub(crate) use dispatch::Dispatcher;

use crate::refusal::Refusal;
use futures_util::future::BoxFuture;
use pems_db::{ClaimedEvent, Tx, sys};
use pems_model::Role;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use time::OffsetDateTime;
use uuid::Uuid;

/// Everything that can happen. On the wire and in the outbox `type` is the name in capitals: `TENANT_CREATED`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DomainEvent {
    TenantCreated {
        name: String,
        slug: String,
    },
    /// Which settings are others now.
    TenantUpdated {
        changed: Vec<String>,
    },
    TenantSuspended {},
    TenantResumed {},
    DeviceRevoked {
        device: Uuid,
    },
    UserCreated {
        user: Uuid,
        role: Role,
    },
    UserUpdated {
        user: Uuid,
    },
    UserDisabled {
        user: Uuid,
    },
    UserEnabled {
        user: Uuid,
    },
    PasswordReset {
        user: Uuid,
    },
}

/// An event as a subscriber gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub tenant: Uuid,
    /// Counts up within the school.
    pub seq: i64,
    /// The same at every delivery: what acts only once remembers it.
    pub id: Uuid,
    pub occurred_at: OffsetDateTime,
    pub event: DomainEvent,
}

/// Somebody who wants to know. Called again with the same event until it succeeds, also after it has succeeded if the hub
/// stopped before it could note that.
pub trait Subscriber: Send + Sync + std::fmt::Debug {
    /// For the log.
    fn name(&self) -> &'static str;

    /// # Errors
    /// In words for the log, without personal data; the event comes again.
    fn deliver<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Result<(), String>>;
}

/// Notes what a request of a school does, in its own transaction.
///
/// # Errors
/// As the database's; the caller's transaction is over then.
pub(crate) async fn emit(tx: &mut Tx, event: &DomainEvent) -> Result<(), Refusal> {
    let (kind, payload) = parts(event)?;
    let id = sys::new_ordered_id(sys::now())?;
    sqlx::query!("SELECT sec.emit($1, $2, $3)", id, kind, payload).execute(tx.conn()).await?;
    Ok(())
}

/// Notes what an operator does to a school, in its own transaction.
///
/// # Errors
/// As [`emit`].
pub(crate) async fn emit_of(tx: &mut Tx, school: Uuid, event: &DomainEvent) -> Result<(), Refusal> {
    let (kind, payload) = parts(event)?;
    let id = sys::new_ordered_id(sys::now())?;
    sqlx::query!("SELECT sec.emit_of($1, $2, $3, $4)", school, id, kind, payload).execute(tx.conn()).await?;
    Ok(())
}

fn parts(event: &DomainEvent) -> Result<(String, Json), Refusal> {
    let split = || {
        let Json::Object(mut fields) = serde_json::to_value(event).ok()? else { return None };
        let Some(Json::String(kind)) = fields.remove("type") else { return None };
        Some((kind, Json::Object(fields)))
    };
    split().ok_or_else(|| Refusal::internal("event", &"it is no object with a type"))
}

fn delivery(claimed: &ClaimedEvent) -> Result<Delivery, String> {
    let mut fields = match &claimed.payload {
        Json::Object(fields) => fields.clone(),
        _ => return Err("its payload is no object".into()),
    };
    fields.insert("type".into(), Json::from(claimed.kind.as_str()));
    let event = serde_json::from_value(Json::Object(fields))
        .map_err(|error| format!("this hub does not understand it ({error}); is there a newer one?"))?;
    let ClaimedEvent { tenant, seq, id, occurred_at, .. } = *claimed;
    Ok(Delivery { tenant, seq, id, occurred_at, event })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_survives_the_outbox() {
        let at = OffsetDateTime::UNIX_EPOCH;
        for event in [
            DomainEvent::TenantCreated { name: "Mabini".into(), slug: "mabini".into() },
            DomainEvent::TenantSuspended {},
            DomainEvent::UserCreated { user: Uuid::from_u128(7), role: Role::Teacher },
        ] {
            let (kind, payload) = parts(&event).expect("an object");
            assert!(kind.chars().all(|c| c.is_ascii_uppercase() || c == '_'), "{kind}");
            let claimed = ClaimedEvent {
                tenant: Uuid::nil(),
                seq: 1,
                id: Uuid::nil(),
                kind,
                payload,
                occurred_at: at,
                attempts: 1,
            };
            assert_eq!(delivery(&claimed).expect("understood").event, event);
            assert!(delivery(&ClaimedEvent { kind: "TENANT_ERASED".into(), ..claimed }).is_err());
        }
    }
}

//! What the hub does for all schools at once, as `hub_auth`, through functions that show no record: delivering events, and the
//! numbers behind its metrics.

use crate::auth_db::{AuthDb, Hints};
use crate::error::DbError;
use serde_json::Value as Json;
use sqlx::postgres::PgListener;
use sqlx::postgres::types::PgInterval;
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

/// An event that is this hub's to deliver, for the time of its lease.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedEvent {
    /// The school it is about.
    pub tenant: Uuid,
    /// Its place among the events of the school.
    pub seq: i64,
    /// The same at every delivery, so that a receiver can tell it again.
    pub id: Uuid,
    /// For example `TENANT_CREATED`.
    pub kind: String,
    /// What the receiver is told, an object whose members follow from `kind`.
    pub payload: Json,
    /// When it was written, in the transaction that it tells of.
    pub occurred_at: OffsetDateTime,
    /// How often it was taken to be delivered, this time included.
    pub attempts: i32,
}

/// What the hub knows of a school without looking at its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolLevel {
    /// The school.
    pub tenant: Uuid,
    /// Its clock: the revision of its newest change.
    pub rev: i64,
    /// Whether the hub answers none of its devices and users.
    pub suspended: bool,
    /// Devices that spoke to the hub within a day.
    pub devices_seen: i64,
    /// Records that it may have before somebody is told; `None`: no limit.
    pub storage_quota: Option<i64>,
}

impl AuthDb {
    /// Takes the first waiting event of each of at most `most` schools; `lease` is the time in which it must be delivered.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn claim_events(&self, most: i32, lease: Duration) -> Result<Vec<ClaimedEvent>, DbError> {
        let claimed = sqlx::query_as!(
            ClaimedEvent,
            r#"SELECT tenant AS "tenant!", seq AS "seq!", id AS "id!", type AS "kind!", payload AS "payload!",
                   occurred_at AS "occurred_at!", attempts AS "attempts!"
               FROM sec.claim_events($1, $2)"#,
            most,
            interval(lease)
        );
        Ok(claimed.fetch_all(&self.pool).await?)
    }

    /// # Errors
    /// A database that is busy or away: the event will come again.
    pub async fn event_delivered(&self, event: &ClaimedEvent) -> Result<(), DbError> {
        let query = sqlx::query!("SELECT sec.event_delivered($1, $2)", event.tenant, event.seq);
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// The event comes again after `wait`; `None`: not before a hub starts anew.
    ///
    /// # Errors
    /// A database that is busy or away: the event will come again when the lease is over.
    pub async fn event_failed(&self, event: &ClaimedEvent, wait: Option<Duration>) -> Result<(), DbError> {
        let wait = wait.map(interval);
        let query = sqlx::query!("SELECT sec.event_failed($1, $2, $3)", event.tenant, event.seq, wait);
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// What was given up gets another chance; what was delivered longer than `keep` ago goes.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn tidy_events(&self, keep: Duration) -> Result<(), DbError> {
        sqlx::query!("SELECT sec.tidy_events($1)", interval(keep)).execute(&self.pool).await?;
        Ok(())
    }

    /// Events that wait, and events that were given up.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn event_counts(&self) -> Result<(i64, i64), DbError> {
        let query = sqlx::query!(r#"SELECT waiting AS "waiting!", parked AS "parked!" FROM sec.event_counts()"#);
        let counts = query.fetch_one(&self.pool).await?;
        Ok((counts.waiting, counts.parked))
    }

    /// Hears that events wait.
    ///
    /// # Errors
    /// A database that is away.
    pub async fn event_hints(&self) -> Result<Hints, DbError> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen("hub_events").await?;
        Ok(Hints::new(listener, &self.pool))
    }

    /// # Errors
    /// A database that is busy or away.
    pub async fn levels(&self) -> Result<Vec<SchoolLevel>, DbError> {
        let levels = sqlx::query_as!(
            SchoolLevel,
            r#"SELECT tenant AS "tenant!", rev AS "rev!", suspended AS "suspended!", devices_seen AS "devices_seen!",
                   storage_quota
               FROM sec.levels()"#
        );
        Ok(levels.fetch_all(&self.pool).await?)
    }

    /// Connections in use, idle, and the most there may be.
    pub fn usage(&self) -> (usize, usize, usize) {
        let size = usize::try_from(self.pool.size()).unwrap_or(usize::MAX);
        let idle = self.pool.num_idle().min(size);
        let most = usize::try_from(self.pool.options().get_max_connections()).unwrap_or(usize::MAX);
        (size - idle, idle, most)
    }
}

fn interval(of: Duration) -> PgInterval {
    PgInterval { months: 0, days: 0, microseconds: i64::try_from(of.as_micros()).unwrap_or(i64::MAX) }
}

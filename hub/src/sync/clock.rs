//! A school's clock row: its revision, how far each entity has moved, and the digests.

use crate::refusal::Refusal;
use pems_model::Code;
use pems_model::digest::{self, Digest};
use pems_model::wire::Cursors;
use serde_json::{Map, Value as Json, json};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Columns of [`Clock::read`], in its order; texts, because they come with a transaction's first statement, which is not prepared.
pub(crate) const COLUMNS: &str = "rev, entity_rev::text, digest::text";

#[derive(Debug, Clone)]
pub(crate) struct Clock {
    pub(crate) rev: i64,
    /// Unknown after somebody changed rows by hand; found out by [`crate::sync::pull::scan`].
    pub(crate) state: Option<State>,
}

/// What is known of each entity that has ever had rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) revs: BTreeMap<String, i64>,
    pub(crate) digests: BTreeMap<String, Digest>,
}

impl Clock {
    /// # Errors
    /// A school without one.
    pub(crate) fn of_school(rows: &[PgRow]) -> Result<Clock, Refusal> {
        let missing = || Refusal::new(Code::NotFound, "the school has no clock; run `pems-hub verify`");
        Ok(Clock::read(rows.first().ok_or_else(missing)?)?)
    }

    pub(crate) fn read(row: &PgRow) -> Result<Clock, sqlx::Error> {
        Ok(Clock::of(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
    }

    /// As it is now, in the open transaction.
    ///
    /// # Errors
    /// As the database's.
    pub(crate) async fn load(conn: &mut PgConnection, tenant: Uuid) -> Result<Clock, sqlx::Error> {
        let clock = sqlx::query!(
            "SELECT rev, entity_rev::text AS revs, digest::text AS digests FROM tenant_clock WHERE tenant_id = $1",
            tenant
        );
        let found = clock.fetch_one(conn).await?;
        Ok(Clock::of(found.rev, found.revs, found.digests))
    }

    fn of(rev: i64, revs: Option<String>, digests: Option<String>) -> Clock {
        Clock { rev, state: revs.zip(digests).and_then(|(revs, digests)| State::parse(&revs, &digests)) }
    }

    /// A replica that has seen a revision which the school has never had here: this hub was put back from an older copy of its
    /// directory. Whatever it answered would be taken for newer than it is, and rows made since would never arrive.
    ///
    /// # Errors
    /// `hub_behind`.
    pub(crate) fn must_reach(&self, cursors: &Cursors) -> Result<(), Refusal> {
        let seen = cursors.highest();
        if seen <= self.rev {
            return Ok(());
        }
        let message = format!(
            "this hub is older than what this PC has seen (revision {} here, {seen} there): it was probably restored from a \
             backup. Nothing was changed; tell whoever runs the hub",
            self.rev
        );
        Err(Refusal::new(Code::HubBehind, message).with(json!({ "hub_rev": self.rev, "seen_rev": seen })))
    }
}

impl State {
    /// None for what cannot be read: then it is made anew from the rows, as after somebody changed them by hand.
    fn parse(revs: &str, digests: &str) -> Option<State> {
        type Read = serde_json::Result<(BTreeMap<String, i64>, BTreeMap<String, String>)>;
        let read: Read = serde_json::from_str(revs).and_then(|revs| Ok((revs, serde_json::from_str(digests)?)));
        let Ok((revs, digests)) = read else { return None };
        let digests: Option<_> = digests.into_iter().map(|(name, hex)| Some((name, Digest::from_hex(&hex)?))).collect();
        Some(State { revs, digests: digests? })
    }

    pub(crate) fn revs_json(&self) -> String {
        Json::Object(self.revs.iter().map(|(name, rev)| (name.clone(), Json::from(*rev))).collect()).to_string()
    }

    pub(crate) fn digests_json(&self) -> String {
        let hex = |(name, digest): (&String, &Digest)| (name.clone(), Json::from(digest.to_hex()));
        Json::Object(self.digests.iter().map(hex).collect::<Map<_, _>>()).to_string()
    }

    pub(crate) fn combined(&self) -> String {
        digest::combined(self.digests.iter().map(|(name, digest)| (name.as_str(), *digest)))
    }
}

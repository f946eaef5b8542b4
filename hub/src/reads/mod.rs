//! Answers to reads of one school's records, from memory where that is as good as asking.
//!
//! Invariants:
//! - an answer is kept under the hub's epoch, the school (and when it was made here), its revision and the whole question; records change only with the revision,
//!   so an answer that is found is the one that PostgreSQL would give, and never another school's;
//! - memory is used only while the revision is known for certain: every push of this process moves it before it is confirmed,
//!   a hint of the database makes it unknown ([`crate::sync::tenant_state`]), and only one process serves a hub;
//! - an answer that was computed comes from one snapshot, together with the revision that it carries.

pub(crate) mod cache;
pub(crate) mod cursor;
pub(crate) mod page;
mod students;

pub(crate) use students::{Learner, LearnerList, LearnerOne, Sort, fields, name_from};

use crate::metrics::Metrics;
use crate::refusal::Refusal;
use crate::schools::Settings;
use crate::sync::clock::{self, Clock};
use crate::sync::pull;
use crate::sync::tenant_state::{STALE, TenantHead, TenantStates};
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cache::{Answers, CacheKey};
use cursor::Cursors;
use pems_db::{Access, TenantContext, TenantDb, Tx};
use pems_model::Code;
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::future::Future;
use std::sync::Arc;
use tokio::time::Instant;
use uuid::Uuid;

/// What questions about records are answered with.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) epoch: Uuid,
    pub(crate) tenant_db: TenantDb,
    pub(crate) live: Arc<TenantStates>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) cache: Answers,
    pub(crate) cursors: Cursors,
}

/// A question about a school's records. Equal questions have equal JSON.
pub(crate) trait Question: Serialize + Sync {
    /// Its kind, so that questions of different kinds are never equal.
    const KIND: &'static str;

    /// Whether its rows are to come in the order of an index: see [`pull::IN_ORDER`]. Not for questions that few rows answer.
    fn in_order(&self) -> bool {
        false
    }

    /// The `data` of the answer, from the open transaction; `None` for a record that is not there.
    fn ask(
        &self,
        reader: &Reader,
        tx: &mut Tx,
        who: &TenantContext,
    ) -> impl Future<Output = Result<Option<Json>, Refusal>> + Send;
}

/// Names a question.
pub(crate) fn name_of<Q: Serialize>(kind: &str, question: &Q) -> [u8; 32] {
    let text = serde_json::to_vec(question).unwrap_or_default();
    *blake3::Hasher::new().update(kind.as_bytes()).update(&[0]).update(&text).finalize().as_bytes()
}

/// Answers `question`, or says that what the caller has is still true.
///
/// # Errors
/// `not_found` for a record that the school does not have; a suspended school; a busy database.
pub(crate) async fn answer<Q: Question>(
    reader: &Reader,
    who: &TenantContext,
    settings: &Settings,
    question: &Q,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let name = name_of(Q::KIND, &(reader.epoch, who.tenant(), settings.created_at, question));
    let live = reader.live.tenant(who.tenant());
    let known = live.watch().borrow().as_ref().filter(|level| level.as_of.elapsed() < STALE).map(|level| level.rev);
    if let Some(rev) = known {
        if has(headers, rev, &name) {
            reader.metrics.read("not_modified");
            return Ok(unchanged(rev, &name));
        }
        if let Some(body) = reader.cache.of(who.tenant()).get(&CacheKey { tenant: who.tenant(), rev, question: name }) {
            reader.metrics.read("hit");
            return Ok(answered(rev, &name, body));
        }
    }
    let generation = reader.live.generation();
    let order = if question.in_order() { pull::IN_ORDER } else { "" };
    let sql = format!("{order}; SELECT {} FROM tenant_clock WHERE tenant_id = '{}'", clock::COLUMNS, who.tenant());
    let asked = reader.tenant_db.in_tx_after(who, Access::ReadOnly, &sql, async |tx, rows| {
        let clock = Clock::of_school(&rows)?;
        let data = if has(headers, clock.rev, &name) { None } else { Some(question.ask(reader, tx, who).await?) };
        Ok::<_, Refusal>((clock, data))
    });
    let (clock, data) = asked.await?;
    if let Some(state) = &clock.state {
        let level = TenantHead { rev: clock.rev, digest: Some(state.combined()), as_of: Instant::now() };
        reader.live.learn(generation, &live, level);
    }
    let Some(data) = data else {
        reader.metrics.read("not_modified");
        return Ok(unchanged(clock.rev, &name));
    };
    let Some(data) = data else {
        return Err(
            Refusal::new(Code::NotFound, "there is no such record at your school").reaching_across("unknown_id")
        );
    };
    let body = Bytes::from(json!({ "success": true, "data": data }).to_string());
    reader.metrics.read("miss");
    reader
        .cache
        .of(who.tenant())
        .insert(CacheKey { tenant: who.tenant(), rev: clock.rev, question: name }, body.clone());
    Ok(answered(clock.rev, &name, body))
}

/// `"rev-hash"`: of one school at one revision, and of one question.
fn etag(rev: i64, name: &[u8; 32]) -> String {
    let hash: String = name[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{rev}-{hash}\"")
}

fn has(headers: &HeaderMap, rev: i64, name: &[u8; 32]) -> bool {
    let etag = etag(rev, name);
    let told = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    told.flat_map(|value| value.split(',')).any(|tag| tag.trim().trim_start_matches("W/") == etag)
}

fn unchanged(rev: i64, name: &[u8; 32]) -> Response {
    (StatusCode::NOT_MODIFIED, describing(rev, name)).into_response()
}

fn answered(rev: i64, name: &[u8; 32], body: Bytes) -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], describing(rev, name), body).into_response()
}

/// For the reader's own browser, which asks each time whether it is still true.
fn describing(rev: i64, name: &[u8; 32]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("authorization"));
    if let Ok(etag) = HeaderValue::from_str(&etag(rev, name)) {
        headers.insert(header::ETAG, etag);
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_of_one_revision_and_one_question() {
        let (a, b) = (name_of("a", &1), name_of("b", &1));
        assert_ne!(a, b);
        let sent = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, text.parse().expect("a value"));
            headers
        };
        assert!(has(&sent(&etag(7, &a)), 7, &a));
        assert!(has(&sent(&format!("\"x\", W/{}", etag(7, &a))), 7, &a));
        assert!(!has(&sent(&etag(7, &a)), 8, &a));
        assert!(!has(&sent(&etag(7, &a)), 7, &b));
        assert!(!has(&HeaderMap::new(), 7, &a));
    }
}

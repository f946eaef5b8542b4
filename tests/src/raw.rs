//! Requests as they are on the wire, for saying what no honest office would say.

use crate::rig::TestOffice;
use futures_util::StreamExt;
use pems_model::frame::{Frame, Rows};
use pems_model::wire::{Change, ChangeKind, ChangeResult, Cursors, End, ErrorBody, Outcome, SyncRequest};
use pems_model::{Code, Row, Schema, pgcopy};
use pems_node::sync::{ExchangeError, HubClient};
use pems_node::{Env, SystemEnv};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// An office's identity without its caution: a token and whatever it pleases to send.
#[derive(Debug)]
pub struct Speaker {
    pub url: String,
    pub token: String,
    http: reqwest::Client,
    request: SyncRequest,
}

impl Speaker {
    /// Speaks as `office`, with a token of its own.
    ///
    /// # Errors
    /// What the hub said to the request for a token.
    pub async fn new(office: &TestOffice) -> Result<Speaker, ErrorBody> {
        let mut store = office.store();
        let url = store.status().expect("a status").hub;
        let client = HubClient::new(&url).expect("an address");
        let (now, id) = (store.now() / 1_000_000, store.new_id());
        let answer = client.token(office.id(), &office.office.signing_key(), now, id).await;
        let token = answer.map_err(|error| error.to_body())?.access_token;
        let request = store.request(0, false).expect("a request");
        Ok(Speaker { url, token, http: reqwest::Client::new(), request })
    }

    /// An honest request with nothing to say, from a replica that has nothing.
    pub fn request(&self) -> SyncRequest {
        SyncRequest {
            changes: Vec::new(),
            people: Vec::new(),
            proofs: BTreeMap::new(),
            more: false,
            cursors: Cursors::Level(0),
            ..self.request.clone()
        }
    }

    /// The same with changes.
    pub fn push(&self, changes: Vec<Change>) -> SyncRequest {
        SyncRequest { changes, ..self.request() }
    }

    /// Sends it and reads the whole answer.
    ///
    /// # Errors
    /// The hub's refusal.
    ///
    /// # Panics
    /// If the line breaks.
    pub async fn sync(&self, request: &SyncRequest) -> Result<Answer, ErrorBody> {
        let client = HubClient::new(&self.url).expect("an address");
        let mut frames = client.exchange(&self.token, request);
        let mut answer = Answer::default();
        while let Some(frame) = frames.next().await {
            match frame {
                Ok(Frame::Results(results)) => answer.results = results,
                Ok(Frame::Rows(rows)) => answer.frames.push(rows),
                Ok(Frame::End(end)) => answer.end = Some(end),
                Ok(Frame::Error(error)) | Err(ExchangeError::Refused(error)) => return Err(error),
                Ok(Frame::Alive) => {}
                Err(ExchangeError::Broken(reason)) => panic!("the line broke: {reason}"),
            }
        }
        Ok(answer)
    }

    /// `POST /v1/sync` with any body and headers; gives the refusal, if it is one.
    ///
    /// # Panics
    /// If a refusal has no body that explains it, or the hub's database shows in it.
    pub async fn post(&self, body: Vec<u8>, headers: &[(&str, &str)]) -> Option<ErrorBody> {
        let mut post = self.http.post(format!("{}/v1/sync", self.url)).body(body);
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            post = post.bearer_auth(&self.token);
        }
        for (name, value) in headers {
            post = post.header(*name, *value);
        }
        let response = post.send().await.expect("an answer");
        let status = response.status();
        let body = response.bytes().await.expect("a whole answer");
        if status.is_success() {
            return None;
        }
        assert!(status.is_client_error(), "{status} is the hub's fault, not ours");
        let text = String::from_utf8(body.to_vec()).expect("text");
        assert!(!text.contains("SQLSTATE") && !text.contains("tenant_clock"), "the database shows: {text}");
        Some(serde_json::from_str(&text).unwrap_or_else(|_| panic!("a refusal without a reason: {status} {text}")))
    }
}

/// Everything that came in one answer.
#[derive(Debug, Default)]
pub struct Answer {
    pub results: Vec<ChangeResult>,
    pub frames: Vec<Rows>,
    pub end: Option<End>,
}

impl Answer {
    /// Rows of all kinds.
    ///
    /// # Panics
    /// If they cannot be read.
    pub fn rows(&self) -> Vec<(String, Row)> {
        let mut rows = Vec::new();
        for frame in &self.frames {
            let entity = Schema::product().entity(&frame.head.entity).expect("an entity");
            let raw = zstd::decode_all(&frame.body[..]).expect("whole zstd");
            for row in pgcopy::Reader::new(&raw, entity, &frame.head.columns) {
                rows.push((frame.head.entity.clone(), row.expect("a row")));
            }
        }
        rows
    }

    /// Why each change was refused; `None` for one that was accepted.
    pub fn refusals(&self) -> Vec<Option<Code>> {
        let code = |result: &ChangeResult| match &result.outcome {
            Outcome::Refused { problem } => Some(problem.code),
            _ => None,
        };
        self.results.iter().map(code).collect()
    }
}

/// A change as an office would make it.
///
/// # Panics
/// If `fields` is not an object.
pub fn change(op_no: i64, entity: &str, row_id: Uuid, base_rev: i64, fields: Json) -> Change {
    let Json::Object(fields) = fields else { panic!("fields are an object") };
    Change {
        id: SystemEnv.new_id(),
        op_no,
        entity: entity.to_owned(),
        row_id,
        kind: ChangeKind::Upsert,
        base_rev,
        fields: fields.into_iter().collect(),
        group: None,
        user_id: None,
        at: SystemEnv.now(),
    }
}

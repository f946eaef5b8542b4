//! The quiet school at work: it writes a learner, fetches what it lacks, and reads its own page.

use super::town::{School, Town};
use crate::strangers::Stay;
use pems_model::frame::Frame;
use pems_model::wire::{Cursors, SyncRequest};
use serde_json::json;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Turns of each kind in one round.
const TURNS: usize = 8;
/// After so long it is not waiting any more: the hub is away.
const GIVES_UP: Duration = Duration::from_secs(30);

/// How long the quiet school waited in one round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waits {
    pub(super) p50: Duration,
    pub(super) p99: Duration,
}

pub(super) struct Quiet<'a> {
    town: &'a Town,
    school: &'a School,
    op_no: i64,
}

impl<'a> Quiet<'a> {
    pub(super) fn new(town: &'a Town) -> Quiet<'a> {
        Quiet { town, school: &town.quiet, op_no: 0 }
    }

    pub(super) async fn work(&mut self, stay: &mut Stay, beside: &str) -> anyhow::Result<Waits> {
        let mut waits = Vec::new();
        for _ in 0..TURNS {
            self.op_no += 1;
            let fields = json!({ "last_name": "Quiet", "first_name": format!("{}", self.op_no) });
            let id = Uuid::new_v5(&self.school.id, &self.op_no.to_le_bytes());
            let change = crate::raw::change(self.op_no, "student", id, 0, fields);
            let push = SyncRequest { changes: vec![change], ..self.school.request(0) };
            let fetch = SyncRequest { cursors: Cursors::Level(0), ..self.school.request(1) };
            for (what, request) in [("a push", push), ("a fetch", fetch)] {
                let started = Instant::now();
                if let Err(why) = self.exchange(&request).await {
                    stay.found(format!("beside {beside} the quiet school was refused {what}: {why}"));
                }
                waits.push(started.elapsed());
            }
            let started = Instant::now();
            let read =
                self.town.http.get(self.town.url("/api/v1/tenant")).bearer_auth(&self.school.user).timeout(GIVES_UP);
            match read.send().await {
                Ok(answer) if answer.status().is_success() => {}
                other => stay.found(format!("beside {beside} the quiet school was refused its page: {other:?}")),
            }
            waits.push(started.elapsed());
        }
        waits.sort();
        let at = |percent: usize| waits[(waits.len() - 1) * percent / 100];
        Ok(Waits { p50: at(50), p99: at(99) })
    }

    async fn exchange(&self, request: &SyncRequest) -> Result<(), String> {
        let post = self.town.sync(&request.replica.id, request).timeout(GIVES_UP);
        let answer = post.send().await.map_err(|error| error.to_string())?;
        let status = answer.status();
        let mut bytes = answer.bytes().await.map_err(|error| error.to_string())?.to_vec();
        if !status.is_success() {
            return Err(format!("{status} {}", String::from_utf8_lossy(&bytes)));
        }
        let mut last = None;
        while let Some(frame) = Frame::take(&mut bytes).map_err(|error| error.to_string())? {
            last = Some(frame);
        }
        match last {
            Some(Frame::End(_)) => Ok(()),
            Some(Frame::Error(error)) => Err(error.to_string()),
            _ => Err("the answer has no end".to_owned()),
        }
    }
}

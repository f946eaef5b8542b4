//! Runs the sync machine: one loop that carries out its actions and feeds it what happened.
//!
//! The driver has a store connection of its own, so a clerk who saves never waits for a pull: SQLite lets readers and one
//! writer go on side by side, and each durable step here is short. Run it on a thread of its own.

use super::http::{ExchangeError, Frames, HubClient};
use crate::log::events;
use crate::store::{Applied, explained};
use crate::{NodeError, Result, Store};
use ed25519_dalek::SigningKey;
use futures_util::StreamExt;
use pems_model::Code;
use pems_model::engine::{Action, Engine, Event, Mode};
use pems_model::wire::{ChangeResult, ErrorBody, Outcome, TokenAnswer};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use uuid::Uuid;

/// How often the file is looked at for changes that another process saved (its own saves are signalled).
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long the hub may hold a request of a watching office, in milliseconds.
const HOLD_MS: u32 = 45_000;

/// What a sync did, as `pems-node sync` prints it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub sent: usize,
    pub applied: usize,
    pub merged: usize,
    pub conflicts: usize,
    pub refused: usize,
    pub received: usize,
    /// Open questions of the school, refused changes and damaged ones: what waits for a person.
    pub review: i64,
    pub parked: i64,
    pub damaged: i64,
    pub rev: i64,
    pub digest: String,
    pub epoch: String,
}

/// What somebody who watches wants to know.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// Rows of these entities changed.
    Applied(Applied),
    /// The hub's answers are stored; some of them may be refusals.
    Answered,
    /// An exchange failed; it is tried again.
    Failed(String),
    /// Level with the hub.
    Level,
    /// Somebody else wrote to the records: the window, or another program at this PC.
    Elsewhere,
}

pub struct Driver {
    store: Store,
    client: HubClient,
    key: SigningKey,
    token: Option<String>,
    /// Hub time less this machine's, in seconds, once the hub said that this clock is wrong.
    clock_off: i64,
    saved: Arc<Notify>,
    listener: Box<dyn FnMut(Happening) + Send>,
    summary: Summary,
    frames: Option<(u64, Frames)>,
    last_failure: Option<ErrorBody>,
}

impl std::fmt::Debug for Driver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Driver").field("store", &self.store).field("client", &self.client).finish_non_exhaustive()
    }
}

impl Driver {
    /// `saved` wakes the driver when this process saved something.
    pub fn new(store: Store, client: HubClient, key: SigningKey, saved: Arc<Notify>) -> Driver {
        Driver {
            store,
            client,
            key,
            token: None,
            clock_off: 0,
            saved,
            listener: Box::new(|_| {}),
            summary: Summary::default(),
            frames: None,
            last_failure: None,
        }
    }

    /// Tells `listener` what happens.
    #[must_use]
    pub fn on_happening(mut self, listener: impl FnMut(Happening) + Send + 'static) -> Driver {
        self.listener = Box::new(listener);
        self
    }

    /// Bytes of answers so far, as they came over the line.
    pub fn bytes_received(&self) -> u64 {
        self.client.bytes_received()
    }

    /// Syncs until level (`Once`) or for ever (`Watch`).
    ///
    /// # Errors
    /// What the hub refuses for good (`device_revoked`, `upgrade_required` ...), or after some attempts `hub_unreachable`.
    pub async fn run(&mut self, mode: Mode) -> Result<Summary> {
        self.summary = Summary::default();
        let began = self.store.now();
        events::sync_began(mode == Mode::Watch);
        let ended = self.work_off(mode).await;
        let outcome = ended.as_ref().map(|summary| summary.rev).map_err(|error| error.code);
        events::sync_ended(outcome, self.summary.sent, self.summary.received, began, self.store.now());
        ended
    }

    async fn work_off(&mut self, mode: Mode) -> Result<Summary> {
        let mut engine = Engine::new(mode, HOLD_MS);
        let mut event = Event::Start;
        loop {
            let stored_something = matches!(event, Event::Stored { .. });
            let action = engine.step(event);
            if stored_something && engine.is_level() {
                (self.listener)(Happening::Level);
            }
            event = match action {
                Action::Listen => self.listen().await?,
                Action::Authenticate => self.authenticate().await,
                Action::Exchange { number, wait_ms, with_shapes } => self.open(number, wait_ms, with_shapes),
                Action::KeepResults(results) => {
                    let kept = self.store.keep_results(&results);
                    self.count(&results);
                    stored(kept)
                }
                Action::Stage(rows) => stored(self.store.stage(rows).map(|()| false)),
                Action::Hold(end) => {
                    self.frames = None;
                    self.store.hold(&end);
                    stored(self.store.has_pending())
                }
                Action::Apply(end) => {
                    self.frames = None;
                    let began = self.store.now();
                    let applied = self.store.apply(&end);
                    self.note_applied(&applied, &end, began);
                    stored(applied.map(|applied| applied.pending))
                }
                Action::Pause { ms } => self.pause(ms).await,
                Action::Done => return self.finished(),
                Action::Halt(error) => {
                    self.frames = None;
                    let error = explained(self.last_failure.take().unwrap_or(error).into());
                    self.store.note_trouble(&error)?;
                    return Err(error);
                }
            };
        }
    }

    fn open(&mut self, number: u64, wait_ms: u32, with_shapes: bool) -> Event {
        self.frames = None;
        let Some(token) = self.token.clone() else {
            let error = ErrorBody { code: Code::TokenExpired, message: "no token yet".into(), details: None };
            return Event::Refused(number, error);
        };
        match self.store.request(wait_ms, with_shapes) {
            Ok(request) => {
                self.frames = Some((number, self.client.exchange(&token, &request)));
                Event::Sent
            }
            Err(error) => Event::StoreFailed(pems_model::Problem::new(error.code, error.message)),
        }
    }

    /// The next frame, or word that something was saved.
    async fn listen(&mut self) -> Result<Event> {
        let Some((number, frames)) = self.frames.as_mut() else {
            self.saved.notified().await;
            return Ok(Event::Saved);
        };
        let number = *number;
        let mut seen = self.store.data_version()?;
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                biased;
                frame = frames.next() => return Ok(self.received(number, frame)),
                () = self.saved.notified() => return Ok(Event::Saved),
                _ = look.tick() => {
                    let now = self.store.data_version()?;
                    if now != seen {
                        (self.listener)(Happening::Elsewhere);
                    }
                    if now != seen && self.store.has_pending()? {
                        return Ok(Event::Saved);
                    }
                    seen = now;
                }
            }
        }
    }

    fn received(
        &mut self,
        number: u64,
        frame: Option<std::result::Result<pems_model::frame::Frame, ExchangeError>>,
    ) -> Event {
        match frame {
            Some(Ok(frame)) => Event::Frame(number, frame),
            Some(Err(ExchangeError::Refused(error))) => {
                if matches!(error.code, Code::TokenExpired | Code::Unauthorized) {
                    // A token's life is short; that it is over is no news.
                    self.token = None;
                } else {
                    events::sync_refused(error.code);
                }
                Event::Refused(number, error)
            }
            Some(Err(ExchangeError::Broken(reason))) => Event::Broken(number, reason),
            None => {
                events::line_broke("cut off");
                Event::Broken(number, "the answer was cut off".into())
            }
        }
    }

    async fn authenticate(&mut self) -> Event {
        let mut answer = self.ask_token().await;
        // A wrong clock never refuses a sync: the hub says what time it is, and the assertion is signed for that time.
        if let Err(error) = &answer
            && let Some(hub_time) = error.details.as_ref().and_then(|details| details["hub_time"].as_i64())
        {
            self.clock_off = hub_time.saturating_sub(self.store.now()).div_euclid(1_000_000);
            answer = self.ask_token().await;
        }
        match answer {
            Ok(answer) => {
                self.token = Some(answer.access_token);
                Event::Authenticated
            }
            Err(error) => {
                events::sync_refused(error.code);
                self.last_failure = (error.code == Code::HubUnreachable).then(|| error.to_body());
                Event::Refused(0, error.to_body())
            }
        }
    }

    /// Borrows nothing: a driver can move between threads while it waits.
    fn ask_token(&self) -> impl Future<Output = Result<TokenAnswer>> + use<> {
        let seconds = self.store.now().div_euclid(1_000_000).saturating_add(self.clock_off);
        let (client, key, replica) = (self.client.clone(), self.key.clone(), self.store.replica());
        async move { client.token(replica, &key, seconds, random_id()).await }
    }

    async fn pause(&mut self, ms: u64) -> Event {
        events::paused(ms);
        (self.listener)(Happening::Failed(format!("the exchange broke; next try in {ms} ms")));
        // Up to a quarter more, so that the offices of a division do not all come back in the same moment.
        let spread = ms / 4 * u64::from(random_id().as_bytes()[0]) / 256;
        tokio::time::sleep(Duration::from_millis(ms + spread)).await;
        Event::PauseOver
    }

    fn count(&mut self, results: &[ChangeResult]) {
        events::answered(results);
        self.summary.sent += results.len();
        for result in results {
            *match result.outcome {
                Outcome::Applied { .. } => &mut self.summary.applied,
                Outcome::Merged { .. } => &mut self.summary.merged,
                Outcome::Conflict { .. } => &mut self.summary.conflicts,
                Outcome::Refused { .. } => &mut self.summary.refused,
            } += 1;
        }
        (self.listener)(Happening::Answered);
    }

    fn note_applied(&mut self, applied: &Result<Applied>, end: &pems_model::wire::End, began: i64) {
        if let Ok(applied) = applied {
            events::received(applied.rows, end.rev, began, self.store.now());
            self.summary.received += applied.rows;
            self.summary.rev = end.rev;
            self.summary.epoch = end.epoch.to_string();
            if applied.rows > 0 {
                (self.listener)(Happening::Applied(applied.clone()));
            }
        }
    }

    fn finished(&self) -> Result<Summary> {
        let sync_summary = self.store.sync_summary()?;
        Ok(Summary {
            review: sync_summary.review,
            parked: sync_summary.parked,
            damaged: sync_summary.damaged,
            digest: self.store.level_digest()?,
            ..self.summary.clone()
        })
    }
}

fn stored(outcome: Result<bool>) -> Event {
    match outcome {
        Ok(pending) => Event::Stored { pending },
        Err(NodeError { code, message, .. }) => {
            events::sync_refused(code);
            Event::StoreFailed(pems_model::Problem::new(code, message))
        }
    }
}

/// For the uniqueness of an assertion and for jitter; not for records, whose ids come from the store's surroundings.
#[expect(clippy::disallowed_methods, reason = "network etiquette, not records")]
fn random_id() -> Uuid {
    Uuid::new_v4()
}

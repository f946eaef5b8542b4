//! What the hub remembers so that a device with nothing to say costs nothing: each school's revision, and who may speak.
//!
//! Invariants:
//! - memory is only ever a hint: whatever matters is checked again inside the transaction that acts on it;
//! - a hint from PostgreSQL names a school (`migrations/0023_hints.sql`) and makes what is known of that school unknown, and
//!   nothing else: what one school does costs no other one anything. Knowledge gathered before a hint is not believed after it;
//! - what is older than [`STALE`] is looked up again, should a hint ever get lost;
//! - there is one entry for each school, device or living session, never for what a request made up.

use crate::refusal::Refusal;
use crate::schools::Settings;
use crate::sync::device_list;
use crate::sync::lines::Line;
use parking_lot::Mutex;
use pems_db::{Access, AuthDb, DbError, DeviceFacts, SessionFacts, TenantContext, TenantDb};
use pems_model::Code;
use pems_model::wire::DeviceList;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long something remembered is believed without another look.
pub(crate) const STALE: Duration = Duration::from_secs(30);
/// And a school's list of devices, of which nothing but the day when each was last seen changes without a hint.
const LIST_STALE: Duration = Duration::from_secs(3_600);
/// Sessions of one school that are remembered; beyond it all of that school's are looked up again, each with one short query.
const SESSIONS_MAX: usize = 5_000;
/// Requests of one school whose bodies are in memory at once. A body and what is read from it take some MiB; more of them
/// would only wait for the school's turn.
const BODIES_AT_ONCE: usize = 8;
/// First pause before listening again when the database went away.
const RELISTEN: Duration = Duration::from_secs(1);

/// A school's state, as of the last look.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TenantHead {
    pub(crate) rev: i64,
    /// Combined digest; `None` where it is not known.
    pub(crate) digest: Option<String>,
    pub(crate) as_of: Instant,
}

#[derive(Debug)]
pub(crate) struct TenantState {
    /// Pushes of one school queue here rather than in PostgreSQL, where each would hold a connection.
    pub(crate) turn: tokio::sync::Mutex<()>,
    /// See [`BODIES_AT_ONCE`].
    pub(crate) bodies: Semaphore,
    /// `None`: unknown, look it up.
    level: watch::Sender<Option<TenantHead>>,
    /// When each replica's outbox was last seen empty (hub time). Kept here because idle devices must not cost writes.
    drained: Mutex<HashMap<Uuid, i64>>,
    /// The numbers of the last hints about the school's records and devices, and about its people.
    records: AtomicU64,
    people: AtomicU64,
    devices: Mutex<Option<Remembered<Arc<DeviceList>>>>,
}

impl TenantState {
    fn new() -> Arc<TenantState> {
        Arc::new(TenantState {
            turn: tokio::sync::Mutex::new(()),
            bodies: Semaphore::new(BODIES_AT_ONCE),
            level: watch::Sender::new(None),
            drained: Mutex::default(),
            records: AtomicU64::new(0),
            people: AtomicU64::new(0),
            devices: Mutex::default(),
        })
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Option<TenantHead>> {
        self.level.subscribe()
    }

    pub(crate) fn saw_empty(&self, replica: Uuid, now: i64) {
        self.drained.lock().insert(replica, now);
    }

    pub(crate) fn last_empty(&self, replica: Uuid) -> Option<i64> {
        self.drained.lock().get(&replica).copied()
    }
}

/// # Errors
/// Revoked, or its school is suspended.
pub(crate) fn admit(device: &DeviceFacts) -> Result<(), Refusal> {
    match (device.revoked, device.suspended) {
        (true, _) => Err(Refusal::revoked()),
        (_, true) => Err(Refusal::suspended()),
        _ => Ok(()),
    }
}

/// Something that was looked up, when, and how many hints had come by then.
#[derive(Debug, Clone, Copy)]
struct Remembered<T> {
    value: T,
    as_of: Instant,
    generation: u64,
}

#[derive(Debug, Default)]
pub(crate) struct TenantStates {
    /// Hints so far: their numbers.
    hints: AtomicU64,
    /// The last one that was about everything, or about a school that has not spoken yet.
    everything: AtomicU64,
    tenants: Mutex<HashMap<Uuid, Arc<TenantState>>>,
    lines: Mutex<HashMap<Uuid, Arc<Line>>>,
    devices: Mutex<HashMap<Uuid, Remembered<Arc<DeviceFacts>>>>,
    sessions: Mutex<HashMap<Uuid, HashMap<Uuid, Remembered<SessionFacts>>>>,
    settings: Mutex<HashMap<Uuid, Remembered<Settings>>>,
}

impl TenantStates {
    /// `id` is of a school that exists: it comes from a checked token, or from the database.
    pub(crate) fn tenant(&self, id: Uuid) -> Arc<TenantState> {
        self.tenants.lock().entry(id).or_insert_with(TenantState::new).clone()
    }

    /// `device`: from a checked token.
    pub(crate) fn line(&self, device: Uuid) -> Arc<Line> {
        self.lines.lock().entry(device).or_default().clone()
    }

    /// To be read before looking something up that is to be remembered.
    pub(crate) fn generation(&self) -> u64 {
        self.hints.load(Ordering::Acquire)
    }

    /// Whether hints came after `generation`, about everything or of the given kind.
    fn is_out_of_date(&self, generation: u64, hinted: &AtomicU64) -> bool {
        self.everything.load(Ordering::Acquire).max(hinted.load(Ordering::Acquire)) > generation
    }

    fn remember<T>(value: T, generation: u64) -> Remembered<T> {
        Remembered { value, as_of: Instant::now(), generation }
    }

    fn believed<T: Clone>(&self, known: Option<&Remembered<T>>, hinted: &AtomicU64) -> Option<T> {
        self.believed_for(STALE, known, hinted)
    }

    fn believed_for<T: Clone>(&self, long: Duration, known: Option<&Remembered<T>>, hinted: &AtomicU64) -> Option<T> {
        let fresh =
            |known: &&Remembered<T>| known.as_of.elapsed() < long && !self.is_out_of_date(known.generation, hinted);
        known.filter(fresh).map(|known| known.value.clone())
    }

    /// Keeps what a transaction found, unless a hint came since `generation`; wakes whoever waits for the school.
    pub(crate) fn learn(&self, generation: u64, tenant: &TenantState, level: TenantHead) {
        tenant.level.send_if_modified(|known| {
            if self.is_out_of_date(generation, &tenant.records) {
                *known = None;
                return true;
            }
            let moved = known.as_ref().is_none_or(|known| known.rev < level.rev);
            if known.as_ref().is_none_or(|known| known.rev <= level.rev) {
                *known = Some(level);
            }
            moved
        });
    }

    /// Forgets everything and wakes everybody: hints were missed.
    pub(crate) fn forget(&self) {
        let number = self.next();
        self.everything.fetch_max(number, Ordering::AcqRel);
        let tenants: Vec<_> = self.tenants.lock().values().cloned().collect();
        for tenant in tenants {
            tenant.level.send_replace(None);
        }
    }

    /// What is known of a school's records and devices is out of date; wakes whoever waits for it.
    pub(crate) fn forget_school(&self, id: Uuid) {
        if let Some(tenant) = self.hinted(id, |tenant| &tenant.records) {
            tenant.level.send_replace(None);
        }
    }

    /// Forgets who of a school is signed in; the next request of each looks again.
    pub(crate) fn forget_people(&self, id: Uuid) {
        self.hinted(id, |tenant| &tenant.people);
    }

    /// The next request of the school looks at its settings again.
    pub(crate) fn forget_settings(&self, id: Uuid) {
        self.hinted(id, |tenant| &tenant.records);
    }

    /// Lets go of sessions that would be looked up again anyway.
    pub(crate) fn tidy(&self) {
        self.sessions.lock().retain(|_, school| {
            school.retain(|_, session| session.as_of.elapsed() < STALE);
            !school.is_empty()
        });
    }

    fn next(&self) -> u64 {
        self.hints.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// Notes a hint about a school. Of one that has not spoken nothing is known; what is just being looked up is not kept.
    fn hinted(&self, id: Uuid, kind: impl Fn(&TenantState) -> &AtomicU64) -> Option<Arc<TenantState>> {
        let tenant = self.tenants.lock().get(&id).cloned();
        let number = self.next();
        tenant.as_deref().map_or(&self.everything, &kind).fetch_max(number, Ordering::AcqRel);
        tenant
    }

    /// The device, from memory where that is fresh.
    ///
    /// # Errors
    /// An unknown device; a database that is busy or away.
    pub(crate) async fn device(&self, auth_db: &AuthDb, id: Uuid) -> Result<Arc<DeviceFacts>, Refusal> {
        let known = self.devices.lock().get(&id).cloned();
        if let Some(known) = known
            && let Some(device) = self.believed(Some(&known), &self.tenant(known.value.tenant).records)
            // A no is asked for anew: who was let in again a moment ago comes in now.
            && admit(&device).is_ok()
        {
            return Ok(device);
        }
        let generation = self.generation();
        let unknown = || Refusal::new(Code::Unauthorized, "the hub does not know this device; enrol it again");
        let device = Arc::new(auth_db.device(id).await?.ok_or_else(unknown)?);
        self.devices.lock().insert(id, TenantStates::remember(device.clone(), generation));
        Ok(device)
    }

    /// The session of an access token, from memory where that is fresh.
    ///
    /// # Errors
    /// An unknown session; a database that is busy or away.
    pub(crate) async fn session(&self, auth_db: &AuthDb, tenant: Uuid, id: Uuid) -> Result<SessionFacts, Refusal> {
        let live = self.tenant(tenant);
        let known = self.sessions.lock().get(&tenant).and_then(|school| school.get(&id)).copied();
        // A session knows whether its school is suspended, which is a hint about the school.
        if let Some(session) = self.believed(known.as_ref(), &live.people)
            && self.believed(known.as_ref(), &live.records).is_some()
        {
            return Ok(session);
        }
        let generation = self.generation();
        let unknown = || Refusal::new(Code::Unauthorized, "the hub does not know this session; sign in again");
        let session = auth_db.session(tenant, id).await?.ok_or_else(unknown)?;
        let mut sessions = self.sessions.lock();
        let school = sessions.entry(tenant).or_default();
        if school.len() >= SESSIONS_MAX {
            school.clear();
        }
        school.insert(id, TenantStates::remember(session, generation));
        Ok(session)
    }

    /// The settings of the caller's school, from memory where that is fresh.
    ///
    /// # Errors
    /// A suspended school; a database that is busy or away.
    pub(crate) async fn settings(&self, door: &TenantDb, who: &TenantContext) -> Result<Settings, Refusal> {
        let live = self.tenant(who.tenant());
        let known = self.settings.lock().get(&who.tenant()).copied();
        if let Some(settings) = self.believed(known.as_ref(), &live.records) {
            return Ok(settings);
        }
        let generation = self.generation();
        let settings = door.in_tx(who, Access::ReadOnly, async |tx| Settings::load(tx, who).await).await?;
        self.settings.lock().insert(who.tenant(), TenantStates::remember(settings, generation));
        Ok(settings)
    }

    /// The devices of the caller's school, from memory where nothing has changed.
    ///
    /// # Errors
    /// A suspended school; a database that is busy or away.
    pub(crate) async fn device_list(
        &self,
        live: &TenantState,
        door: &TenantDb,
        who: &TenantContext,
    ) -> Result<Arc<DeviceList>, Refusal> {
        let known = self.believed_for(LIST_STALE, live.devices.lock().as_ref(), &live.records);
        if let Some(list) = known {
            return Ok(list);
        }
        let generation = self.generation();
        let list = Arc::new(device_list::load(door, who).await?);
        *live.devices.lock() = Some(TenantStates::remember(list.clone(), generation));
        Ok(list)
    }

    /// Listens for hints until `stop`. A lost connection counts as a hint about everything: whatever was said meanwhile was missed.
    pub(crate) async fn listen(self: Arc<TenantStates>, auth_db: AuthDb, stop: CancellationToken) {
        loop {
            let heard = tokio::select! {
                () = stop.cancelled() => return,
                heard = self.listen_once(&auth_db) => heard,
            };
            if let Err(error) = heard {
                tracing::warn!(%error, "not listening to the database for now");
            }
            self.forget();
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(RELISTEN) => {}
            }
        }
    }

    async fn listen_once(&self, auth_db: &AuthDb) -> Result<(), DbError> {
        let mut hints = auth_db.hints().await?;
        self.forget();
        while let Some(heard) = hints.heard().await? {
            heard.records.into_iter().for_each(|school| self.forget_school(school));
            heard.people.into_iter().for_each(|school| self.forget_people(school));
        }
        Ok(())
    }
}

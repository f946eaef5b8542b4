//! What the hub remembers so that a device with nothing to say costs nothing: each school's revision, and who may speak.
//!
//! Invariants:
//! - memory is only ever a hint: whatever matters is checked again inside the transaction that acts on it;
//! - a hint from PostgreSQL (`NOTIFY hub`) makes everything unknown, and knowledge gathered before a hint is not kept after
//!   it (the generation tells);
//! - what is older than [`STALE`] is looked up again, should a hint ever get lost.

use crate::refusal::Refusal;
use crate::tenants::Settings;
use pems_doors::{Access, DeviceFacts, DoorError, Lobby, SessionFacts, Tenant, TenantContext};
use pems_model::Code;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long something remembered is believed without another look.
pub(crate) const STALE: Duration = Duration::from_secs(30);
/// Sessions remembered; beyond it all are looked up again, which costs each one short query.
const SESSIONS_MAX: usize = 100_000;
/// First pause before listening again when the database went away.
const RELISTEN: Duration = Duration::from_secs(1);

/// A school's state, as of the last look.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Level {
    pub(crate) rev: i64,
    /// Combined digest; `None` where it is not known.
    pub(crate) digest: Option<String>,
    pub(crate) as_of: Instant,
}

#[derive(Debug)]
pub(crate) struct TenantLive {
    /// Pushes of one school queue here rather than in PostgreSQL, where each would hold a connection.
    pub(crate) turn: tokio::sync::Mutex<()>,
    /// `None`: unknown, look it up.
    level: watch::Sender<Option<Level>>,
    /// When each replica's outbox was last seen empty (hub time). Kept here because idle devices must not cost writes.
    drained: Mutex<HashMap<Uuid, i64>>,
}

impl TenantLive {
    pub(crate) fn watch(&self) -> watch::Receiver<Option<Level>> {
        self.level.subscribe()
    }

    pub(crate) fn saw_empty(&self, replica: Uuid, now: i64) {
        locked(&self.drained).insert(replica, now);
    }

    pub(crate) fn last_empty(&self, replica: Uuid) -> Option<i64> {
        locked(&self.drained).get(&replica).copied()
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

#[derive(Debug, Default)]
pub(crate) struct Live {
    generation: AtomicU64,
    tenants: Mutex<HashMap<Uuid, Arc<TenantLive>>>,
    devices: Mutex<HashMap<Uuid, (Arc<DeviceFacts>, Instant)>>,
    /// As `generation`, for hints about people.
    people: AtomicU64,
    sessions: Mutex<HashMap<(Uuid, Uuid), (SessionFacts, Instant)>>,
    settings: Mutex<HashMap<Uuid, (Settings, Instant)>>,
}

impl Live {
    pub(crate) fn tenant(&self, id: Uuid) -> Arc<TenantLive> {
        let make = || {
            Arc::new(TenantLive {
                turn: tokio::sync::Mutex::new(()),
                level: watch::Sender::new(None),
                drained: Mutex::default(),
            })
        };
        locked(&self.tenants).entry(id).or_insert_with(make).clone()
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Keeps what a transaction found, unless a hint came since `generation`; wakes whoever waits for the school.
    pub(crate) fn learn(&self, generation: u64, tenant: &TenantLive, level: Level) {
        tenant.level.send_if_modified(|known| {
            if self.generation() != generation {
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

    /// Forgets everything and wakes everybody.
    pub(crate) fn forget(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        locked(&self.devices).clear();
        locked(&self.settings).clear();
        // A session knows whether its school is suspended.
        self.forget_people();
        for tenant in locked(&self.tenants).values() {
            tenant.level.send_replace(None);
        }
    }

    /// The device, from memory where that is fresh.
    ///
    /// # Errors
    /// An unknown device; a database that is busy or away.
    pub(crate) async fn device(&self, lobby: &Lobby, id: Uuid) -> Result<Arc<DeviceFacts>, Refusal> {
        if let Some((device, as_of)) = locked(&self.devices).get(&id)
            && as_of.elapsed() < STALE
        {
            return Ok(device.clone());
        }
        let generation = self.generation();
        let unknown = || Refusal::new(Code::Unauthorized, "the hub does not know this device; enrol it again");
        let device = Arc::new(lobby.device(id).await?.ok_or_else(unknown)?);
        if self.generation() == generation {
            locked(&self.devices).insert(id, (device.clone(), Instant::now()));
        }
        Ok(device)
    }

    /// The session of an access token, from memory where that is fresh.
    ///
    /// # Errors
    /// An unknown session; a database that is busy or away.
    pub(crate) async fn session(&self, lobby: &Lobby, tenant: Uuid, id: Uuid) -> Result<SessionFacts, Refusal> {
        if let Some((session, as_of)) = locked(&self.sessions).get(&(tenant, id))
            && as_of.elapsed() < STALE
        {
            return Ok(*session);
        }
        let generation = self.people.load(Ordering::Acquire);
        let unknown = || Refusal::new(Code::Unauthorized, "the hub does not know this session; sign in again");
        let session = lobby.session(tenant, id).await?.ok_or_else(unknown)?;
        let mut sessions = locked(&self.sessions);
        if self.people.load(Ordering::Acquire) == generation {
            if sessions.len() >= SESSIONS_MAX {
                sessions.clear();
            }
            sessions.insert((tenant, id), (session, Instant::now()));
        }
        Ok(session)
    }

    /// Forgets who is signed in; the next request of each looks again.
    pub(crate) fn forget_people(&self) {
        self.people.fetch_add(1, Ordering::AcqRel);
        locked(&self.sessions).clear();
    }

    /// The settings of the caller's school, from memory where that is fresh.
    ///
    /// # Errors
    /// A suspended school; a database that is busy or away.
    pub(crate) async fn settings(&self, door: &Tenant, who: &TenantContext) -> Result<Settings, Refusal> {
        if let Some((settings, as_of)) = locked(&self.settings).get(&who.tenant())
            && as_of.elapsed() < STALE
        {
            return Ok(*settings);
        }
        let generation = self.generation();
        let mut tx = door.begin(who, Access::ReadOnly).await?;
        let settings = Settings::load(&mut tx, who).await?;
        tx.commit().await?;
        if self.generation() == generation {
            locked(&self.settings).insert(who.tenant(), (settings, Instant::now()));
        }
        Ok(settings)
    }

    /// The next request of the school looks at its settings again.
    pub(crate) fn forget_settings(&self, tenant: Uuid) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        locked(&self.settings).remove(&tenant);
    }

    /// Listens for hints until `stop`. A lost connection counts as a hint: whatever was said meanwhile was missed.
    pub(crate) async fn listen(self: Arc<Live>, lobby: Lobby, stop: CancellationToken) {
        loop {
            let heard = tokio::select! {
                () = stop.cancelled() => return,
                heard = self.listen_once(&lobby) => heard,
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

    async fn listen_once(&self, lobby: &Lobby) -> Result<(), DoorError> {
        let mut hints = lobby.hints().await?;
        self.forget();
        while let Some(heard) = hints.heard().await? {
            if heard.records {
                self.forget();
            } else if heard.people {
                self.forget_people();
            }
        }
        Ok(())
    }
}

/// A panic elsewhere does not make a map of hints unusable.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

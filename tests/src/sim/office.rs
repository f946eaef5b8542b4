//! An office of a simulated world: the real store (SQLite in memory) and the real machine, driven by hand.

use super::Rng;
use super::people::Visitors;
use super::world::Violation;
use pems_model::engine::{Action, Engine, Event, Mode};
use pems_model::frame::Frame;
use pems_model::wire::SyncRequest;
use pems_model::{Role, Schema};
use pems_node::store::{Enrolled, Store};
use pems_node::{Env, NodeError};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use uuid::Uuid;

/// The clock and the ids of an office: world time, wrong by `skew`, and ids that follow from the seed.
#[derive(Debug)]
pub struct SimEnv {
    pub time: Arc<AtomicI64>,
    pub skew: i64,
    pub tag: u64,
    pub counter: AtomicU64,
}

impl Env for SimEnv {
    fn now(&self) -> i64 {
        self.time.load(Ordering::Relaxed) + self.skew
    }

    fn new_id(&self) -> Uuid {
        let n = self.counter.fetch_add(1, Ordering::Relaxed);
        Uuid::from_u64_pair(
            (Rng::new(self.tag).draw() & !0xf) | (n % 16),
            Rng::new(self.tag ^ n.rotate_left(17)).draw(),
        )
    }
}

/// A request on the wire, with the process that sent it.
#[derive(Debug, Clone)]
pub struct Sent {
    pub boot: u64,
    pub number: u64,
    pub request: SyncRequest,
}

pub struct Office {
    pub store: Store,
    pub tenant: Uuid,
    pub engine: Engine,
    /// Counts starts of the process: frames for an earlier one find nobody.
    pub boot: u64,
    pub to_hub: VecDeque<Sent>,
    /// Requests that were delivered, for late copies.
    pub old: Vec<Sent>,
    pub to_office: VecDeque<(u64, u64, Frame)>,
    pub current: Option<u64>,
    pub paused: bool,
    /// Acknowledged saves, as `op_no`s that existed when `save` returned.
    pub acknowledged: i64,
    pub visitors: Visitors,
}

impl std::fmt::Debug for Office {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Office({})", self.store.replica())
    }
}

impl Office {
    pub fn new(schema: &'static Schema, tenant: Uuid, index: usize, env: SimEnv) -> Result<Office, Violation> {
        let enrolled = Enrolled {
            tenant_id: tenant,
            device_id: Uuid::from_u128(0xd0 + index as u128),
            device_name: format!("PC {index}"),
            role: Role::SchoolAdmin,
            school_name: "School".into(),
            school_slug: "school".into(),
            hub_url: String::new(),
            epoch: Uuid::from_u128(0xe),
        };
        // Outboxes of a few changes take several exchanges here, as thousands do in an office.
        let store = Store::in_memory(&enrolled, schema, Box::new(env)).map_err(|error| broken(&error))?.with_batch(2);
        let mut office = Office {
            store,
            tenant,
            engine: Engine::new(Mode::Watch, 1_000),
            boot: 1,
            to_hub: VecDeque::new(),
            old: Vec::new(),
            to_office: VecDeque::new(),
            current: None,
            paused: false,
            acknowledged: 0,
            visitors: Visitors::default(),
        };
        office.feed(Event::Start)?;
        Ok(office)
    }

    /// Lets the machine act on an event until it waits for the next one.
    pub fn feed(&mut self, event: Event) -> Result<(), Violation> {
        let mut event = event;
        loop {
            event = match self.engine.step(event) {
                Action::Listen => return Ok(()),
                Action::Exchange { number, wait_ms, with_shapes } => {
                    let request = self.store.request(wait_ms, with_shapes).map_err(|error| broken(&error))?;
                    self.to_hub.push_back(Sent { boot: self.boot, number, request });
                    self.current = Some(number);
                    self.paused = false;
                    Event::Sent
                }
                Action::KeepResults(results) => stored(self.store.keep_results(&results))?,
                Action::Stage(rows) => stored(self.store.stage(rows).map(|()| false))?,
                Action::Hold(end) => {
                    self.store.hold(&end);
                    stored(self.store.has_pending())?
                }
                Action::Apply(end) => stored(self.store.apply(&end).map(|applied| applied.pending))?,
                Action::Pause { .. } => {
                    self.paused = true;
                    self.current = None;
                    return Ok(());
                }
                action @ (Action::Authenticate | Action::Done | Action::Halt(_)) => {
                    return Err(Violation::new(5, format!("the office stopped: {action:?}")));
                }
            };
        }
    }

    /// The process dies and starts again; the network still holds what it sent.
    pub fn kill(mut self) -> Result<Office, Violation> {
        self.store = self.store.after_kill();
        self.store.sign(None);
        self.visitors.leave();
        self.engine = Engine::new(Mode::Watch, 1_000);
        self.boot += 1;
        self.current = None;
        self.to_office.clear();
        self.feed(Event::Start)?;
        Ok(self)
    }

    /// Notes what was acknowledged, and wakes the machine.
    pub fn saved(&mut self) -> Result<(), Violation> {
        for entry in self.store.journal(self.acknowledged).map_err(|error| broken(&error))? {
            self.acknowledged = entry.op_no;
            entry.row_id.iter().for_each(|id| self.visitors.note(*id, &entry.at));
        }
        self.feed(Event::Saved)
    }
}

fn stored(outcome: Result<bool, NodeError>) -> Result<Event, Violation> {
    match outcome {
        Ok(pending) => Ok(Event::Stored { pending }),
        Err(error) => Err(broken(&error)),
    }
}

pub(super) fn broken(error: &NodeError) -> Violation {
    Violation::new(0, format!("the store failed: {} ({})", error.message, error.code))
}

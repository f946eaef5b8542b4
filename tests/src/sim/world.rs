//! One world: carries out a script, lets the network heal, and holds the result against the promises.

use super::hub::{Hub, refused};
use super::office::{Office, Sent, SimEnv, broken};
use super::steps::{OFFICES, SCHOOL_OF, Step};
use super::{Rng, check, people};
use pems_model::engine::Event;
use pems_model::entity::{choice, claim, flag, link, text};
use pems_model::{Entity, Role, Schema, Value, entities};
use pems_node::store::{Choice, ListQuery, Save};
use serde_json::{Map, Value as Json, json};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use uuid::Uuid;

/// A broken promise of sync.md (its number; 0 for a failure of the store itself, 9 for one of ADR 13: who is named was there).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub promise: u8,
    pub what: String,
}

impl Violation {
    pub fn new(promise: u8, what: impl Into<String>) -> Violation {
        Violation { promise, what: what.into() }
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "promise {} broken: {}", self.promise, self.what)
    }
}

/// Few fields of few values, so that offices get in each other's way all the time.
const PUPIL: Entity = Entity {
    name: "pupil",
    label: "Pupil",
    writers: &[Role::Registrar, Role::SchoolAdmin],
    fields: &[
        text("last_name", "Last name", 20).required().searched(),
        text("first_name", "First name", 20),
        claim("number", "Number", 10),
        choice("sex", "Sex", &["F", "M"]),
    ],
    ..Entity::SYNCED
};
const PARENT_OF: Entity = Entity {
    name: "parent_of",
    label: "Parent",
    writers: &[Role::Registrar, Role::SchoolAdmin],
    fields: &[
        link("pupil", "Pupil", "pupil").required().immutable(),
        text("name", "Name", 20).required(),
        flag("first", "First"),
    ],
    ..Entity::SYNCED
};

/// The entities of a world: a natural key, a claim, a link, the people, and the review inbox.
pub(super) fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let people = [&entities::STAFF, &entities::SCHOOL_USER];
        Schema::new(&[&entities::SCHOOL_YEAR, &PUPIL, &PARENT_OF, people[0], people[1], &entities::REVIEW_ITEM])
    })
}

pub struct World {
    pub hub: Hub,
    pub offices: Vec<Option<Office>>,
    time: Arc<AtomicI64>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

impl World {
    /// Runs a script in the world of a seed and checks every promise.
    ///
    /// # Errors
    /// The first promise that does not hold.
    pub fn run(seed: u64, script: &[Step]) -> Result<(), Violation> {
        check::at_rest(&World::lived(seed, script)?)
    }

    /// The world at rest after a script, not yet held against the promises of that.
    pub(super) fn lived(seed: u64, script: &[Step]) -> Result<World, Violation> {
        let mut world = World::new(seed)?;
        for step in script {
            world.step(*step)?;
            world.check_offices()?;
        }
        world.heal()?;
        Ok(world)
    }

    fn new(seed: u64) -> Result<World, Violation> {
        let tenants = [Uuid::from_u128(0xa), Uuid::from_u128(0xb)];
        let mut rng = Rng::new(seed ^ 0x5eed);
        let time = Arc::new(AtomicI64::new(1_790_000_000_000_000));
        let mut offices = Vec::new();
        for (index, school) in SCHOOL_OF.iter().enumerate() {
            let skew = if rng.chance(40) { (rng.below(4_000_000) as i64 - 2_000_000) * 1_000_000 } else { 0 };
            let env = SimEnv { time: Arc::clone(&time), skew, tag: rng.draw(), counter: AtomicU64::new(0) };
            offices.push(Some(Office::new(schema(), tenants[*school], index, env)?));
        }
        Ok(World { hub: Hub::new(schema(), &tenants), offices, time })
    }

    fn now(&self) -> i64 {
        // Every look at the hub's clock is a little later than the one before.
        self.time.fetch_add(1_000, Ordering::Relaxed)
    }

    fn office(&mut self, index: usize) -> &mut Office {
        self.offices[index % OFFICES].as_mut().unwrap_or_else(|| unreachable!("an office is only away inside `Kill`"))
    }

    fn step(&mut self, step: Step) -> Result<(), Violation> {
        match step {
            Step::Edit { office, r } => edit(self.office(office), r),
            Step::Person { office, r } => people::person(self.office(office), r),
            Step::Resolve { office, r } => resolve(self.office(office), r),
            Step::ToHub { office, twice } => self.bring_to_hub(office, twice),
            Step::ToOffice { office, twice } => to_office(self.office(office), twice),
            Step::Cut { office } => cut(self.office(office)),
            Step::LateCopy { office } => {
                let office_state = self.office(office);
                let Some(copy) = office_state.old.first().cloned() else { return Ok(()) };
                self.deliver(office, &copy, false)
            }
            Step::Kill { office } => {
                let killed = self.offices[office].take().map(Office::kill).transpose()?;
                self.offices[office] = killed;
                Ok(())
            }
            Step::Flush { office } => self.office(office).store.flush_staging().map_err(|error| broken(&error)),
            Step::Wake { office } => {
                let office = self.office(office);
                if office.paused { office.feed(Event::PauseOver) } else { Ok(()) }
            }
            Step::Role { office, may_write } => {
                let replica = self.office(office).store.replica();
                self.hub.roles.insert(replica, if may_write { Role::SchoolAdmin } else { Role::Viewer });
                Ok(())
            }
            Step::Administrator { r } => {
                self.administrator(r);
                Ok(())
            }
            Step::Time { seconds } => {
                self.time.fetch_add(i64::from(seconds) * 1_000_000, Ordering::Relaxed);
                Ok(())
            }
        }
    }

    fn bring_to_hub(&mut self, index: usize, twice: bool) -> Result<(), Violation> {
        let office = self.office(index);
        let Some(sent) = office.to_hub.pop_front() else { return Ok(()) };
        office.old.push(sent.clone());
        if twice {
            office.to_hub.push_back(sent.clone());
        }
        self.deliver(index, &sent, true)
    }

    /// Brings a request to the hub and its frames onto the wire. A held request waits on.
    fn deliver(&mut self, index: usize, sent: &Sent, hold: bool) -> Result<(), Violation> {
        let now = self.now();
        let tenant = self.office(index).tenant;
        let answer = self.hub.exchange(tenant, &sent.request, now).map_err(|error| refused(&error))?;
        let office = self.office(index);
        match answer {
            Some(frames) => office.to_office.extend(frames.into_iter().map(|frame| (sent.boot, sent.number, frame))),
            None if hold => office.to_hub.push_back(sent.clone()),
            None => {}
        }
        Ok(())
    }

    fn administrator(&mut self, r: u64) {
        let mut rng = Rng::new(r);
        let now = self.now();
        let tenant = Uuid::from_u128(0xa);
        let pupil = schema().index("pupil").unwrap_or(0);
        let keys: Vec<_> = self.hub.tenants[&tenant].rows.keys().filter(|key| key.0 == pupil).copied().collect();
        if let Some(key) = rng.pick(&keys) {
            self.hub.administrator(tenant, *key, 1, Value::Text(format!("admin{}", rng.below(9))), now);
        }
    }

    fn check_offices(&self) -> Result<(), Violation> {
        self.offices.iter().flatten().try_for_each(|office| check::consistent(&self.hub, office))
    }

    /// The network works again, roles are given back, and everybody stops typing.
    fn heal(&mut self) -> Result<(), Violation> {
        self.hub.roles.clear();
        for round in 0.. {
            let mut busy = false;
            for index in 0..OFFICES {
                let office = self.office(index);
                if office.paused {
                    office.feed(Event::PauseOver)?;
                }
                let tenant = self.office(index).tenant;
                let rev = self.hub.tenants[&tenant].rev;
                let office = self.office(index);
                if let Some(sent) = office.to_hub.pop_front() {
                    let stale = office.current != Some(sent.number) || office.boot != sent.boot;
                    let had = office.to_office.len();
                    self.deliver(index, &sent, !stale)?;
                    busy |= self.office(index).to_office.len() > had || stale;
                }
                while !self.office(index).to_office.is_empty() {
                    to_office(self.office(index), false)?;
                }
                let status = self.office(index).store.status().map_err(|error| broken(&error))?;
                busy |= status.rev != rev || status.pending > 0 || !self.office(index).engine.is_level();
            }
            if !busy {
                return Ok(());
            }
            if round > 200 {
                return Err(Violation::new(3, "the offices do not come to rest"));
            }
            // A frame that was lost without a word shows as silence; the driver then gives the exchange up.
            if round % 20 == 19 {
                (0..OFFICES).try_for_each(|index| cut(self.office(index)))?;
            }
        }
        Ok(())
    }
}

fn to_office(office: &mut Office, twice: bool) -> Result<(), Violation> {
    let Some((boot, number, frame)) = office.to_office.pop_front() else { return Ok(()) };
    if boot != office.boot {
        return Ok(());
    }
    if twice {
        office.feed(Event::Frame(number, frame.clone()))?;
    }
    office.feed(Event::Frame(number, frame))
}

fn cut(office: &mut Office) -> Result<(), Violation> {
    office.to_office.clear();
    match office.current {
        Some(number) => office.feed(Event::Broken(number, "cut".into())),
        None => Ok(()),
    }
}

pub(super) fn object(json: Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap_or_default()
}

/// Somebody does something at the screen. What the store refuses (a clash, a missing parent) is an answer, not a failure.
fn edit(office: &mut Office, r: u64) -> Result<(), Violation> {
    let mut rng = Rng::new(r);
    let rows = |entity: &str, deleted: bool| -> Result<Vec<Uuid>, Violation> {
        let query = ListQuery { deleted, ..ListQuery::default() };
        Ok(office.store.list(entity, &query).map_err(|error| broken(&error))?.iter().map(|row| row.id).collect())
    };
    let pupils = rows("pupil", rng.chance(20))?;
    let parents = rows("parent_of", false)?;
    let years = rows("school_year", true)?;
    let name = |rng: &mut Rng| json!(format!("n{}", rng.below(1_000)));
    let saved = match rng.below(10) {
        0 | 1 => {
            let fields = json!({ "last_name": name(&mut rng), "number": if rng.chance(50) { json!(format!("{}", rng.below(4))) } else { Json::Null } });
            office.store.save(&Save { entity: "pupil".into(), id: None, fields: object(fields) }).map(|_| ())
        }
        2..=5 => {
            let fields = match rng.below(5) {
                0 => json!({ "last_name": name(&mut rng) }),
                1 => json!({ "first_name": name(&mut rng), "last_name": name(&mut rng) }),
                2 => json!({ "number": format!("{}", rng.below(4)) }),
                3 => json!({ "sex": if rng.chance(50) { "F" } else { "M" } }),
                _ => json!({ "first_name": Json::Null }),
            };
            match rng.pick(&pupils) {
                Some(id) => office
                    .store
                    .save(&Save { entity: "pupil".into(), id: Some(*id), fields: object(fields) })
                    .map(|_| ()),
                None => return Ok(()),
            }
        }
        6 => match rng.pick(&pupils) {
            Some(id) => office.store.delete("pupil", *id).map(|_| ()),
            None => return Ok(()),
        },
        7 => match (rng.pick(&pupils), rng.pick(&parents)) {
            (Some(pupil), None) => save_parent(office, *pupil, name(&mut rng)),
            (Some(pupil), Some(_)) if rng.chance(50) => save_parent(office, *pupil, name(&mut rng)),
            (_, Some(parent)) => office.store.delete("parent_of", *parent).map(|_| ()),
            (None, None) => return Ok(()),
        },
        8 => {
            let first = 2020 + rng.below(2);
            let fields = json!({ "label": format!("{first}-{}", first + 1), "start_date": format!("{first}-06-0{}", 1 + rng.below(9)), "end_date": format!("{}-04-01", first + 1), "status": "draft" });
            office.store.save(&Save { entity: "school_year".into(), id: None, fields: object(fields) }).map(|_| ())
        }
        _ => match rng.pick(&years) {
            Some(id) => {
                let status = ["draft", "open", "closed"][rng.below(3)];
                let fields = json!({ "status": status });
                office
                    .store
                    .save(&Save { entity: "school_year".into(), id: Some(*id), fields: object(fields) })
                    .map(|_| ())
            }
            None => return Ok(()),
        },
    };
    answered(office, saved)
}

fn save_parent(office: &mut Office, pupil: Uuid, name: Json) -> Result<(), pems_node::NodeError> {
    let fields = object(json!({ "pupil": pupil.to_string(), "name": name }));
    office.store.save(&Save { entity: "parent_of".into(), id: None, fields }).map(|_| ())
}

fn resolve(office: &mut Office, r: u64) -> Result<(), Violation> {
    let mut rng = Rng::new(r);
    let open = office.store.reviews().map_err(|error| broken(&error))?;
    let Some(entry) = rng.pick(&open) else { return Ok(()) };
    let choice = if rng.chance(50) { Choice::Mine } else { Choice::Theirs };
    let settled = office.store.resolve(entry.id, choice);
    answered(office, settled)
}

/// A save that came back: acknowledged, or refused in words.
pub(super) fn answered(office: &mut Office, saved: Result<(), pems_node::NodeError>) -> Result<(), Violation> {
    use pems_model::Code;
    match saved {
        Ok(()) => office.saved(),
        Err(error)
            if matches!(
                error.code,
                Code::Conflict | Code::ParentMissing | Code::NotFound | Code::Required | Code::RoleForbidden
            ) =>
        {
            Ok(())
        }
        Err(error) => Err(broken(&error)),
    }
}

//! A hostile device: enrolled PCs of every role that say anything that the protocol can say, over all kinds of records, fields,
//! authors, ids, groups and clocks, to a real hub with a real PostgreSQL, while honest offices of the same school and of another one
//! work beside them.
//!
//! What must always hold: an answer, never an error of the hub; whatever is good in a push is taken, whatever came with it; the same
//! again gets the same answer; honest offices stay level with the hub; the rules of the records ([`judge`]); memory does not grow
//! with what was said.

mod judge;
mod says;

use super::Stay;
use crate::raw::Speaker;
use crate::rig::{Rig, TestOffice};
use pems_model::wire::Change;
use pems_model::{Role, Schema};
use says::{Gossip, Said};
use serde_json::json;
use std::collections::BTreeSet;
use std::num::NonZeroU32;

/// Pushes between two looks at the whole.
const LOOK_EVERY: u64 = 12;
/// Pushes before memory is measured first: pools, caches and statements are filled by then.
const WARM: u64 = 40;
/// What the process may grow by afterwards, kB: hub, PostgreSQL's client and this stranger's own memory together.
const GROWTH: u64 = 128 << 10;

/// SQL as the database's owner, made for the school's slug: damage beside the product, for a test to see that it is found.
pub type Damage = fn(slug: &str) -> String;

/// Says things until the time is over, and a few however short it is: making a hub and its devices takes a while.
///
/// # Errors
/// If there is no hub to speak to.
pub fn visit(stay: &mut Stay) -> anyhow::Result<()> {
    visit_with(stay, LOOK_EVERY, None)
}

/// [`visit`] of so many pushes at least, after some damage was done.
///
/// # Errors
/// As [`visit`].
pub fn visit_with(stay: &mut Stay, least: u64, damage: Option<Damage>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut town = Town::new(stay).await;
        if let Some(sql) = damage {
            town.rig.sql(&sql("mabini")).await?;
            // Before what is said next covers it up.
            town.look(stay).await?;
        }
        while stay.tried() < least || stay.goes_on() {
            let step = stay.tries();
            town.push(stay).await?;
            if step.is_multiple_of(LOOK_EVERY) {
                town.look(stay).await?;
            }
        }
        town.look(stay).await
    })
}

/// A device that says anything.
struct Hostile {
    speaker: Speaker,
    role: Role,
    op_no: i64,
    incarnation: u32,
    /// The last push with its answers, to be said again.
    last: Option<(Vec<Change>, String)>,
    /// Of its office, which is never used as one.
    office: TestOffice,
}

struct Town {
    rig: Rig,
    hostile: Vec<Hostile>,
    honest: Vec<TestOffice>,
    /// Of the other school, with what it was when it was left alone.
    beside: (TestOffice, i64, String),
    gossip: Gossip,
    warm: Option<u64>,
    /// Rules that were found broken already.
    told: BTreeSet<String>,
}

const ROLES: [Role; 6] =
    [Role::SchoolAdmin, Role::Registrar, Role::SchoolHead, Role::Teacher, Role::Cashier, Role::Viewer];

impl Town {
    async fn new(stay: &mut Stay) -> Town {
        let many = NonZeroU32::MAX;
        let rig = Rig::start_with(|config| {
            config.rates.push = many;
            config.rates.token_address = many;
            config.rates.token = many;
            config.rates.sign_in = many;
            config.rates.sign_in_account = many;
        })
        .await;
        let tenant = rig.school("mabini").await.id;
        rig.school("rizal").await;
        let mut hostile = Vec::new();
        for role in ROLES.into_iter().chain([Role::SchoolAdmin, Role::Registrar]) {
            let office = rig.office_as("mabini", role).await;
            let speaker = Speaker::new(&office).await.expect("a token");
            hostile.push(Hostile { speaker, role, op_no: 0, incarnation: 0, last: None, office });
        }
        let honest = vec![rig.office("mabini").await, rig.office_as("mabini", Role::Registrar).await];
        let theirs = rig.office("rizal").await;
        let learner = theirs.save("student", &json!({ "last_name": "Untouched", "first_name": "Ana" }));
        theirs.sync().await;
        let at_hub = rig.at_hub("rizal").await;
        let mut gossip = Gossip::new(Schema::product(), tenant, &mut stay.rng);
        gossip.foreign = vec![learner, theirs.id()];
        gossip.devices = hostile.iter().map(|one| one.office.id()).collect();
        Town {
            rig,
            hostile,
            honest,
            beside: (theirs, at_hub.rev, at_hub.digest),
            gossip,
            warm: None,
            told: BTreeSet::new(),
        }
    }

    /// One push of one hostile device.
    async fn push(&mut self, stay: &mut Stay) -> anyhow::Result<()> {
        let at = stay.rng.below(self.hostile.len());
        if stay.rng.chance(10) && self.hostile[at].last.is_some() {
            return self.say_again(stay, at).await;
        }
        let device = &mut self.hostile[at];
        if stay.rng.chance(2) {
            // As if the office had begun anew: it counts from 1 again.
            (device.incarnation, device.op_no) = (device.incarnation + 1, 0);
        }
        let Said { changes, good } = self.gossip.push(&mut stay.rng, device.role, device.op_no);
        let mut request = device.speaker.push(changes);
        request.replica.incarnation = device.incarnation;
        request.more = stay.rng.chance(20);
        if let Some(odd) = says::odd_moment(&mut stay.rng) {
            request.sent_at = odd;
        }
        let answer = match device.speaker.sync(&request).await {
            Ok(answer) => answer,
            Err(refusal) if refusal.code == pems_model::Code::TokenExpired => {
                device.speaker = Speaker::new(&device.office).await.map_err(|error| anyhow::anyhow!("{error}"))?;
                return Ok(());
            }
            Err(refusal) => {
                stay.found(format!(
                    "{} device: a push was answered {refusal}: {}",
                    device.role.name(),
                    told(&request.changes)
                ));
                return self.start_over(at).await;
            }
        };
        device.op_no += i64::try_from(request.changes.len())?;
        if answer.results.len() != request.changes.len() {
            stay.found(format!("{} changes got {} answers", request.changes.len(), answer.results.len()));
        }
        for at in good {
            if let Some(code) = answer.refusals().get(at).copied().flatten() {
                stay.found(format!(
                    "a good change was refused ({code}) beside others: {}",
                    told(&request.changes[at..=at])
                ));
            }
        }
        let taken = answer.refusals();
        self.gossip.learn(&request.changes, &taken, &answer.rows());
        device.last = Some((request.changes, serde_json::to_string(&answer.results)?));
        Ok(())
    }

    /// The last push once more, alone or with one more change behind it.
    async fn say_again(&mut self, stay: &mut Stay, at: usize) -> anyhow::Result<()> {
        let device = &mut self.hostile[at];
        let Some((changes, answers)) = device.last.clone() else { return Ok(()) };
        let first = changes.first().map_or(0, |change| change.op_no);
        if first + i64::try_from(changes.len())? - 1 != device.op_no {
            return Ok(());
        }
        let mut request = device.speaker.push(changes);
        request.replica.incarnation = device.incarnation;
        match device.speaker.sync(&request).await {
            Ok(answer) => {
                let again = serde_json::to_string(&answer.results)?;
                if again != answers {
                    stay.found(format!("said again, answered otherwise: {answers} and then {again}"));
                }
            }
            Err(refusal) if refusal.code == pems_model::Code::TokenExpired => {
                device.speaker = Speaker::new(&device.office).await.map_err(|error| anyhow::anyhow!("{error}"))?;
            }
            Err(refusal) => stay.found(format!("said again, answered {refusal}")),
        }
        Ok(())
    }

    /// An outbox that is stuck stays stuck, and would be found at every step: the device goes on as another one.
    async fn start_over(&mut self, at: usize) -> anyhow::Result<()> {
        let role = self.hostile[at].role;
        let office = self.rig.office_as("mabini", role).await;
        let speaker = Speaker::new(&office).await.map_err(|error| anyhow::anyhow!("{error}"))?;
        self.hostile[at] = Hostile { speaker, role, op_no: 0, incarnation: 0, last: None, office };
        Ok(())
    }

    /// A look at the whole: honest offices, rules, the other school, memory.
    async fn look(&mut self, stay: &mut Stay) -> anyhow::Result<()> {
        for (n, office) in self.honest.iter().enumerate() {
            let name = format!("Honest {n} {}", stay.tried());
            let made = office.save("student", &json!({ "last_name": name, "first_name": "Ana" }));
            if let Err(error) = office.try_sync().await {
                stay.found(format!("an honest office cannot sync: {error}"));
                continue;
            }
            let last = office.outcomes().pop().flatten();
            if last.as_ref().is_none_or(|outcome| outcome.name() != "applied") {
                stay.found(format!("what an honest office made ({made}) came to {last:?}"));
            }
        }
        for office in &self.honest {
            if let Err(error) = office.try_sync().await {
                stay.found(format!("an honest office cannot sync: {error}"));
                continue;
            }
            let (hub, status) = (self.rig.at_hub("mabini").await, office.store().status()?);
            if (status.rev, status.pending, &status.digest, status.diverged) != (hub.rev, 0, &hub.digest, false) {
                stay.found(format!(
                    "an honest office is not level: rev {} of {}, {} unsent, digest {} of {}, diverged {}",
                    status.rev, hub.rev, status.pending, status.digest, hub.digest, status.diverged
                ));
            }
        }
        let (theirs, rev, digest) = &self.beside;
        let now = self.rig.at_hub("rizal").await;
        if (now.rev, &now.digest) != (*rev, digest) {
            stay.found("something of another school moved");
        }
        theirs.try_sync().await.map_err(|error| anyhow::anyhow!("{error}"))?;
        judge::look(stay, &self.rig, "mabini", &mut self.told).await?;
        if stay.tried() >= WARM {
            let now = resident()?;
            let warm = *self.warm.get_or_insert(now);
            if now > warm + GROWTH {
                stay.found(format!("memory grew from {warm} to {now} kB"));
                self.warm = Some(now);
            }
        }
        Ok(())
    }
}

/// Changes, short enough for a line.
fn told(changes: &[Change]) -> String {
    let kinds: Vec<String> = changes
        .iter()
        .map(|change| {
            let fields: String = serde_json::to_string(&change.fields).unwrap_or_default().chars().take(160).collect();
            format!("{} {:?} {fields}", change.entity, change.kind)
        })
        .collect();
    kinds.join("; ").chars().take(1_500).collect()
}

/// Resident memory of this process, which the hub is a part of, in kB.
fn resident() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    Ok(line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0))
}

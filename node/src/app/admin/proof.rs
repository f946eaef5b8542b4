//! "Is our data at the hub?", answered from every row of the file rather than from what the sync remembers.
//!
//! The digest is a sum over all rows as the hub has them (docs/adr/0001): the hub computed one, this PC compared it at the last
//! contact and kept it; here it is computed anew. Equal means that no row is missing, added or different.

use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::{NodeError, Result, Store};
use pems_model::value::format_time;
use pems_model::{Act, Code};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ProofState {
    pub running: bool,
    pub proof: Option<Proof>,
    /// Why the last try came to nothing.
    pub failed: Option<String>,
    /// A file for the page.
    pub proposed: String,
}

/// How this copy stands against the hub's, at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Proof {
    /// `level`; amber: `waiting`, `refused`, `never`, `sample`; red: `differs` (from the hub's at the last contact), `damaged` (the
    /// file is not what the sync wrote).
    pub verdict: &'static str,
    pub school: String,
    pub device: String,
    pub device_id: String,
    pub hub: String,
    /// When it was computed, RFC 3339.
    pub at: String,
    pub last_contact: Option<String>,
    pub pending: i64,
    /// When the change was made that waits longest, RFC 3339.
    pub oldest: Option<String>,
    /// Changes that the hub refused.
    pub refused: i64,
    /// How far this copy is in the hub's order of changes.
    pub rev: i64,
    /// Computed from every row, unsent changes taken off.
    pub computed: String,
    /// The one that was compared with the hub's at the last contact.
    pub confirmed: String,
    pub counts: Vec<Counted>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Counted {
    pub entity: String,
    pub label: String,
    /// Live records at this PC.
    pub records: i64,
    /// Live records at the hub, as this PC last saw them.
    pub at_hub: i64,
    /// Changes of such records that wait.
    pub waiting: i64,
}

/// Everything within one snapshot: a sync that goes on meanwhile is not seen halfway.
fn work_out(store: &Store) -> Result<Proof> {
    store.conn().execute_batch("BEGIN")?;
    let proof = look(store);
    store.conn().execute_batch("COMMIT")?;
    proof
}

fn look(store: &Store) -> Result<Proof> {
    let status = store.status()?;
    let confirmed = store.level_digest()?;
    let oldest =
        store.conn().query_row("SELECT min(at) FROM op INDEXED BY op_state WHERE state = 'pending'", [], |row| {
            row.get::<_, Option<i64>>(0)
        })?;
    let verdict = if store.is_sample()? {
        "sample"
    } else if status.last_contact.is_none() {
        "never"
    } else if status.diverged {
        "differs"
    } else if status.digest != confirmed {
        "damaged"
    } else if status.pending > 0 {
        "waiting"
    } else if status.parked > 0 {
        "refused"
    } else {
        "level"
    };
    Ok(Proof {
        verdict,
        school: status.school,
        device: status.device,
        device_id: status.device_id,
        hub: status.hub,
        at: format_time(store.now()),
        last_contact: status.last_contact,
        pending: status.pending,
        oldest: oldest.map(format_time),
        refused: status.parked,
        rev: status.rev,
        computed: status.digest,
        confirmed,
        counts: counts(store)?,
    })
}

fn counts(store: &Store) -> Result<Vec<Counted>> {
    let mut statement = store
        .conn()
        .prepare("SELECT entity, count(*) FROM op INDEXED BY op_state WHERE state = 'pending' GROUP BY entity")?;
    let found = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    let waiting: BTreeMap<String, i64> = found.collect::<rusqlite::Result<_>>()?;
    let mut counts = Vec::new();
    for entity in store.schema().entities() {
        let waiting = waiting.get(entity.name).copied().unwrap_or(0);
        counts.push(Counted {
            entity: entity.name.into(),
            label: entity.label.into(),
            records: store.count(entity.name)?,
            at_hub: store.count_at_hub(entity.name)?,
            waiting,
        });
    }
    counts.retain(|counted| counted.records > 0 || counted.at_hub > 0 || counted.waiting > 0);
    Ok(counts)
}

fn state(desk: &mut Desk, again: bool) -> Result<ProofState> {
    if again {
        match desk.store.file() {
            Some(records) => desk.beside.proof.begin("proof", move || work_out(&records.open_reader()?))?,
            None => {
                let proof = work_out(&desk.store)?;
                desk.beside.proof.put(proof);
            }
        }
    }
    let running = desk.beside.proof.running();
    let slug = desk.store.enrolled()?.school_slug;
    let name = format!("PEMS {slug} proof {}.txt", pems_model::value::format_date(desk.today()));
    let home =
        std::env::home_dir().map(|home| Some(home.join("Documents")).filter(|path| path.is_dir()).unwrap_or(home));
    Ok(ProofState {
        running,
        proof: desk.beside.proof.last().cloned(),
        failed: desk.beside.proof.failed().map(|error| error.message.clone()),
        proposed: home.unwrap_or_default().join(name).display().to_string(),
    })
}

fn save(desk: &mut Desk, path: &str) -> Result<String> {
    let Some(proof) = desk.beside.proof.last() else {
        return Err(NodeError::new(Code::BadUsage, "nothing was checked yet; check first"));
    };
    let to = PathBuf::from(path.trim());
    if path.trim().is_empty() || !to.is_absolute() {
        let message = "say where the page goes, with the whole path of a file";
        return Err(super::at_field(Code::BadUsage, "path", message));
    }
    let written = std::fs::OpenOptions::new().write(true).create_new(true).open(&to).and_then(|mut file| {
        use std::io::Write as _;
        file.write_all(page(proof).as_bytes())
    });
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            let message = "there is such a file already, and nothing is written over it; choose another name";
            super::at_field(Code::Conflict, "path", message)
        }
        _ => NodeError::io("write", &to, &error).with_details(serde_json::json!({ "field": "path" })),
    })?;
    Ok(to.display().to_string())
}

/// What the verdict means, for whoever reads the page without the program.
fn meaning(verdict: &str) -> &'static str {
    match verdict {
        "level" => "YES. Everything that was saved at this PC is at the hub, and both hold exactly the same records.",
        "waiting" => "NOT YET. Changes wait to be sent; everything else is at the hub, exactly as here.",
        "refused" => "NOT ALL. The hub refused changes; see Needs you. Everything else is at the hub, exactly as here.",
        "differs" => "NO. At the last contact the hub held other records than this PC.",
        "damaged" => "NO. The records of this PC are not those that it compared with the hub's.",
        "sample" => "This is a made-up school, which has no hub.",
        _ => "NOT YET. The hub was not reached so far.",
    }
}

/// The proof on one page of plain text. No names of learners or users.
fn page(proof: &Proof) -> String {
    let none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".into());
    let mut page = format!("IS OUR DATA AT THE HUB?\n\n{}\n\n", meaning(proof.verdict));
    for (name, value) in [
        ("School", proof.school.clone()),
        ("PC", format!("{} ({})", proof.device, proof.device_id)),
        ("Hub", proof.hub.clone()),
        ("Computed at", proof.at.clone()),
        ("Last contact", none(&proof.last_contact)),
        ("Changes that wait", proof.pending.to_string()),
        ("Oldest of them", none(&proof.oldest)),
        ("Changes refused", proof.refused.to_string()),
        ("Revision", proof.rev.to_string()),
        ("Digest computed now", proof.computed.clone()),
        ("Digest confirmed", proof.confirmed.clone()),
    ] {
        let _ = writeln!(page, "{name:<20} {value}");
    }
    let _ = writeln!(page, "\n{:<32} {:>9} {:>11} {:>13}\n", "RECORDS", "this PC", "at the hub", "changes wait");
    for counted in &proof.counts {
        let Counted { label, records, at_hub, waiting, .. } = counted;
        let _ = writeln!(page, "{label:<32} {records:>9} {at_hub:>11} {waiting:>13}");
    }
    page.push_str("\nThe digest is a sum over every record. Who runs the hub can compare it at this revision.\n");
    page
}

/// How the records stand against the hub's, computed from every row. `again` begins anew.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadProof {
    again: bool,
}

impl Request<Desk> for ReadProof {
    const NAME: &'static str = "admin.proof";
    const ACCESS: May = May::Do(Act::SeeSetup);
    type Answer = ProofState;

    fn run(self, desk: &mut Desk) -> Result<ProofState> {
        let ReadProof { again } = self;
        state(desk, again)
    }
}

/// Writes the last proof as a page of text.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SaveProof {
    path: String,
}

impl Request<Desk> for SaveProof {
    const NAME: &'static str = "admin.save_proof";
    const ACCESS: May = May::Do(Act::SeeSetup);
    type Answer = String;

    fn run(self, desk: &mut Desk) -> Result<String> {
        let SaveProof { path } = self;
        save(desk, &path)
    }
}

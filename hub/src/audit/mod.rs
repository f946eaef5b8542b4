//! Whether the audit log is what was written: every chain recomputed from its rows, and compared with how far it had come when
//! it was last looked at (`DATA/audit.anchor`), so that cutting off the end and writing the chain anew show as well.
//!
//! Invariant: nothing in the database is changed, and the anchor only moves when every chain is whole.

use futures_util::TryStreamExt;
use pems_db::sys;
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use uuid::Uuid;

const ANCHOR: &str = "audit.anchor";
type Hash = [u8; 32];

/// A place where a chain is not whole: the first one of its school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The nil id is the hub's own chain.
    pub tenant: Uuid,
    /// The entry that does not fit.
    pub seq: i64,
    pub problem: &'static str,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let whose =
            if self.tenant.is_nil() { "the hub's own log".to_owned() } else { format!("school {}", self.tenant) };
        write!(f, "{whose}, entry {}: {}", self.seq, self.problem)
    }
}

/// What a look at all chains came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    pub chains: usize,
    pub entries: u64,
    pub broken: Vec<Broken>,
}

#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error("the audit log cannot be read: {0}")]
    Database(#[from] sqlx::Error),
    #[error(
        "{file}: {source}; it is safe to remove if you know why it is damaged, but then nothing before today is compared"
    )]
    Anchor { file: String, source: io::Error },
}

/// Looks at every chain, as the database's owner. Leaves an anchor in `data_dir` if all are whole.
///
/// # Errors
/// If the log or the anchor cannot be read or written.
pub async fn verify(owner: &mut PgConnection, data_dir: &Path) -> Result<AuditReport, AuditError> {
    let path = data_dir.join(ANCHOR);
    let at = |source| AuditError::Anchor { file: path.display().to_string(), source };
    let mut anchors = read_anchor(&path).map_err(at)?;
    // One snapshot: what is added meanwhile is not yet there, in the rows and in the heads.
    let mut owner = owner.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let heads: BTreeMap<Uuid, (i64, Hash)> = heads(&mut owner).await?;
    let mut chains: BTreeMap<Uuid, Chain> = BTreeMap::new();
    let mut entries = 0;
    let all = sqlx::query_as!(
        Stored,
        r#"SELECT tenant_id, seq, (extract(epoch FROM at) * 1000000)::bigint AS "at!", actor_kind, actor_id, action, subject,
               details::text AS "details!", previous, hash
           FROM audit_log ORDER BY tenant_id, seq"#
    );
    let mut rows = all.fetch(&mut *owner);
    while let Some(stored) = rows.try_next().await? {
        let entry = Entry::of(stored)?;
        entries += 1;
        let chain = chains.entry(entry.tenant).or_default();
        chain.add(&entry, anchors.get(&entry.tenant).copied());
    }
    drop(rows);
    owner.commit().await?;
    let mut broken = Vec::new();
    for (tenant, head) in &heads {
        let chain = chains.entry(*tenant).or_default();
        // A head without entries: the chain holds events, which are numbered under the same lock.
        if chain.broken.is_none() && *head != (chain.seq, chain.hash) {
            chain.broken = Some((chain.seq + 1, "the log ends before its last entry"));
        }
    }
    for (tenant, (seq, _)) in &anchors {
        let chain = chains.entry(*tenant).or_default();
        if chain.broken.is_none() && chain.seq < *seq {
            chain.broken = Some((chain.seq + 1, "entries that were here at the last verification are gone"));
        }
    }
    for (tenant, chain) in &chains {
        let unknown = || (!heads.contains_key(tenant)).then_some((chain.seq, "the chain has entries and no head"));
        if let Some((seq, problem)) = chain.broken.or_else(unknown) {
            broken.push(Broken { tenant: *tenant, seq, problem });
        }
    }
    let found = AuditReport { chains: chains.len(), entries, broken };
    if found.broken.is_empty() {
        anchors = chains.iter().map(|(tenant, chain)| (*tenant, (chain.seq, chain.hash))).collect();
        sys::replace_private_file(&path, &anchor_text(&anchors)).map_err(at)?;
    }
    Ok(found)
}

async fn heads(owner: &mut PgConnection) -> Result<BTreeMap<Uuid, (i64, Hash)>, sqlx::Error> {
    let heads = sqlx::query!("SELECT tenant_id, seq, hash FROM sec.audit_head").fetch_all(owner).await?;
    heads.iter().map(|head| Ok((head.tenant_id, (head.seq, hash(&head.hash)?)))).collect()
}

/// An entry as it is in the database.
struct Stored {
    tenant_id: Uuid,
    seq: i64,
    /// Microseconds since 1970 UTC.
    at: i64,
    actor_kind: String,
    actor_id: Option<Uuid>,
    action: String,
    subject: Option<Uuid>,
    details: String,
    previous: Vec<u8>,
    hash: Vec<u8>,
}

struct Entry {
    tenant: Uuid,
    seq: i64,
    text: String,
    previous: Hash,
    hash: Hash,
}

impl Entry {
    fn of(stored: Stored) -> Result<Entry, sqlx::Error> {
        let or_dash = |id: Option<Uuid>| id.map_or_else(|| "-".to_owned(), |id| id.to_string());
        let Stored { tenant_id: tenant, seq, at, actor_kind, action, details, .. } = &stored;
        let (actor, subject) = (or_dash(stored.actor_id), or_dash(stored.subject));
        // The same as sec.audit_text.
        let text = format!("{tenant}|{seq}|{at}|{actor_kind}|{actor}|{action}|{subject}|{details}");
        Ok(Entry { tenant: *tenant, seq: *seq, text, previous: hash(&stored.previous)?, hash: hash(&stored.hash)? })
    }
}

fn hash(bytes: &[u8]) -> Result<Hash, sqlx::Error> {
    bytes.try_into().map_err(|_| sqlx::Error::Decode("a hash of another length than 32".into()))
}

#[derive(Debug, Default)]
struct Chain {
    seq: i64,
    hash: Hash,
    broken: Option<(i64, &'static str)>,
}

impl Chain {
    fn add(&mut self, entry: &Entry, anchor: Option<(i64, Hash)>) {
        if self.broken.is_some() {
            return;
        }
        let made: Hash = Sha256::new().chain_update(self.hash).chain_update(&entry.text).finalize().into();
        let problem = if entry.seq != self.seq + 1 {
            Some((self.seq + 1, "an entry is missing"))
        } else if entry.previous != self.hash {
            Some((entry.seq, "it does not follow from the entry before it"))
        } else if entry.hash != made {
            Some((entry.seq, "it says something else than when it was written"))
        } else if anchor.is_some_and(|(seq, hash)| seq == entry.seq && hash != entry.hash) {
            Some((entry.seq, "the chain was written anew since the last verification"))
        } else {
            None
        };
        self.broken = problem;
        (self.seq, self.hash) = (entry.seq, entry.hash);
    }
}

fn read_anchor(path: &Path) -> io::Result<BTreeMap<Uuid, (i64, Hash)>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(error),
    };
    let line = |line: &str| {
        let mut words = line.split(' ');
        let (tenant, seq, hash) = (words.next()?, words.next()?, words.next()?);
        Some((Uuid::parse_str(tenant).ok()?, (seq.parse().ok()?, hex::decode(hash).ok()?.try_into().ok()?)))
    };
    let anchors: Option<_> = text.lines().map(line).collect();
    anchors.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a line is not 'school number hash'"))
}

fn anchor_text(anchors: &BTreeMap<Uuid, (i64, Hash)>) -> String {
    anchors.iter().map(|(tenant, (seq, hash))| format!("{tenant} {seq} {}\n", hex::encode(hash))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: i64, previous: Hash, what: &str) -> Entry {
        let text = format!("{seq}|{what}");
        let hash = Sha256::new().chain_update(previous).chain_update(&text).finalize().into();
        Entry { tenant: Uuid::nil(), seq, text, previous, hash }
    }

    #[test]
    fn a_whole_chain_is_whole_and_any_other_is_not() {
        let first = entry(1, [0; 32], "a");
        let second = entry(2, first.hash, "b");
        let run = |entries: &[&Entry], anchor| {
            let mut chain = Chain::default();
            entries.iter().for_each(|entry| chain.add(entry, anchor));
            chain.broken.map(|(seq, _)| seq)
        };
        assert_eq!(run(&[&first, &second], None), None);
        assert_eq!(run(&[&first, &second], Some((2, second.hash))), None);
        assert_eq!(run(&[&first, &second], Some((2, [9; 32]))), Some(2));
        assert_eq!(run(&[&second], None), Some(1));
        assert_eq!(run(&[&second, &first], None), Some(1));
        let changed = Entry { text: "1|c".into(), ..entry(1, [0; 32], "a") };
        assert_eq!(run(&[&changed, &second], None), Some(1));
        assert_eq!(run(&[&first, &entry(2, [7; 32], "b")], None), Some(2));
    }

    #[test]
    fn the_anchor_survives_its_file() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join(ANCHOR);
        assert!(read_anchor(&path).expect("none yet").is_empty());
        let anchors = BTreeMap::from([(Uuid::nil(), (7, [3; 32])), (Uuid::from_u128(1), (1, [4; 32]))]);
        std::fs::write(&path, anchor_text(&anchors)).expect("written");
        assert_eq!(read_anchor(&path).expect("read"), anchors);
        std::fs::write(&path, "rubbish").expect("written");
        assert!(read_anchor(&path).is_err());
    }
}

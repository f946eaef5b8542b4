//! The beginning of an office: a data folder, keys, and a one-time code against a device identity.
//!
//! Enrolment can break anywhere: the keys are kept before the hub is asked, and the hub gives the same answer to the same key
//! and code again, so trying once more always ends in one device and one records file.

use crate::keys::{KeySource, Passphrase, Secrets};
use crate::log::events;
use crate::store::{Copied, Enrolled, Turns, copy};
use crate::sync::HubClient;
use crate::{NodeError, Result, Store, SystemEnv};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use pems_model::wire::EnrolRequest;
use pems_model::{Code, Schema};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

const RECORDS: &str = "records.db";
const NOTE: &str = "office.json";

/// What lies beside the records: the name under which the keys are kept. Nothing secret, nothing personal.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    account: String,
    /// The office is being thrown away; whoever finds this goes on with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    discarded: bool,
}

/// An enrolled office on this machine.
#[derive(Debug)]
pub struct Office {
    dir: PathBuf,
    account: String,
    keys: KeySource,
    secrets: Secrets,
    schema: &'static Schema,
    /// Whose turn it is to write, of all connections to the records.
    turns: Arc<Turns>,
}

impl Office {
    /// Opens the office in `dir`.
    ///
    /// # Errors
    /// `not_enrolled` where there is none yet, `key_missing` where its keys are gone.
    pub fn open(dir: &Path, keys: KeySource) -> Result<Office> {
        Office::open_with(dir, keys, Schema::product())
    }

    /// As [`Office::open`], for a given set of entities.
    ///
    /// # Errors
    /// As [`Office::open`].
    pub fn open_with(dir: &Path, keys: KeySource, schema: &'static Schema) -> Result<Office> {
        finish_discarding(dir, &keys)?;
        let Some(note) = read_note(dir)?.filter(|_| dir.join(RECORDS).exists()) else {
            let message = format!(
                "{} holds no office yet; enrol it with a code from the hub: pems-node --data {} enrol --hub URL --code CODE",
                dir.display(),
                dir.display()
            );
            return Err(NodeError::new(Code::NotEnrolled, message));
        };
        if Sealed::path(dir).exists() && keys == KeySource::Keyring {
            let message = "the keys of this office are sealed; type its passphrase";
            return Err(NodeError::new(Code::PassphraseNeeded, message));
        }
        let secrets = keys.load(&note.account)?.ok_or_else(|| {
            let message = format!("{keys} has no keys for this office (they were destroyed, or are kept elsewhere); without them the records cannot be read");
            NodeError::new(Code::KeyMissing, message)
        })?;
        Ok(Office { dir: dir.to_owned(), account: note.account, keys, secrets, schema, turns: Arc::default() })
    }

    /// Enrols this machine with a one-time code and makes its records file.
    ///
    /// # Errors
    /// `already_enrolled`, what the hub said of the code, or what the disk or keyring said. Can simply be tried again.
    pub async fn enrol(
        dir: &Path,
        keys: KeySource,
        hub: &str,
        code: &str,
        name: &str,
        schema: &'static Schema,
    ) -> Result<Office> {
        let enrolled = Office::enrol_unlogged(dir, keys, hub, code, name, schema).await;
        events::enrolled(enrolled.as_ref().err().map(|error| error.code));
        enrolled
    }

    async fn enrol_unlogged(
        dir: &Path,
        keys: KeySource,
        hub: &str,
        code: &str,
        name: &str,
        schema: &'static Schema,
    ) -> Result<Office> {
        finish_discarding(dir, &keys)?;
        refuse_enrolled(dir)?;
        // The keyring's own calls block and must not run on an async thread.
        let (folder, source) = (dir.to_owned(), keys.clone());
        let (account, secrets) = tokio::task::spawn_blocking(move || keys_for(&folder, &source))
            .await
            .map_err(|error| NodeError::new(Code::KeyringUnavailable, format!("the keyring failed: {error}")))??;
        let request = EnrolRequest {
            code: code.to_owned(),
            device_name: name.to_owned(),
            public_key: URL_SAFE_NO_PAD.encode(SigningKey::from_bytes(&secrets.signing).verifying_key().as_bytes()),
        };
        let answer = HubClient::new(hub)?.enrol(&request).await?;
        let enrolled = Enrolled {
            tenant_id: answer.tenant_id,
            device_id: answer.device_id,
            device_name: name.to_owned(),
            role: answer.role,
            school_name: answer.school_name,
            school_slug: answer.school_slug,
            hub_url: hub.trim_end_matches('/').to_owned(),
            epoch: answer.epoch,
        };
        drop(fresh(dir, &secrets, &enrolled, schema)?);
        keep(dir)?;
        Ok(Office { dir: dir.to_owned(), account, keys, secrets, schema, turns: Arc::default() })
    }

    /// Makes an office that has no hub, for the sample school.
    ///
    /// # Errors
    /// `already_enrolled`, or what the disk or keyring said.
    pub(crate) fn found(
        dir: &Path,
        keys: KeySource,
        enrolled: &Enrolled,
        fill: impl FnOnce(&mut Store) -> Result<()>,
    ) -> Result<Office> {
        let schema = Schema::product();
        finish_discarding(dir, &keys)?;
        refuse_enrolled(dir)?;
        let (account, secrets) = keys_for(dir, &keys)?;
        let mut store = fresh(dir, &secrets, enrolled, schema)?;
        fill(&mut store)?;
        drop(store);
        keep(dir)?;
        Ok(Office { dir: dir.to_owned(), account, keys, secrets, schema, turns: Arc::default() })
    }

    /// Throws the office away. It is noted first, so that a crash anywhere leaves something that the next start goes on with.
    ///
    /// # Errors
    /// What the keyring or the disk said.
    pub(crate) fn discard(self) -> Result<()> {
        write_note(&self.dir, &Note { account: self.account.clone(), discarded: true })?;
        finish_discarding(&self.dir, &self.keys)
    }

    /// Puts a copy of the records (docs/backup.md) into an empty data folder: the records and what waits to be sent, and the keys
    /// of the PC that made the copy, whose place at the hub this one takes.
    ///
    /// # Errors
    /// `already_enrolled` for a folder that holds an office, `wrong_credentials` for another passphrase, `store_corrupt` for a
    /// file that is no whole copy, or what the disk or keyring said. Nothing is lost by trying again.
    pub fn restore(dir: &Path, keys: KeySource, copy: &Path, passphrase: &Passphrase) -> Result<Office> {
        let restored = Office::restore_unlogged(dir, keys, copy, passphrase);
        match restored {
            Ok((office, copied)) => {
                events::restored(copied.bytes, copied.records);
                Ok(office)
            }
            Err(error) => {
                events::not_restored(error.code);
                Err(error)
            }
        }
    }

    fn restore_unlogged(dir: &Path, keys: KeySource, copy: &Path, passphrase: &Passphrase) -> Result<(Office, Copied)> {
        let schema = Schema::product();
        finish_discarding(dir, &keys)?;
        refuse_enrolled(dir)?;
        let secrets = copy::keys_of(copy, passphrase)?;
        clear_unfinished(dir);
        let unfinished = dir.join("records.new");
        let copied = copy::take_out(copy, &unfinished, &secrets.database, schema)?;
        Store::open(&unfinished, &secrets.database, schema, Box::new(SystemEnv))?.put_back()?;
        let account = account_of(&secrets);
        let known = keys.load(&account)?;
        if known.is_none_or(|known| known.encode() != secrets.encode()) {
            keys.store(&account, &secrets)?;
        }
        write_note(dir, &Note { account: account.clone(), discarded: false })?;
        keep(dir)?;
        Ok((Office { dir: dir.to_owned(), account, keys, secrets, schema, turns: Arc::default() }, copied))
    }

    /// A connection of its own to the records; readers and one writer do not wait for each other.
    ///
    /// # Errors
    /// `store_corrupt`, `store_newer`, or what the disk said.
    pub fn store(&self) -> Result<Store> {
        let store = Store::open(&self.dir.join(RECORDS), &self.secrets.database, self.schema, Box::new(SystemEnv))?;
        Ok(store.with_signing(&self.secrets.signing).with_turns(&self.turns))
    }

    /// As [`Office::store`], for who only reads: whatever would write is refused.
    ///
    /// # Errors
    /// As [`Office::store`].
    pub fn reader(&self) -> Result<Store> {
        Store::open_reader(&self.dir.join(RECORDS), &self.secrets.database, self.schema, Box::new(SystemEnv))
    }

    /// The device's signing key (Ed25519 seed).
    pub fn signing_key(&self) -> SigningKey {
        SigningKey::from_bytes(&self.secrets.signing)
    }

    /// Destroys the keys, after the hub said that this device is revoked: nobody can read the records any more.
    ///
    /// # Errors
    /// What the keyring or the disk said.
    pub fn destroy_keys(&self) -> Result<()> {
        self.keys.destroy(&self.account)?;
        events::keys_destroyed();
        Ok(())
    }
}

/// Where the keys are that a passphrase seals.
#[derive(Debug)]
pub struct Sealed;

impl Sealed {
    pub fn path(dir: &Path) -> PathBuf {
        dir.join("keys.sealed")
    }
}

fn refuse_enrolled(dir: &Path) -> Result<()> {
    std::fs::create_dir_all(dir).map_err(|error| NodeError::io("make the data folder", dir, &error))?;
    if dir.join(RECORDS).exists() {
        let message = format!("{} holds an enrolled office already; choose another data folder", dir.display());
        return Err(NodeError::new(Code::AlreadyEnrolled, message));
    }
    Ok(())
}

/// A records file in the making: under another name until [`keep`], so a power cut leaves either no records file or a whole one.
fn fresh(dir: &Path, secrets: &Secrets, enrolled: &Enrolled, schema: &'static Schema) -> Result<Store> {
    clear_unfinished(dir);
    Store::create(&dir.join("records.new"), &secrets.database, enrolled, schema, Box::new(SystemEnv))
}

fn clear_unfinished(dir: &Path) {
    for leftover in ["records.new", "records.new-wal", "records.new-shm"] {
        let _ = std::fs::remove_file(dir.join(leftover));
    }
}

/// Goes on with throwing an office away, where that was begun: the note that says so goes last.
fn finish_discarding(dir: &Path, keys: &KeySource) -> Result<()> {
    let Some(note) = read_note(dir)?.filter(|note| note.discarded) else { return Ok(()) };
    let remove = |path: PathBuf| match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(NodeError::io("remove", &path, &error)),
        _ => Ok(()),
    };
    for name in ["records.db-wal", "records.db-shm", RECORDS] {
        remove(dir.join(name))?;
    }
    let sealed = Sealed::path(dir);
    if sealed.exists() {
        remove(sealed)?;
    } else if let Err(error) = keys.destroy(&note.account)
        && error.code != Code::KeyringUnavailable
    {
        // Without a keyring there is nothing in one: the sealed keys went before the crash.
        return Err(error);
    }
    remove(dir.join(NOTE))
}

fn keep(dir: &Path) -> Result<()> {
    std::fs::rename(dir.join("records.new"), dir.join(RECORDS))
        .map_err(|error| NodeError::io("keep the records file in", dir, &error))
}

/// The keys of an office in the making: those of an attempt that broke, or new ones.
fn keys_for(dir: &Path, keys: &KeySource) -> Result<(String, Secrets)> {
    if let Some(note) = read_note(dir)?
        && let Some(secrets) = keys.load(&note.account)?
    {
        return Ok((note.account, secrets));
    }
    let secrets = Secrets::generate()?;
    let account = account_of(&secrets);
    keys.store(&account, &secrets)?;
    write_note(dir, &Note { account: account.clone(), discarded: false })?;
    Ok((account, secrets))
}

fn account_of(secrets: &Secrets) -> String {
    format!("office-{}", Uuid::from_slice(&blake3::hash(&secrets.signing).as_bytes()[..16]).unwrap_or_default())
}

fn write_note(dir: &Path, note: &Note) -> Result<()> {
    let path = dir.join(NOTE);
    let text = serde_json::to_string(note).map_err(|error| NodeError::new(Code::Internal, error.to_string()))?;
    std::fs::write(&path, text).map_err(|error| NodeError::io("write", &path, &error))
}

fn read_note(dir: &Path) -> Result<Option<Note>> {
    let path = dir.join(NOTE);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(NodeError::io("read", &path, &error)),
    }
}

#[cfg(test)]
mod tests;

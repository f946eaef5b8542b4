//! What shows the hub that a person, and not only this PC, did something (docs/adr/0013-authors.md): that they typed their password
//! here, and their signature under what a person has to answer for.
//!
//! Invariants: the key lies in memory alone, for as long as its owner works here; what it signed is written in the step that
//! writes the change.

use super::{Step, Store, meta};
use crate::Result;
use ed25519_dalek::SigningKey;
use pems_model::Entity;
use pems_model::entities::{SCHOOL_USER, SF2_REPORT};
use pems_model::proof::{change_text, public_of, sign, sign_in_text};
use pems_model::wire::{Change, SignedIn};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Passwords of one person that are remembered: changes of days ago wait that were made under an earlier one.
const PASSWORDS: usize = 8;

fn signed_in_key(user: Uuid) -> String {
    format!("signed_in.{user}")
}

/// A change that is sent again keeps its row and its time, so its signature is found again as well.
fn proof_key(change: &Change) -> String {
    format!("proof.{}.{}", change.row_id, change.at)
}

/// Whether a person has to sign changes of these records.
fn wants_signature(entity: &str) -> bool {
    [SCHOOL_USER.name, SF2_REPORT.name].contains(&entity)
}

impl Store {
    /// Whoever works here holds this key from now on, and has typed the password that opens it.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn vouch(&mut self, key: Option<SigningKey>) -> Result<()> {
        self.key = key;
        let (Some(actor), Some(key)) = (self.actor, &self.key) else { return Ok(()) };
        let proof = sign(key, &sign_in_text(self.tenant, self.replica, actor.id));
        let mut proofs = signed_in(&self.conn, actor.id)?;
        if proofs.contains(&proof) {
            return Ok(());
        }
        proofs.insert(0, proof);
        proofs.truncate(PASSWORDS);
        self.transaction(|step| meta::set(step.tx, &signed_in_key(actor.id), &proofs.join(" ")))
    }

    /// Whether the key here is not the one of this verifier: its password was replaced elsewhere.
    pub(crate) fn key_is_old(&self, verifier: Option<&str>) -> bool {
        let here = self.key.as_ref().map(|key| key.verifying_key().to_bytes());
        here.is_some() && here != verifier.and_then(public_of)
    }
}

impl Step<'_> {
    /// Signs a change, where somebody has to and their key is here.
    pub(super) fn sign(&self, entity: &Entity, user: Option<Uuid>, change: impl FnOnce() -> Change) -> Result<()> {
        let Some(key) = self.key.filter(|_| user.is_some() && wants_signature(entity.name)) else { return Ok(()) };
        let change = change();
        meta::set(self.tx, &proof_key(&change), &sign(key, &change_text(self.tenant, self.replica, &change)))
    }
}

fn signed_in(conn: &Connection, user: Uuid) -> Result<Vec<String>> {
    let kept = meta::get(conn, &signed_in_key(user))?.unwrap_or_default();
    Ok(kept.split_whitespace().map(str::to_owned).collect())
}

/// What goes along with these changes, as they are numbered when they travel.
pub(super) fn along(conn: &Connection, changes: &[Change]) -> Result<(Vec<SignedIn>, BTreeMap<i64, String>)> {
    let users: BTreeSet<Uuid> = changes.iter().filter_map(|change| change.user_id).collect();
    let mut people = Vec::new();
    for user in users {
        people.extend(signed_in(conn, user)?.into_iter().map(|proof| SignedIn { user, proof }));
    }
    people.truncate(pems_model::wire::MAX_PEOPLE);
    let mut proofs = BTreeMap::new();
    for change in changes.iter().filter(|change| wants_signature(&change.entity)) {
        if let Some(proof) = meta::get(conn, &proof_key(change))? {
            proofs.insert(change.op_no, proof);
        }
    }
    Ok((people, proofs))
}

//! The digest by which two copies prove that they hold the same rows.
//!
//! It is the sum, modulo 2^128, of a hash of every live row, so it is kept up to date by subtracting the old state of a row
//! and adding the new one. It guards against bugs, lost rows and rotten disks, not against a device that forges its own copy.

use crate::{Entity, Row};
use std::collections::BTreeMap;

/// The digest of one entity's rows in one tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Digest(pub u128);

impl Digest {
    /// A row has come into being, or into this state.
    pub fn add(&mut self, entity: &Entity, row: &Row) {
        self.0 = self.0.wrapping_add(row_hash(entity, row));
    }

    /// A row is not in this state any more.
    pub fn remove(&mut self, entity: &Entity, row: &Row) {
        self.0 = self.0.wrapping_sub(row_hash(entity, row));
    }

    /// 32 lower-case hex digits, as it is stored.
    pub fn to_hex(self) -> String {
        format!("{:032x}", self.0)
    }

    /// Reads what [`Digest::to_hex`] wrote; `None` for anything else.
    pub fn from_hex(hex: &str) -> Option<Digest> {
        (hex.len() == 32).then(|| u128::from_str_radix(hex, 16).ok().map(Digest)).flatten()
    }
}

/// Zero for a tombstone; otherwise 16 bytes of BLAKE3 over the entity, id, revision and the non-null fields by name. A field
/// that an older app does not know is null in every row made before it, so it does not change old digests.
fn row_hash(entity: &Entity, row: &Row) -> u128 {
    if !row.is_live() {
        return 0;
    }
    let mut hash = blake3::Hasher::new();
    hash.update(entity.name.as_bytes()).update(&[0]).update(row.id.as_bytes()).update(&row.rev.to_le_bytes());
    for (field, value) in entity.fields.iter().zip(&row.values) {
        if !value.is_null() {
            hash.update(field.name.as_bytes()).update(&[0]);
            value.hash_into(&mut hash);
        }
    }
    let mut first = [0_u8; 16];
    first.copy_from_slice(&hash.finalize().as_bytes()[..16]);
    u128::from_le_bytes(first)
}

/// The one text that a device and the hub compare: 16 hex digits over the digests of all entities that have rows.
pub fn combined<'a>(by_entity: impl IntoIterator<Item = (&'a str, Digest)>) -> String {
    let ordered: BTreeMap<&str, Digest> = by_entity.into_iter().filter(|(_, digest)| digest.0 != 0).collect();
    let mut hash = blake3::Hasher::new();
    for (name, digest) in ordered {
        hash.update(name.as_bytes()).update(&[0]).update(&digest.0.to_le_bytes());
    }
    hash.finalize().to_hex()[..16].to_owned()
}

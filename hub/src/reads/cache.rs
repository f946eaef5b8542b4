//! Answers that are kept in memory, each school's in a part that it shares with few.

use axum::body::Bytes;
use moka::sync::Cache;
use std::time::Duration;
use uuid::Uuid;

/// Answers are kept in so many parts, each school's in one of them: a school that asks for everything pushes out its own answers
/// and those of a few, never everybody's.
const PARTS: usize = 16;
/// Bytes of answers kept in each.
const PART_BYTES: u64 = 6 << 20;
/// What nobody asks for any more goes, so that a revision that is past does not linger.
const IDLE: Duration = Duration::from_secs(300);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct CacheKey {
    pub(super) tenant: Uuid,
    pub(super) rev: i64,
    pub(super) question: [u8; 32],
}

#[derive(Debug)]
pub(crate) struct Answers {
    parts: [Cache<CacheKey, Bytes>; PARTS],
}

impl Answers {
    pub(crate) fn new() -> Answers {
        let weight =
            |_: &CacheKey, body: &Bytes| u32::try_from(body.len() + size_of::<CacheKey>() + 64).unwrap_or(u32::MAX);
        let part = |_| Cache::builder().max_capacity(PART_BYTES).weigher(weight).time_to_idle(IDLE).build();
        Answers { parts: std::array::from_fn(part) }
    }

    /// Where a school's answers are.
    pub(super) fn of(&self, tenant: Uuid) -> &Cache<CacheKey, Bytes> {
        let part = usize::from(blake3::hash(tenant.as_bytes()).as_bytes()[0]) % PARTS;
        &self.parts[part]
    }
}

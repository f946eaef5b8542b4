//! Wrong passwords at this PC: five, then each further one waits longer. Kept on the disk, so that restarting gives no tries back.

use crate::{NodeError, Result, Store};
use pems_model::Code;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// Tries that cost nothing: fat fingers.
const FREE: u32 = 5;
const SECOND: i64 = 1_000_000;
/// The first wait; doubled with each further try.
const FIRST_WAIT_S: i64 = 30;
const LONGEST_WAIT_S: i64 = 15 * 60;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Tries {
    made: u32,
    /// Microseconds since 1970 UTC; nothing is checked before.
    not_before: i64,
    last: i64,
    /// Which password they were of: one that replaced it was not guessed at yet.
    of: String,
}

fn key(id: Uuid) -> String {
    format!("tries.{id}")
}

/// Which password a verifier is of, without saying anything of it.
pub(crate) fn which(verifier: &str) -> blake3::Hash {
    blake3::hash(verifier.as_bytes())
}

/// Counts a try before it is made.
///
/// # Errors
/// `account_locked` with `retry_after` in seconds.
pub(crate) fn begin(store: &mut Store, id: Uuid, verifier: &str) -> Result<()> {
    let kept = store.local(&key(id))?;
    let mut tries: Tries = kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let of = which(verifier).to_hex().to_string();
    if tries.of != of {
        // Tries of before they said which are of the password that was there.
        tries = if tries.of.is_empty() { Tries { of, ..tries } } else { Tries { of, ..Tries::default() } };
    }
    // A clock that was set back does not lock anybody out for longer than the longest wait.
    let now = store.now();
    let wait = (tries.not_before - now).clamp(0, LONGEST_WAIT_S * SECOND);
    if wait > 0 {
        let seconds = wait / SECOND + 1;
        let message = format!("too many wrong passwords; try again in {seconds} seconds, or ask a school admin");
        return Err(NodeError::new(Code::AccountLocked, message).with_details(json!({ "retry_after": seconds })));
    }
    tries.made += 1;
    tries.last = now;
    if tries.made >= FREE {
        let doubled = (tries.made - FREE).min(10);
        tries.not_before = now + (FIRST_WAIT_S << doubled).min(LONGEST_WAIT_S) * SECOND;
    }
    store.set_local(&key(id), &serde_json::to_string(&tries).unwrap_or_default())
}

/// The password was right.
pub(crate) fn forget(store: &mut Store, id: Uuid) -> Result<()> {
    store.set_local(&key(id), "{}")
}

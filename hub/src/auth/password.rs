//! Passwords as Argon2id. Each check takes 19 MiB and some hundredths of a second on purpose, so only a few run at once
//! ([`super::queue`]), each on a thread of its own that the system puts behind those of everything else ([`step_back`]).
//!
//! Invariants:
//! - whoever asks waits for a permit *before* a try is counted in the database ([`Passwords::permit`]), so being busy never costs
//!   anybody a try;
//! - nothing but our own costs is ever run: a kept text of any other form is nobody's password.

use super::queue::{Permit, Queue};
use crate::refusal::Refusal;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};
use pems_model::password::normal;
use pems_model::proof::{self, Typed};
use pems_model::verifier::{LANES, MEMORY_KIB, PASSES, is_verifier};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::oneshot;

/// Of a check that has nothing to check against.
const NOBODY: &[u8; 16] = b"nobody's account";

/// Counts how often Argon2 really ran: it is what one can measure about somebody else's sign-in.
#[derive(Debug, Default)]
pub(super) struct Runs(AtomicU64);

/// What may be hashed or checked now.
#[derive(Debug, Default)]
pub(crate) struct Passwords {
    queue: Queue,
    runs: Arc<Runs>,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Checked {
    Wrong,
    /// With the same password as it is kept today, if it was kept in another way.
    Right {
        rehashed: Option<String>,
    },
}

impl Passwords {
    /// `school`: whose people stand in one line; empty for those who run the hub.
    ///
    /// # Errors
    /// `busy`, if too many others of it wait.
    pub(crate) async fn permit(&self, school: &str) -> Result<Permit, Refusal> {
        self.queue.permit(school).await
    }

    /// Checks a password against a hash, or, for nobody, does the same work in vain.
    ///
    /// # Errors
    /// If the machine fails.
    pub(crate) async fn check(&self, permit: Permit, typed: &str, hash: Option<String>) -> Result<Checked, Refusal> {
        let typed = normal(typed);
        self.run(permit, move |runs| check(runs, &typed, hash.as_deref())).await
    }

    /// The PHC string under which a password is kept. `salt`: 16 random bytes.
    ///
    /// # Errors
    /// If the machine fails.
    pub(crate) async fn hash(&self, permit: Permit, typed: &str, salt: [u8; 16]) -> Result<String, Refusal> {
        let typed = normal(typed);
        self.run(permit, move |runs| hash(runs, &typed, &salt)).await
    }

    /// How often Argon2 ran so far: what signing in costs this hub.
    pub(crate) fn runs(&self) -> u64 {
        self.runs.0.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(
        &self,
        permit: Permit,
        job: impl FnOnce(&Runs) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T, Refusal> {
        let runs = self.runs.clone();
        let (done, told) = oneshot::channel();
        // Not one of the runtime's: a thread that has stepped back cannot come forward again.
        let thread = std::thread::Builder::new().name("password".to_owned());
        thread.spawn(move || {
            step_back();
            let result = job(&runs);
            drop(permit);
            // Whoever asked may have gone away.
            let _ = done.send(result);
        })?;
        match told.await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(Refusal::internal("password", &error)),
            Err(error) => Err(Refusal::internal("password", &error)),
        }
    }
}

/// How far behind: beside threads that are not nice this one gets a quarter of a core, on an idle machine all of it.
#[cfg(target_os = "linux")]
const NICE: i32 = 5;

/// From here on this thread (on Linux `nice` is of a thread) lets others pass. Where that is not to be had it runs as it is.
fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICE) {
        tracing::debug!(%error, "passwords are checked at full priority");
    }
}

type Failed = argon2::password_hash::Error;

/// What Argon2id makes of a password.
fn derive(runs: &Runs, params: Params, typed: &str, salt: &[u8]) -> Result<[u8; 32], Failed> {
    runs.0.fetch_add(1, Ordering::Relaxed);
    let mut derived = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
        typed.as_bytes(),
        salt,
        &mut derived,
    )?;
    Ok(derived)
}

/// Hashes now, on this thread: for the command line, which does nothing else.
pub(crate) fn hash_now(typed: &str, salt: &[u8; 16]) -> Result<String, Failed> {
    hash(&Runs::default(), &normal(typed), salt)
}

fn hash(runs: &Runs, typed: &str, salt: &[u8]) -> Result<String, Failed> {
    let derived = derive(runs, Params::new(MEMORY_KIB, PASSES, LANES, None)?, typed, salt)?;
    Ok(proof::verifier((MEMORY_KIB, PASSES, LANES), salt, &derived))
}

fn check(runs: &Runs, typed: &str, kept: Option<&str>) -> Result<Checked, Failed> {
    let Some(kept) = kept.filter(|kept| is_verifier(kept)) else {
        hash(runs, typed, NOBODY)?;
        return Ok(Checked::Wrong);
    };
    let kept = PasswordHash::new(kept)?;
    let (Some(salt), Some(output)) = (kept.salt, kept.hash) else { return Ok(Checked::Wrong) };
    let derived = derive(runs, Params::new(MEMORY_KIB, PASSES, LANES, None)?, typed, salt.as_ref())?;
    let rehashed = match proof::compare(&derived, output.as_bytes()) {
        Typed::Wrong => return Ok(Checked::Wrong),
        Typed::Right(_) => None,
        // Another salt: what was kept before there were keys is what the old salt comes to, and lies at every PC of the school.
        Typed::RightWithoutKey => {
            Some(hash(runs, typed, &blake3::derive_key("PEMS 2026-11 another salt", salt.as_ref())[..16])?)
        }
    };
    Ok(Checked::Right { rehashed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::PasswordHasher;

    #[test]
    fn a_password_is_recognised_and_another_is_not() {
        let kept = hash(&Runs::default(), "Tatlong maliliit na isda", &[7; 16]).expect("a hash");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        let right = check(&Runs::default(), "Tatlong maliliit na isda", Some(&kept)).expect("a check");
        assert_eq!(right, Checked::Right { rehashed: None });
        assert!(is_verifier(&kept), "what is made here is taken in everywhere");
        assert_eq!(check(&Runs::default(), "tatlong maliliit na isda", Some(&kept)).expect("a check"), Checked::Wrong);
        assert_eq!(check(&Runs::default(), "Tatlong maliliit na isda", None).expect("a check"), Checked::Wrong);
    }

    #[test]
    fn a_hash_with_other_costs_is_nobodys_and_never_run() {
        // Right by its own costs, so it would be found right if they were used.
        for (memory, passes, lanes) in [(1024, 1, 1), (MEMORY_KIB, PASSES, 2), (2 * MEMORY_KIB, PASSES, LANES)] {
            let params = Params::new(memory, passes, lanes, None).expect("parameters");
            let foreign: PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_with_salt(b"long ago and far away", &[9; 16])
                .expect("a hash");
            let runs = Runs::default();
            let checked = check(&runs, "long ago and far away", Some(&foreign.to_string())).expect("a check");
            assert_eq!((checked, runs.0.into_inner()), (Checked::Wrong, 1), "{foreign}");
        }
        for garbage in ["", "not a hash", "$argon2id$garbage"] {
            assert_eq!(check(&Runs::default(), "x", Some(garbage)).expect("a check"), Checked::Wrong);
        }
    }

    #[test]
    fn what_was_kept_before_there_were_keys_gets_one() {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("parameters");
        let old: PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(b"long ago and far away", &[9; 16])
            .expect("a hash");
        let runs = Runs::default();
        let Checked::Right { rehashed: Some(new) } =
            check(&runs, "long ago and far away", Some(&old.to_string())).expect("a check")
        else {
            panic!("it is right, and proves nothing");
        };
        assert_ne!(old.to_string().split('$').nth(4), new.split('$').nth(4), "with another salt");
        let again = check(&runs, "long ago and far away", Some(&new)).expect("a check");
        assert_eq!(again, Checked::Right { rehashed: None });
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_check_lets_everything_else_pass_and_nothing_else_steps_back() {
        let nice = || rustix::process::getpriority_process(None).expect("a priority");
        let (passwords, before) = (Passwords::default(), nice());
        let permit = passwords.permit("a").await.expect("free");
        let there = passwords.run(permit, move |_| Ok(nice())).await.expect("done");
        assert_eq!(there, (before + NICE).min(19));
        assert_eq!(nice(), before, "this thread is as it was");
    }

    #[test]
    fn letters_count_not_how_they_were_typed() {
        assert_eq!(normal("Pen\u{303}a"), normal("Pe\u{f1}a"));
        assert_eq!(normal("ﬁ"), "fi");
    }
}

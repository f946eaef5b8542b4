//! The operators' console, as far as the hub does it: who is signed in there, and what they do. Functions over the door
//! [`ConsoleDb`], whose every transaction says who, and whether they may, is asked again in the database
//! (`migrations/0031_console.sql`, `migrations/0032_console_acts.sql`).
//!
//! - [`secret`]: the cookie and the code of an invitation
//! - [`sessions`]: signing in and out, typing a code again
//! - [`enrolment`]: whoever is invited chooses a password and a second factor
//! - [`operators`]: who is an operator; what waits for a second owner
//! - [`schools`]: schools, without their people
//!
//! Invariants: nothing here knows a child or a clerk; what acts has a reason and a fresh code; what is not within somebody's scope
//! is not there for them.

pub(crate) mod enrolment;
pub(crate) mod operators;
pub(crate) mod schools;
pub(crate) mod secret;
pub(crate) mod sessions;

use crate::auth::Auth;
use crate::refusal::Refusal;
use pems_db::{ConsoleContext, ConsoleDb, ConsoleRole};
use pems_model::Code;
use std::sync::Arc;

/// What the console is made of.
#[derive(Debug)]
pub(crate) struct Console {
    pub(crate) auth: Arc<Auth>,
    pub(crate) console_db: ConsoleDb,
}

/// Said before the database says it, which would be an alarm.
///
/// # Errors
/// `role_forbidden`.
fn only(who: &ConsoleContext, may: impl Fn(ConsoleRole) -> bool) -> Result<(), Refusal> {
    if may(who.role()) {
        return Ok(());
    }
    let names: Vec<_> = ConsoleRole::ALL.into_iter().filter(|role| may(*role)).map(ConsoleRole::name).collect();
    Err(Refusal::new(Code::RoleForbidden, format!("this is for: {}; ask an owner of the hub", names.join(", "))))
}

fn is_owner(role: ConsoleRole) -> bool {
    role == ConsoleRole::Owner
}

fn acts_on_schools(role: ConsoleRole) -> bool {
    role != ConsoleRole::Viewer
}

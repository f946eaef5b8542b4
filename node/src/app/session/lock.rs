//! A desk that nobody touches locks itself, and what is found behind a lock.

use super::{IDLE_MINUTES, MINUTE};
use crate::Result;
use crate::app::Desk;
use crate::domain::users::{people, tries};

impl Desk {
    pub(in crate::app) fn idle_minutes(&self) -> Result<i64> {
        Ok(self.store.local("idle_minutes")?.and_then(|text| text.parse().ok()).unwrap_or(IDLE_MINUTES))
    }

    pub(super) fn lock_if_idle(&mut self) -> Result<()> {
        let idle = self.store.now().saturating_sub(self.session.touched);
        if self.session.person.is_some() && idle > self.idle_minutes()?.saturating_mul(MINUTE) {
            self.session.locked = true;
            self.store.sign(None);
        }
        Ok(())
    }

    /// A lock ends with who locked it: who may not sign in any more leaves no screen behind that only they could open. Whether
    /// their password is another one now.
    pub(super) fn look_behind_the_lock(&mut self) -> Result<bool> {
        let Some(id) = self.session.person.as_ref().filter(|_| self.session.locked).map(|person| person.id) else {
            return Ok(false);
        };
        if people::find(&self.store, id)?.is_none() {
            self.leave();
            return Ok(false);
        }
        let now = people::verifier(&self.store, id)?.as_deref().map(tries::which);
        Ok(self.session.password.is_some_and(|before| now != Some(before)))
    }
}

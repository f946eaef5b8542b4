//! The window's way to sign a month and to open it again ([`signing`]): who may, and what the screen shows then. Neither is
//! remembered for Ctrl+Z: a signature is taken back by who may open the month again, with a reason.

use super::super::Desk;
use super::super::session::to_json;
use crate::Result;
use crate::domain::attendance::days::Month;
use crate::domain::attendance::section::Section;
use crate::domain::attendance::signing;
pub use crate::domain::attendance::signing::Report;
pub(in crate::app) use crate::domain::attendance::signing::{find, on};
use pems_model::domain::attendance::REOPENERS;
use serde_json::Value as Json;
use uuid::Uuid;

impl Desk {
    pub(super) fn sign_off(&mut self, section: Uuid, month: &str) -> Result<Json> {
        let month = Month::parse(month)?;
        let section = Section::find(self.store.conn(), section)?;
        self.check_takes(&section)?;
        let by = self.person().map(|person| person.id);
        self.check_submitted(section.id, month)?;
        self.store.act(|work| signing::sign(work, by, &section, month))?;
        self.report(&section, month)
    }

    pub(super) fn reopen(&mut self, section: Uuid, month: &str, reason: &str) -> Result<Json> {
        let month = Month::parse(month)?;
        self.check_role(REOPENERS, "open a signed SF2 again")?;
        let section = Section::find(self.store.conn(), section)?;
        self.store.act(|work| signing::reopen(work, &section, month, reason))?;
        self.report(&section, month)
    }

    fn report(&self, section: &Section, month: Month) -> Result<Json> {
        to_json(&find(self.store.conn(), section.id, month)?.map(|(_, report)| report))
    }
}

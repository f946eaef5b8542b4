//! The window's way to sign a month and to open it again ([`signing`]): who may, and what the screen shows then. Neither is
//! taken back by Ctrl+Z: a signature is taken back by who may open the month again, with a reason; whoever presses it is told so.

use super::super::Desk;
use super::super::undo::Lasting;
use crate::app::request::{May, Request};
use crate::domain::attendance::days::Month;
use crate::domain::attendance::section::Section;
use crate::domain::attendance::signing;
pub use crate::domain::attendance::signing::Report;
pub(in crate::app) use crate::domain::attendance::signing::{find, on};
use crate::{NodeError, Result};
use pems_model::{Act, Code};
use serde::Deserialize;
use ts_rs::TS;
use uuid::Uuid;

impl Desk {
    pub(super) fn sign_off(&mut self, section: Uuid, month: &str) -> Result<Report> {
        let month = Month::parse(month)?;
        let section = Section::find(self.store.conn(), section)?;
        self.check_takes(&section)?;
        let by = self.person().map(|person| person.id);
        self.check_submitted(section.id, month)?;
        self.store.act(|work| signing::sign(work, by, &section, month))?;
        self.acts.did_for_good(lasting("signed", &section, month));
        self.report(&section, month)
    }

    pub(super) fn reopen(&mut self, section: Uuid, month: &str, reason: &str) -> Result<Report> {
        let month = Month::parse(month)?;
        let section = Section::find(self.store.conn(), section)?;
        self.store.act(|work| signing::reopen(work, &section, month, reason))?;
        self.acts.did_for_good(lasting("reopened", &section, month));
        self.report(&section, month)
    }

    fn report(&self, section: &Section, month: Month) -> Result<Report> {
        let found = find(self.store.conn(), section.id, month)?.map(|(_, report)| report);
        found.ok_or_else(|| NodeError::new(Code::Internal, "the signature is not there any more; look again"))
    }
}

fn lasting(kind: &'static str, section: &Section, month: Month) -> Lasting {
    Lasting { kind, what: format!("{}, {}", section.title(), month.words()) }
}

/// Signs the month's SF2, which locks it.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SignOff {
    #[ts(type = "string")]
    section: Uuid,
    month: String,
}

impl Request<Desk> for SignOff {
    const NAME: &'static str = "attendance.sign_off";
    const ACCESS: May = May::Do(Act::SignMonth);
    type Answer = Report;

    fn run(self, desk: &mut Desk) -> Result<Report> {
        let SignOff { section, month } = self;
        desk.sign_off(section, &month)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Reopen {
    #[ts(type = "string")]
    section: Uuid,
    month: String,
    reason: String,
}

impl Request<Desk> for Reopen {
    const NAME: &'static str = "attendance.reopen";
    const ACCESS: May = May::Do(Act::ReopenMonth);
    type Answer = Report;

    fn run(self, desk: &mut Desk) -> Result<Report> {
        let Reopen { section, month, reason } = self;
        desk.reopen(section, &month, &reason)
    }
}

//! What happens to one enrolment.

use super::{Count, by, name};
use crate::Result;
use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::domain::enrolment::record::Enrolment;
use crate::domain::enrolment::{By, Day, correct, moves};
use crate::store::Work;
use pems_model::Act;
use serde::Deserialize;
use ts_rs::TS;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct TransferOut {
    #[ts(type = "string")]
    enrolment: Uuid,
    to_school: String,
    #[ts(type = "string")]
    on_date: Day,
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    unsettled_account: bool,
}

impl Request<Desk> for TransferOut {
    const NAME: &'static str = "enrolment.transfer_out";
    const ACCESS: May = May::Do(Act::Enrol);
    type Answer = Count;

    fn run(self, desk: &mut Desk) -> Result<Count> {
        let TransferOut { enrolment, to_school, on_date, unsettled_account } = self;
        happens(desk, "Transfer out of", |work, by| {
            moves::transfer_out(work, by, enrolment, &to_school, on_date, unsettled_account)
        })
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct DropOut {
    #[ts(type = "string")]
    enrolment: Uuid,
    reason_code: String,
    #[serde(default)]
    #[ts(optional)]
    note: Option<String>,
    #[ts(type = "string")]
    on_date: Day,
}

impl Request<Desk> for DropOut {
    const NAME: &'static str = "enrolment.drop";
    const ACCESS: May = May::Do(Act::Enrol);
    type Answer = Count;

    fn run(self, desk: &mut Desk) -> Result<Count> {
        let DropOut { enrolment, reason_code, note, on_date } = self;
        happens(desk, "Dropping of", |work, by| {
            moves::drop(work, by, enrolment, &reason_code, note.as_deref(), on_date)
        })
    }
}

/// Back within the year.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Return {
    #[ts(type = "string")]
    enrolment: Uuid,
    #[ts(type = "string")]
    on_date: Day,
    #[serde(default)]
    #[ts(optional, type = "string")]
    section: Option<Uuid>,
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    over_capacity: bool,
}

impl Request<Desk> for Return {
    const NAME: &'static str = "enrolment.return";
    const ACCESS: May = May::Do(Act::Enrol);
    type Answer = Count;

    fn run(self, desk: &mut Desk) -> Result<Count> {
        let Return { enrolment, on_date, section, over_capacity } = self;
        happens(desk, "Return of", |work, by| moves::take_back(work, by, enrolment, on_date, section, over_capacity))
    }
}

/// It was a mistake.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Cancel {
    #[ts(type = "string")]
    enrolment: Uuid,
    #[serde(default)]
    #[ts(optional)]
    note: Option<String>,
    #[ts(type = "string")]
    on_date: Day,
}

impl Request<Desk> for Cancel {
    const NAME: &'static str = "enrolment.cancel";
    const ACCESS: May = May::Do(Act::Enrol);
    type Answer = Count;

    fn run(self, desk: &mut Desk) -> Result<Count> {
        let Cancel { enrolment, note, on_date } = self;
        happens(desk, "Cancelling of", |work, by| moves::cancel(work, by, enrolment, note.as_deref(), on_date))
    }
}

/// The day of an enrolment, or its section, was written wrongly.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Correct {
    #[ts(type = "string")]
    enrolment: Uuid,
    #[ts(type = "string")]
    on_date: Day,
    #[serde(default)]
    #[ts(optional, type = "string")]
    section: Option<Uuid>,
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    over_capacity: bool,
}

impl Request<Desk> for Correct {
    const NAME: &'static str = "enrolment.correct";
    const ACCESS: May = May::Do(Act::Enrol);
    type Answer = Count;

    fn run(self, desk: &mut Desk) -> Result<Count> {
        let Correct { enrolment, on_date, section, over_capacity } = self;
        let right = correct::Right { on: on_date, section, over_capacity };
        happens(desk, "Correction of the enrolment of", |work, by| correct::correct(work, by, enrolment, &right))
    }
}

fn happens(
    desk: &mut Desk,
    what: &str,
    work: impl FnOnce(&mut Work<'_, '_>, &By) -> Result<Enrolment>,
) -> Result<Count> {
    let by = by(desk);
    let (act, enrolment) = desk.store.act_together(|tx| work(tx, &by))?;
    let what = format!("{what} {}", name(desk, enrolment.student)?);
    desk.did(act, what);
    Ok(Count { count: 1 })
}

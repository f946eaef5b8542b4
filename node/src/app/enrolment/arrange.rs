//! Sections, who is in them, and the year that follows: the head of the school arranges these too.

use super::{Count, Made, TOGETHER, by};
use crate::Result;
use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::domain::enrolment::{Day, marked, sections, year};
use crate::store::Work;
use pems_model::Act;
use serde::Deserialize;
use ts_rs::TS;
use uuid::Uuid;

/// Makes the school year after this one, as a draft.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct MakeNextYear {
    #[ts(type = "string")]
    year: Uuid,
}

impl Request<Desk> for MakeNextYear {
    const NAME: &'static str = "enrolment.next_year";
    const ACCESS: May = May::Do(Act::ArrangeSections);
    type Answer = Made;

    fn run(self, desk: &mut Desk) -> Result<Made> {
        let MakeNextYear { year } = self;
        let (act, saved) = desk.store.act(|work| year::begin_next(work, year))?;
        desk.did(act, "New school year");
        Ok(Made { id: saved.row.id })
    }
}

/// Makes or changes a section.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SaveSection {
    #[ts(type = "string")]
    school_year: Uuid,
    #[serde(default)]
    #[ts(optional, type = "string")]
    id: Option<Uuid>,
    fields: sections::SectionFields,
}

impl Request<Desk> for SaveSection {
    const NAME: &'static str = "enrolment.section";
    const ACCESS: May = May::Do(Act::ArrangeSections);
    type Answer = Made;

    fn run(self, desk: &mut Desk) -> Result<Made> {
        let SaveSection { school_year, id, fields } = self;
        let (act, made) = desk.store.act(|work| sections::save(work, school_year, id, &fields))?;
        let name = fields.name.as_deref().unwrap_or_default();
        desk.did(act, if id.is_some() { format!("Change of section {name}") } else { format!("New section {name}") });
        Ok(Made { id: made })
    }
}

/// Deletes a section that nobody was in.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct DeleteSection {
    #[ts(type = "string")]
    id: Uuid,
}

impl Request<Desk> for DeleteSection {
    const NAME: &'static str = "enrolment.delete_section";
    const ACCESS: May = May::Do(Act::ArrangeSections);
    type Answer = Count;

    fn run(self, desk: &mut Desk) -> Result<Count> {
        let DeleteSection { id } = self;
        let (act, ()) = desk.store.act(|work| sections::delete(work, id))?;
        desk.did(act, "Deletion of a section");
        Ok(Count { count: 1 })
    }
}

/// The sections of one year in another too.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct CopySections {
    #[ts(type = "string")]
    from_year: Uuid,
    #[ts(type = "string")]
    to_year: Uuid,
}

impl Request<Desk> for CopySections {
    const NAME: &'static str = "enrolment.copy_sections";
    const ACCESS: May = May::Do(Act::ArrangeSections);
    type Answer = Count;

    fn run(self, desk: &mut Desk) -> Result<Count> {
        let CopySections { from_year, to_year } = self;
        let (act, count) = desk.store.act(|work| sections::copy(work, from_year, to_year))?;
        if count > 0 {
            desk.did(act, format!("{count} sections copied"));
        }
        Ok(Count { count })
    }
}

/// Into a section from a day on; without one, out of theirs.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Assign {
    #[ts(type = "string[]")]
    enrolments: Vec<Uuid>,
    #[serde(default)]
    #[ts(optional, type = "string")]
    section: Option<Uuid>,
    #[ts(type = "string")]
    on_date: Day,
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    over_capacity: bool,
    /// Somebody agreed that marks of that day and later stay with the section where they were made.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    marks_stay: bool,
}

impl Request<Desk> for Assign {
    const NAME: &'static str = "enrolment.assign";
    const ACCESS: May = May::Do(Act::ArrangeSections);
    type Answer = Count;

    fn run(self, desk: &mut Desk) -> Result<Count> {
        let Assign { enrolments, section, on_date, over_capacity, marks_stay } = self;
        let by = by(desk);
        let placing = sections::Placing { enrolments: &enrolments, section, day: on_date, over_capacity };
        let few = enrolments.len() <= TOGETHER;
        let work = |work: &mut Work<'_, '_>| {
            let count = sections::assign(work, &by, &placing)?;
            marked::check(work.conn(), &enrolments, section, on_date.0, by.today, marks_stay)?;
            Ok(count)
        };
        let (act, count) = if few { desk.store.act_together(work)? } else { desk.store.act(work)? };
        if count > 0 {
            let name = match section {
                Some(section) => sections::find(desk.store.conn(), section, on_date.0)?.name,
                None => "no section".into(),
            };
            desk.did(act, format!("{count} moved to {name}"));
        }
        Ok(Count { count })
    }
}

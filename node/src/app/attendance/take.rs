//! The window's way to take attendance ([`taking`]): who may, and what there is to undo.

use super::super::Desk;
use super::class::Class;
use crate::Result;
use crate::app::request::{May, Request};
use crate::domain::attendance::days;
use crate::domain::attendance::section::Section;
use crate::domain::attendance::taking;
pub use crate::domain::attendance::taking::TakenMark;
use pems_model::Act;
use serde::Deserialize;
use ts_rs::TS;
use uuid::Uuid;

/// What is to be recorded.
#[derive(Debug)]
pub(super) struct Taking<'a> {
    pub section: Uuid,
    pub date: &'a str,
    pub session: &'a str,
    pub marks: Vec<TakenMark>,
    /// The marks as they were read; who is not in it was seen as present.
    pub seen: &'a [TakenMark],
    pub correction: Option<&'a str>,
}

impl Desk {
    pub(super) fn take(&mut self, asked: Taking<'_>) -> Result<Class> {
        taking::check_session(asked.session)?;
        let date = days::date(asked.date, "date")?;
        let section = Section::find(self.store.conn(), asked.section)?;
        self.check_takes(&section)?;
        let by = self.person().map(|person| person.id);
        let taking = taking::Taking {
            section: &section,
            date,
            session: asked.session,
            marks: asked.marks,
            seen: asked.seen,
            correction: asked.correction,
        };
        let (act, wrote) = self.store.act(|work| taking::take(work, by, taking))?;
        if wrote {
            self.did(act, format!("Attendance of {}, {}", section.title(), days::said(date)));
        }
        self.keep_class(section.id, date, asked.session, None)?;
        self.class(section.id, asked.date, asked.session)
    }
}

/// Records it: who is not among the marks was present. `stale`, and nothing is written, where it would change what was not
/// seen.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Take {
    #[ts(type = "string")]
    section: Uuid,
    date: String,
    session: String,
    marks: Vec<TakenMark>,
    /// The marks as the class showed them before; who is not among them was seen as present.
    #[serde(default)]
    seen: Vec<TakenMark>,
    /// Why a day that was taken is changed afterwards.
    #[serde(default)]
    #[ts(optional)]
    correction: Option<String>,
}

impl Request<Desk> for Take {
    const NAME: &'static str = "attendance.take";
    const ACCESS: May = May::Do(Act::TakeAttendance);
    type Answer = Class;

    fn run(self, desk: &mut Desk) -> Result<Class> {
        let Take { section, date, session, marks, seen, correction } = self;
        desk.take(Taking {
            section,
            date: &date,
            session: &session,
            marks,
            seen: &seen,
            correction: correction.as_deref(),
        })
    }
}

//! The questions of the window about attendance and the school's calendar: `{"do": "attendance.…"}`.
//!
//! Invariants: "not taken" (no sheet) and "all present" (a sheet without marks) are never confused; a class is taken on class
//! days that have come; a month whose School Form 2 is signed does not change.

pub(in crate::app) mod absent;
mod calendar;
mod class;
pub(in crate::app) mod drafts;
pub(in crate::app) mod lock;
mod month;
pub(in crate::app) mod overview;
mod take;
mod takers;
#[cfg(test)]
pub(in crate::app) mod tests;

pub(in crate::app) use absent::{Caller, LongAbsent, runs};
pub(in crate::app) use month::{Classed, marks_of, months};
pub(in crate::app) use overview::SectionDay;

use super::Desk;
use super::session::to_json;
use crate::Result;
use crate::domain::attendance::{days, holidays, roster, section};
use serde::Deserialize;
use serde_json::Value as Json;
use ts_rs::TS;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "do", deny_unknown_fields)]
#[ts(rename = "AttendanceRequest")]
pub enum Request {
    /// A day over all sections; today where no date (`YYYY-MM-DD`) is given. Answered by [`overview::Overview`].
    #[serde(rename = "attendance.today")]
    Today {
        #[serde(default)]
        #[ts(optional)]
        date: Option<String>,
    },
    /// A class on a day. Answered by [`class::Class`].
    #[serde(rename = "attendance.class")]
    Class {
        #[ts(type = "string")]
        section: Uuid,
        date: String,
        /// `day`, `am` or `pm`.
        session: String,
    },
    /// Records it: who is not among the marks was present. `stale`, and nothing is written, where it would change what was not
    /// seen. Answered by [`class::Class`].
    #[serde(rename = "attendance.take")]
    Take {
        #[ts(type = "string")]
        section: Uuid,
        date: String,
        session: String,
        marks: Vec<take::TakenMark>,
        /// The marks as the class showed them before; who is not among them was seen as present.
        #[serde(default)]
        seen: Vec<take::TakenMark>,
        /// Why a day that was taken is changed afterwards.
        #[serde(default)]
        #[ts(optional)]
        correction: Option<String>,
    },
    /// Keeps marks that were made and not submitted, at this PC, for whoever made them; without a draft, none. Answered by `null`.
    #[serde(rename = "attendance.keep_draft")]
    KeepDraft {
        #[ts(type = "string")]
        section: Uuid,
        date: String,
        session: String,
        #[serde(default)]
        #[ts(optional)]
        draft: Option<drafts::Draft>,
    },
    /// The classes that whoever is here marked and did not submit. Answered by a list of [`drafts::Unsubmitted`].
    #[serde(rename = "attendance.unsubmitted")]
    Unsubmitted,
    /// Who is absent five class days in a row. Answered by a list of [`absent::LongAbsent`].
    #[serde(rename = "attendance.five_days")]
    FiveDays {
        #[serde(default)]
        #[ts(optional)]
        date: Option<String>,
    },
    /// A section's month (`2026-06`) as a grid. Answered by [`month::MonthSheet`].
    #[serde(rename = "attendance.month")]
    Month {
        #[ts(type = "string")]
        section: Uuid,
        month: String,
    },
    /// Signs the month's SF2, which locks it. Answered by [`lock::Report`].
    #[serde(rename = "attendance.sign_off")]
    SignOff {
        #[ts(type = "string")]
        section: Uuid,
        month: String,
    },
    /// Answered by [`lock::Report`].
    #[serde(rename = "attendance.reopen")]
    Reopen {
        #[ts(type = "string")]
        section: Uuid,
        month: String,
        reason: String,
    },
    /// The calendar of a school year, the present one where none is named. Answered by [`calendar::CalendarYear`].
    #[serde(rename = "attendance.calendar")]
    Calendar {
        #[serde(default)]
        #[ts(optional, type = "string")]
        school_year: Option<Uuid>,
    },
    /// Answered by [`calendar::CalendarYear`].
    #[serde(rename = "attendance.set_days")]
    SetDays {
        #[ts(type = "string")]
        school_year: Uuid,
        setting: calendar::DaySetting,
    },
    /// Puts national holidays into the calendar: those of these dates, or all that are sure. Answered by
    /// [`calendar::CalendarYear`].
    #[serde(rename = "attendance.add_holidays")]
    AddHolidays {
        #[ts(type = "string")]
        school_year: Uuid,
        #[serde(default)]
        #[ts(optional)]
        dates: Option<Vec<String>>,
    },
    /// Answered by [`calendar::CalendarYear`].
    #[serde(rename = "attendance.remove_days")]
    RemoveDays {
        #[ts(type = "string")]
        school_year: Uuid,
        #[ts(type = "string[]")]
        ids: Vec<Uuid>,
    },
}

/// Which request is answered by what, for the window.
pub(super) const ANSWERS: &str = "export interface AttendanceAnswers {
  \"attendance.today\": Overview;
  \"attendance.class\": Class;
  \"attendance.take\": Class;
  \"attendance.keep_draft\": null;
  \"attendance.unsubmitted\": Unsubmitted[];
  \"attendance.five_days\": LongAbsent[];
  \"attendance.month\": MonthSheet;
  \"attendance.sign_off\": Report;
  \"attendance.reopen\": Report;
  \"attendance.calendar\": CalendarYear;
  \"attendance.set_days\": CalendarYear;
  \"attendance.add_holidays\": CalendarYear;
  \"attendance.remove_days\": CalendarYear;
}
";

/// What the declarations of this area are called in TypeScript.
pub(super) fn declarations(config: &ts_rs::Config) -> Vec<String> {
    vec![
        Request::decl(config),
        take::TakenMark::decl(config),
        days::Day::decl(config),
        roster::Name::decl(config),
        section::SectionInfo::decl(config),
        class::Taken::decl(config),
        class::Pupil::decl(config),
        class::Elsewhere::decl(config),
        class::Class::decl(config),
        drafts::Draft::decl(config),
        drafts::Unsubmitted::decl(config),
        lock::Report::decl(config),
        overview::SectionDay::decl(config),
        overview::Overview::decl(config),
        absent::Caller::decl(config),
        absent::LongAbsent::decl(config),
        month::MonthDay::decl(config),
        month::MonthPupil::decl(config),
        month::Untaken::decl(config),
        month::MonthSheet::decl(config),
        holidays::Holiday::decl(config),
        calendar::YearInfo::decl(config),
        calendar::CalendarEntry::decl(config),
        calendar::CalendarYear::decl(config),
        calendar::DaySetting::decl(config),
    ]
}

pub(super) fn answer(desk: &mut Desk, request: Request) -> Result<Json> {
    match request {
        Request::Today { date } => to_json(&desk.day_overview(date.as_deref())?),
        Request::Class { section, date, session } => desk.class(section, &date, &session),
        Request::Take { section, date, session, marks, seen, correction } => desk.take(take::Taking {
            section,
            date: &date,
            session: &session,
            marks,
            seen: &seen,
            correction: correction.as_deref(),
        }),
        Request::KeepDraft { section, date, session, draft } => {
            class::check_session(&session)?;
            desk.keep_class(section, days::date(&date, "date")?, &session, draft)
        }
        Request::Unsubmitted => to_json(&desk.unsubmitted()?),
        Request::FiveDays { date } => to_json(&desk.away(date.as_deref())?),
        Request::Month { section, month } => desk.month(section, &month),
        Request::SignOff { section, month } => desk.sign_off(section, &month),
        Request::Reopen { section, month, reason } => desk.reopen(section, &month, &reason),
        Request::Calendar { school_year } => desk.calendar(school_year),
        Request::SetDays { school_year, setting } => desk.set_days(school_year, &setting),
        Request::AddHolidays { school_year, dates } => desk.add_holidays(school_year, dates.as_deref()),
        Request::RemoveDays { school_year, ids } => desk.remove_days(school_year, &ids),
    }
}

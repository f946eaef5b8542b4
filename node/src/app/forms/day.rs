//! A day of attendance over all sections.

use super::form::{Form, Gathered};
use super::list::columns;
use super::named::Said;
use super::school;
use crate::Result;
use crate::app::Desk;
use crate::domain::attendance::section::titled;
use pems_forms::list::List;
use pems_model::value::parse_date;
use serde::Deserialize;
use ts_rs::TS;

/// A day (`2026-06-16`) over all sections.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "FormAskedDay")]
pub struct AskDay {
    pub date: String,
}

impl Form for AskDay {
    const WORDS: &'static [&'static str] = &["date"];

    fn named(said: &Said<'_>) -> Result<AskDay> {
        Ok(AskDay { date: said.need("date", "2026-10-15")?.to_owned() })
    }

    fn gather(&self, desk: &mut Desk) -> Result<Gathered> {
        gather(desk, &self.date)
    }
}

/// A day over all sections: where attendance was taken, and by whom.
fn gather(desk: &mut Desk, date: &str) -> Result<Gathered> {
    let overview = desk.day_overview(Some(date))?;
    let half = |day: &str| match day {
        "am" => "morning not taken",
        _ => "afternoon not taken",
    };
    let row = |line: &crate::app::attendance::SectionDay| {
        let state = match (&line.taken, &line.half_untaken) {
            (Some(_), Some(missing)) => half(missing).to_owned(),
            (Some(taken), None) => match &taken.by {
                Some(who) => format!("taken by {who}"),
                None => "taken".to_owned(),
            },
            (None, _) if !line.day.class => "no classes".to_owned(),
            (None, _) => "not taken".to_owned(),
        };
        let counts = |count: usize| if line.taken.is_some() { count.to_string() } else { String::new() };
        vec![
            titled(&line.section.grade_level, &line.section.name),
            line.section.adviser.clone().unwrap_or_default(),
            line.learners.to_string(),
            counts(line.absent),
            counts(line.half),
            counts(line.tardy),
            state,
        ]
    };
    let list = List {
        school: school::letterhead(&desk.store)?.school,
        title: "ATTENDANCE OF A DAY".to_owned(),
        narrowed: vec![overview.date.clone()],
        columns: columns(&[
            ("Section", false),
            ("Adviser", false),
            ("Learners", true),
            ("Absent", true),
            ("Half a day", true),
            ("Late or cutting", true),
            ("Attendance", false),
        ]),
        rows: overview.sections.iter().map(row).collect(),
        counted: "sections".to_owned(),
        on: parse_date(&overview.date).unwrap_or_else(|| desk.today()),
    };
    Ok(Gathered { title: format!("Attendance, {}", overview.date), form: Box::new(list) })
}

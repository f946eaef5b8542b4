//! Whom to call or visit: learners who have been away for five class days or more.

use super::form::{Form, Gathered};
use super::list::columns;
use super::named::Said;
use super::school;
use crate::Result;
use crate::app::Desk;
use crate::domain::attendance::section::titled;
use pems_forms::list::List;
use pems_model::value::format_date;
use serde::Deserialize;
use ts_rs::TS;

/// Who has been away for five class days or more.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "FormAskedAway")]
pub struct AskAway {}

impl Form for AskAway {
    const WORDS: &'static [&'static str] = &[];

    fn named(_said: &Said<'_>) -> Result<AskAway> {
        Ok(AskAway {})
    }

    fn gather(&self, desk: &mut Desk) -> Result<Gathered> {
        gather(desk)
    }
}

fn gather(desk: &Desk) -> Result<Gathered> {
    let away = desk.away(None)?;
    let row = |one: &crate::app::attendance::LongAbsent| {
        let call = |who: &crate::app::attendance::Caller| {
            let phone = who.phone.as_deref().map(|phone| format!(" {phone}")).unwrap_or_default();
            format!("{} ({}){phone}", who.name, who.relation)
        };
        vec![
            one.listed.clone(),
            titled(&one.section.grade_level, &one.section.name),
            one.days.to_string(),
            one.since.clone(),
            (if one.excused { "excused" } else { "" }).to_owned(),
            one.guardians.iter().map(call).collect::<Vec<_>>().join("; "),
        ]
    };
    let list = List {
        school: school::letterhead(&desk.store)?.school,
        title: "ABSENT FIVE CLASS DAYS OR MORE".to_owned(),
        narrowed: Vec::new(),
        columns: columns(&[
            ("Name", false),
            ("Section", false),
            ("Class days", true),
            ("Since", false),
            ("Excused", false),
            ("Whom to call", false),
        ]),
        rows: away.iter().map(row).collect(),
        counted: "learners".to_owned(),
        on: desk.today(),
    };
    let title = format!("Absent five days or more, {}", format_date(desk.today()));
    Ok(Gathered { title, form: Box::new(list) })
}

//! A school year, `2026-2027`: the year after the dash is one later. `cutoff_date` is the day until which enrolment is not late.

use super::rules::in_order;
use crate::entity::{choice, date, flag, text};
use crate::{Act, Code, Entity, Problem, Row};

/// A school year with its days.
pub const SCHOOL_YEAR: Entity = Entity {
    name: "school_year",
    label: "School year",
    writers: Act::ArrangeSections.roles(),
    natural_key: &["label"],
    fields: &[
        text("label", "School year", 9).required().immutable(),
        date("start_date", "First day").required(),
        date("end_date", "Last day").required(),
        date("cutoff_date", "Enrolment cut-off"),
        choice("status", "Status", &["draft", "open", "closed"]).required(),
        // How School Form 2 calls those who left; the wording changed with the years.
        choice("drop_label", "SF2 word for dropped", &["NLPA", "NLS", "DROPPED OUT"]),
        // Whether a half day counts half on School Form 2.
        flag("half_days", "Count half days"),
    ],
    rule: Some(rule),
    ..Entity::SYNCED
};

fn rule(entity: &Entity, row: &Row) -> Option<Problem> {
    let label = row.get(entity, "label").as_text().unwrap_or_default();
    if !is_school_year(label) {
        let message = "School year must be two years in a row, as 2026-2027";
        return Some(Problem::at(Code::Rule, "label", message));
    }
    in_order(entity, row, "start_date", "end_date")
}

fn is_school_year(label: &str) -> bool {
    let year = |text: &str| (text.len() == 4).then(|| text.parse::<u16>().ok()).flatten();
    label.split_once('-').is_some_and(|(first, second)| match (year(first), year(second)) {
        (Some(first), Some(second)) => first.checked_add(1) == Some(second),
        _ => false,
    })
}

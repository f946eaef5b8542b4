//! The remarks of School Form 1: the codes of its legend as LIS writes them, `T/I DATE:2026-06-08`, each with what it asks for.

use pems_model::value::format_date;

use super::{Learner, LeftWhy, Sf1};
use crate::school::{filled, joined};

/// How the form marks who dropped out: the year's own word, or the legend's.
pub(super) fn dropped(form: &Sf1) -> &str {
    match form.policy.wording.trim() {
        word @ ("NLS" | "NLPA") => word,
        _ => "DRP",
    }
}

/// How the learner came, what there is to know, how the learner left.
pub(super) fn remarks(form: &Sf1, learner: &Learner) -> String {
    let on = |date: i32| format!("DATE:{}", format_date(date));
    let came = on(learner.enrolled_from);
    let mut said: Vec<String> = Vec::new();
    if let Some(school) = &learner.transferred_in {
        said.push(joined(&["T/I", &came, school], " "));
    } else if learner.late_enrolment {
        said.push(format!("LE {came}"));
    }
    if let Some(school) = &learner.balik_aral {
        said.push(joined(&["B/A", school], " "));
    }
    if learner.four_ps {
        said.push("CCT".to_owned());
    }
    if filled(&learner.special_needs) {
        said.push(joined(&["SNED", &learner.special_needs], " "));
    }
    if let Some(left) = &learner.left {
        match &left.why {
            LeftWhy::TransferredOut { to } => said.push(joined(&["T/O", &on(left.on), to], " ")),
            LeftWhy::Dropped { reason, note } => said.push(joined(&[dropped(form), &on(left.on), reason, note], " ")),
            LeftWhy::Moved { .. } => {}
        }
    }
    said.join("; ")
}

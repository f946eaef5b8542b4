//! What the last column says of a learner: who left and why, who came and from where.

use super::{Learner, LeftWhy, Sf2};
use crate::dates::numeric;
use crate::school::joined;

/// In the order in which it happened.
pub(super) fn remarks(form: &Sf2, learner: &Learner) -> String {
    let (from, to) = form.span();
    let this_month = |date: i32| (from..=to).contains(&date);
    let mut said: Vec<String> = Vec::new();
    if this_month(learner.enrolled_from) {
        let on = numeric(learner.enrolled_from);
        if let Some(school) = &learner.transferred_in {
            said.push(joined(&["T/I", &on, school], " "));
        } else if let Some(section) = &learner.moved_in {
            said.push(joined(&["from", section, &on], " "));
        } else if learner.late_enrolment {
            said.push(format!("LE {on}"));
        }
    }
    if let Some(left) = learner.left.as_ref().filter(|left| this_month(left.on)) {
        let on = numeric(left.on);
        said.push(match &left.why {
            LeftWhy::Dropped { reason, note } => joined(&[&form.policy.wording, &on, reason, note], " "),
            LeftWhy::TransferredOut { to } => joined(&["T/O", &on, to], " "),
            LeftWhy::Moved { to } => joined(&["to", to, &on], " "),
        });
    }
    said.push(learner.remarks.clone());
    joined(&said.iter().map(String::as_str).collect::<Vec<_>>(), "; ")
}

//! What the last column says of a learner: who left and why, who came and from where.

use super::{Came, Learner, LeftWhy, Sf2};
use crate::dates::numeric;
use crate::school::joined;

/// In the order in which it happened.
pub(super) fn remarks(form: &Sf2, learner: &Learner) -> String {
    let (from, to) = form.span();
    let this_month = |date: i32| (from..=to).contains(&date);
    let mut said: Vec<String> = Vec::new();
    for stay in &learner.stays {
        if this_month(stay.from) {
            let on = numeric(stay.from);
            match &stay.came {
                Came::Enrolled => {}
                Came::Late => said.push(format!("LE {on}")),
                Came::TransferredIn { from } => said.push(joined(&["T/I", &on, from], " ")),
                Came::Moved { from } => said.push(joined(&["from", from, &on], " ")),
                Came::Returned => said.push(format!("back {on}")),
            }
        }
        let Some(left) = stay.left.as_ref().filter(|left| this_month(left.on)) else { continue };
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

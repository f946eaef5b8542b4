//! The counts of School Form 1.

use serde::{Deserialize, Serialize};

use super::{Sf1, Split};

/// All counts of the form, by sex.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Who stands on the form.
    pub listed: Split<u32>,
    /// In the section on the cut-off day, as School Form 2 counts them.
    pub beginning: Split<u32>,
    /// In the section on the last day; `None` until the school year has ended.
    pub end: Option<Split<u32>>,
    /// In the section on the day of the register.
    pub now: Split<u32>,
}

pub fn figures(form: &Sf1) -> Figures {
    let mut figures = Figures::default();
    for learner in &form.learners {
        let Some(sex) = learner.sex else { continue };
        figures.listed.add(sex, u32::from(!learner.moved_away()));
        figures.beginning.add(sex, u32::from(learner.in_section_on_cutoff));
        figures.now.add(sex, u32::from(learner.left.is_none()));
    }
    figures.end = form.ends.filter(|ends| *ends <= form.on).map(|_| figures.now);
    figures
}

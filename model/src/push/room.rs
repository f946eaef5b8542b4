//! How many questions a push may ask. One that would ask more is answered up to there: what follows stays with its office, which
//! sends it with its next exchange. Where a school has too many open ones, what would ask another one is refused.

use super::Work;
use crate::review::{PER_PUSH, WAITING};
use crate::wire::Change;
use crate::{Code, Problem};
use std::collections::BTreeSet;

impl Work<'_> {
    /// Whether so many more questions can be asked.
    pub(super) fn room_for(&mut self, more: usize) -> Result<(), Problem> {
        let asked = self.plan.reviews + more;
        if more > 0 && asked > WAITING.saturating_sub(self.known.waiting) {
            let message = "somebody would have to look at this (another office has changed it too, or another record has the same \
                 number), and too many such questions wait in this school already; decide some of them, then send this change again";
            return Err(Problem::new(Code::ReviewFull, message));
        }
        if more > 0 && asked > PER_PUSH {
            self.full = true;
            let message = format!(
                "this was changed together with so much else that somebody would have to look at more than {PER_PUSH} things at once (other \
                 offices have changed them too, or other records have the same numbers); make these changes in smaller parts"
            );
            return Err(Problem::new(Code::ReviewFull, message));
        }
        self.plan.reviews = asked;
        Ok(())
    }
}

/// The last place up to `at` where no group is cut; 0 where there is none.
pub(super) fn whole_until(changes: &[Change], at: usize) -> usize {
    let before = |end: usize| changes[..end].iter().filter_map(|change| change.group).collect::<BTreeSet<_>>();
    let mut end = at;
    loop {
        let groups = before(end);
        let cut = changes[end..].iter().filter_map(|change| change.group).find(|group| groups.contains(group));
        match cut.and_then(|group| changes.iter().position(|change| change.group == Some(group))) {
            Some(first) => end = first,
            None => return end,
        }
    }
}

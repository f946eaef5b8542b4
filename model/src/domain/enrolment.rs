//! An enrolment stands where its events say: the row repeats the status of one of them.
//!
//! Which of several events counts is settled where it is shown (two PCs may have written them apart), so here it is enough that
//! one says so. An enrolment without events, as lists of the school bring them, stands as its row says and keeps to that.

use crate::value::format_date;
use crate::{Code, Problem};

/// How long before its first day a school year takes learners: early registration begins in January for a year that begins in June.
pub const EARLY_DAYS: i32 = 183;
/// And one that is still a draft, which may be made as soon as the year before has begun.
pub const DRAFT_DAYS: i32 = 366;

/// What is wrong with the day of something that happens to an enrolment of this school year, which takes learners from `early` days
/// before its first one on.
pub fn day(on: i32, start: i32, end: i32, early: i32) -> Option<Problem> {
    let message = if on < start.saturating_sub(early) {
        format!(
            "{} is long before this school year, which begins on {}; choose a day of the year, or of the months before it",
            format_date(on),
            format_date(start)
        )
    } else if on > end {
        format!(
            "{} is after this school year, which ends on {}; choose a day until then",
            format_date(on),
            format_date(end)
        )
    } else {
        return None;
    };
    Some(Problem::at(Code::Rule, "on_date", message))
}

/// What is known of the events of one enrolment, once a push is through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events {
    /// The statuses of those that stand.
    pub standing: Vec<String>,
    /// One of them is taken back by this push.
    pub taken_back: bool,
}

/// What is wrong with a status that becomes another one.
pub fn status(before: &str, after: &str, events: &Events) -> Option<Problem> {
    let says_so = events.standing.iter().any(|status| status == after);
    // Taking back everything that happened leaves a row that speaks for itself again.
    let began_anew = events.standing.is_empty() && events.taken_back;
    // A cancelled enrolment is taken up again for the next year as what it would be without events.
    let taken_up = before == "cancelled" && after == "pre_registered";
    if before == after || says_so || began_anew || taken_up {
        return None;
    }
    let message = format!(
        "nothing that happened to this enrolment says '{after}'; enrol, move out, drop or complete the learner instead of \
         changing the word"
    );
    Some(Problem::at(Code::Rule, "status", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_in_a_school_year_has_a_day_of_it() {
        let (start, end) = (20_612, 20_908);
        for on in [start - EARLY_DAYS, start, end] {
            assert_eq!(day(on, start, end, EARLY_DAYS), None);
        }
        for (on, word) in
            [(start - EARLY_DAYS - 1, "before"), (-16_000, "before"), (i32::MIN, "before"), (end + 1, "after")]
        {
            let problem = day(on, start, end, EARLY_DAYS).expect("a problem");
            assert!(problem.message.contains(word), "{on}: {}", problem.message);
        }
    }

    #[test]
    fn a_status_is_what_an_event_says() {
        let events = |standing: &[&str], taken_back| Events {
            standing: standing.iter().map(|text| (*text).to_owned()).collect(),
            taken_back,
        };
        assert!(status("enrolled", "completed", &events(&[], false)).is_some());
        assert!(status("enrolled", "completed", &events(&["enrolled"], true)).is_some());
        assert!(status("enrolled", "completed", &events(&["enrolled", "completed"], false)).is_none());
        assert!(status("completed", "enrolled", &events(&[], true)).is_none());
        assert!(status("cancelled", "pre_registered", &events(&["cancelled"], false)).is_none());
        assert!(status("cancelled", "enrolled", &events(&["cancelled"], false)).is_some());
    }
}

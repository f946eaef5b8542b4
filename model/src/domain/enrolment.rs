//! An enrolment stands where its events say: the row repeats the status of one of them.
//!
//! Which of several events counts is settled where it is shown (two PCs may have written them apart), so here it is enough that
//! one says so. An enrolment without events, as lists of the school bring them, stands as its row says and keeps to that.

use crate::entities::{ENROLMENT_EVENT, SECTION_MEMBERSHIP};
use crate::value::format_date;
use crate::{Code, Entity, Problem, Row, Value};

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

/// What is wrong with the days of a stay in a section, as far as they are new: the first, and the one before which it ends.
pub fn stay(from: Option<i32>, to: Option<i32>, start: i32, end: i32, early: i32) -> Option<Problem> {
    let first = from.and_then(|from| day(from, start, end, early));
    if let Some(problem) = first {
        return Some(Problem { field: Some("valid_from".to_owned()), ..problem });
    }
    // Out of a section from the day after the last one on is the latest that can be.
    let to = to.filter(|to| *to > end.saturating_add(1))?;
    let message = format!(
        "{} is after this school year, which ends on {}; leave it empty for who stays until then",
        format_date(to),
        format_date(end)
    );
    Some(Problem::at(Code::Rule, "valid_to", message))
}

/// What is wrong with the days of an event or a stay of an enrolment of this school year, as far as they are new: what stood and was
/// deleted comes back as it was, also after the year's end was set earlier. Whether the year was a draft when it happened is not
/// asked: what an office took, the hub takes.
pub fn dated(entity: &Entity, before: Option<&Row>, after: &Row, start: i32, end: i32) -> Option<Problem> {
    let new = |field: &str| match after.get(entity, field) {
        Value::Date(day) if before.is_none_or(|row| row.get(entity, field) != after.get(entity, field)) => Some(*day),
        _ => None,
    };
    if !after.is_live() {
        return None;
    }
    if entity.name == ENROLMENT_EVENT.name {
        return new("on_date").and_then(|on| day(on, start, end, DRAFT_DAYS));
    }
    if entity.name == SECTION_MEMBERSHIP.name {
        return stay(new("valid_from"), new("valid_to"), start, end, DRAFT_DAYS);
    }
    None
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
    fn a_stay_in_a_section_is_one_of_its_school_year() {
        let (start, end) = (20_612, 20_908);
        let field = |from, to| stay(from, to, start, end, EARLY_DAYS).and_then(|problem| problem.field);
        for (from, to) in [(Some(start), None), (Some(end), Some(end + 1)), (None, Some(start)), (None, None)] {
            assert_eq!(field(from, to), None, "{from:?} {to:?}");
        }
        assert_eq!(field(Some(start - 10_000), None).as_deref(), Some("valid_from"));
        assert_eq!(field(Some(end + 1), None).as_deref(), Some("valid_from"));
        assert_eq!(field(Some(start), Some(end + 2)).as_deref(), Some("valid_to"));
        assert_eq!(
            field(None, Some(i32::MAX)).as_deref(),
            Some("valid_to"),
            "what was there before is not asked again"
        );
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

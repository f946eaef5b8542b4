//! From when until when an enrolment had its learner in school: what its events say, one after the other. Rosters, forms and the
//! rules of signed months ask here alone, so that they never say different things of one day.
//!
//! Invariants: the last event of a day counts, and before the first one nobody is in class; what was cancelled never was; an
//! enrolment without events (of a list, an import) stands as its row says.

/// What a status means for a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Pre-registered: expected, not in class yet.
    Coming,
    /// In class.
    Present,
    /// Transferred or moved out, dropped, cancelled.
    Gone,
}

/// What this status of an enrolment means for a class.
pub fn standing(status: &str) -> Standing {
    match status {
        "pre_registered" => Standing::Coming,
        "transferred_out" | "moved_out" | "dropped" | "cancelled" => Standing::Gone,
        // A class that was finished (completed, retained) had its learners until the end.
        _ => Standing::Present,
    }
}

/// A day from which on an enrolment stands somewhere (days since 1970-01-01; none: nobody wrote it down), and where.
pub type Said<'a> = (Option<i32>, &'a str);

/// A time in school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// The first day.
    pub from: i32,
    /// `None`: still here, or until the year's end.
    pub end: Option<End>,
}

/// How a time in school ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The first day on which the learner is gone.
    pub on: i32,
    /// Which of the events says so, by its position; `None`: the row.
    pub event: Option<usize>,
}

/// When the learner was here, oldest first. `events` in the order in which they count: by day, then as they were made. `first_day`:
/// the first day in class, where it is not the year's first ([`first_day`]).
pub fn presence(row: Said<'_>, events: &[Said<'_>], first_day: Option<i32>) -> Vec<Presence> {
    let mut found = if events.is_empty() { of_row(row) } else { of_events(events) };
    if let (Some(first), Some(day)) = (found.first_mut(), first_day) {
        first.from = first.from.max(day);
    }
    found.retain(|one| one.end.is_none_or(|end| end.on > one.from));
    found
}

/// The first day in class says more than the year's first day, and nothing where it is that day: the form's cut-off date may be
/// before it.
pub fn first_day(first_attendance: Option<i32>, year_start: i32) -> Option<i32> {
    first_attendance.filter(|day| *day > year_start)
}

fn of_row((on, status): Said<'_>) -> Vec<Presence> {
    let end = match (standing(status), on) {
        (Standing::Present, _) | (Standing::Gone, None) if status != "cancelled" => None,
        (Standing::Gone, Some(on)) if status != "cancelled" => Some(End { on, event: None }),
        _ => return Vec::new(),
    };
    vec![Presence { from: i32::MIN, end }]
}

fn of_events(events: &[Said<'_>]) -> Vec<Presence> {
    let mut found = Vec::new();
    let mut since: Option<i32> = None;
    for (at, (on, status)) in events.iter().enumerate() {
        let Some(day) = *on else { continue };
        if events.get(at + 1).is_some_and(|(next, _)| next == on) {
            continue;
        }
        match standing(status) {
            Standing::Present => since = since.or(Some(day)),
            Standing::Coming => since = None,
            Standing::Gone => {
                let from = since.take().filter(|_| *status != "cancelled");
                found.extend(from.map(|from| Presence { from, end: Some(End { on: day, event: Some(at) }) }));
            }
        }
    }
    found.extend(since.map(|from| Presence { from, end: None }));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_left_is_gone_and_who_finished_was_there() {
        let gone = ["transferred_out", "moved_out", "dropped", "cancelled"];
        assert!(gone.iter().all(|status| standing(status) == Standing::Gone));
        assert_eq!(standing("pre_registered"), Standing::Coming);
        assert!(["temporary", "enrolled", "completed", "retained"].iter().all(|s| standing(s) == Standing::Present));
    }

    #[test]
    fn what_happened_says_when_somebody_was_here() {
        let days = |row: Said<'_>, events: &[Said<'_>], first| {
            presence(row, events, first).iter().map(|one| (one.from, one.end.map(|end| end.on))).collect::<Vec<_>>()
        };
        let row = (Some(30), "enrolled");
        assert_eq!(days(row, &[], None), [(i32::MIN, None)]);
        assert_eq!(days((Some(30), "dropped"), &[], Some(12)), [(12, Some(30))]);
        assert_eq!(days((Some(30), "cancelled"), &[], None), []);
        assert_eq!(days((None, "pre_registered"), &[], None), []);
        let began = (Some(10), "enrolled");
        assert_eq!(days(row, &[began], Some(12)), [(12, None)]);
        assert_eq!(days(row, &[began, (Some(20), "dropped")], None), [(10, Some(20))]);
        let back = [began, (Some(20), "dropped"), (Some(25), "temporary")];
        assert_eq!(days(row, &back, None), [(10, Some(20)), (25, None)]);
        assert_eq!(days(row, &[began, (Some(20), "dropped"), (Some(20), "enrolled")], None), [(10, None)]);
        assert_eq!(days(row, &[began, (Some(40), "cancelled")], None), [], "it never was");
    }
}

//! Where an enrolment stands, on any day: what its events add up to. Pure, so that two PCs that hold the same events always agree,
//! in whatever order these arrived.
//!
//! Invariant: an event counts from its day on (`on_date`), and of two of one day the one that was made later counts.

use uuid::Uuid;

/// One thing that happened to an enrolment (`enrolment_event`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: Uuid,
    /// Days since 1970, the first day on which it counts.
    pub on_date: i32,
    /// Microseconds since 1970 UTC.
    pub made_at: i64,
    /// Where the enrolment stands after it.
    pub status: String,
}

/// What a status means for a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Pre-registered: expected, not in class yet.
    Coming,
    Present,
    /// Transferred or moved out, dropped, cancelled.
    Gone,
}

/// The last event that counts on `as_of` (`None`: of all).
pub fn last(events: &[Event], as_of: Option<i32>) -> Option<&Event> {
    events
        .iter()
        .filter(|event| as_of.is_none_or(|day| event.on_date <= day))
        .max_by_key(|event| (event.on_date, event.made_at, event.id))
}

/// The status on `as_of`. An enrolment without events (imported, or promoted and not confirmed) stands as its row says; one
/// whose first event comes later is only expected.
pub fn fold<'a>(events: &'a [Event], row: &'a str, as_of: Option<i32>) -> &'a str {
    match last(events, as_of) {
        Some(event) => &event.status,
        None if events.is_empty() => row,
        None => "pre_registered",
    }
}

pub fn standing(status: &str) -> Standing {
    match status {
        "pre_registered" => Standing::Coming,
        "transferred_out" | "moved_out" | "dropped" | "cancelled" => Standing::Gone,
        // A class that was finished (completed, retained) had its learners until the end.
        _ => Standing::Present,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: u128, on_date: i32, made_at: i64, status: &str) -> Event {
        Event { id: Uuid::from_u128(id), on_date, made_at, status: status.into() }
    }

    #[test]
    fn a_movement_counts_from_its_day_on() {
        let events = [event(1, 100, 1, "enrolled"), event(2, 112, 2, "transferred_out")];
        assert_eq!(fold(&events, "enrolled", Some(99)), "pre_registered");
        assert_eq!(fold(&events, "enrolled", Some(111)), "enrolled");
        assert_eq!(fold(&events, "enrolled", Some(112)), "transferred_out");
        assert_eq!(fold(&events, "enrolled", None), "transferred_out");
    }

    #[test]
    fn of_one_day_the_later_made_counts_and_the_order_of_arrival_does_not() {
        let mut events = vec![
            event(3, 100, 30, "enrolled"),
            event(1, 100, 10, "temporary"),
            event(4, 90, 40, "cancelled"),
            event(2, 100, 20, "dropped"),
        ];
        for _ in 0..events.len() {
            assert_eq!(fold(&events, "x", None), "enrolled", "an earlier day never wins, whenever it was made");
            events.rotate_left(1);
        }
        let tied = [event(8, 5, 5, "dropped"), event(9, 5, 5, "enrolled")];
        assert_eq!(fold(&tied, "x", None), "enrolled", "the id settles what the clock cannot");
    }

    #[test]
    fn without_events_the_row_speaks() {
        assert_eq!(fold(&[], "pre_registered", None), "pre_registered");
        assert_eq!(fold(&[], "enrolled", Some(3)), "enrolled");
    }

    #[test]
    fn who_left_is_gone_and_who_finished_was_there() {
        let gone = ["transferred_out", "moved_out", "dropped", "cancelled"];
        assert!(gone.iter().all(|status| standing(status) == Standing::Gone));
        assert_eq!(standing("pre_registered"), Standing::Coming);
        assert!(["temporary", "enrolled", "completed", "retained"].iter().all(|s| standing(s) == Standing::Present));
    }
}

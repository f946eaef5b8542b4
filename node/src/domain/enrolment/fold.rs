//! Where an enrolment stands, on any day: what its events add up to. Pure, so that two PCs that hold the same events always agree,
//! in whatever order these arrived. The one place that says so: as code, and as SQL where many are counted (a test holds the two
//! together).
//!
//! Invariant: an event counts from its day on (`on_date`), and of two of one day the one that was made later counts.

pub use pems_model::domain::presence::{Standing, standing};
use uuid::Uuid;

/// One thing that happened to an enrolment (`enrolment_event`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Of two events of one moment the one with the higher id counts.
    pub id: Uuid,
    /// Days since 1970, the first day on which it counts.
    pub on_date: i32,
    /// Microseconds since 1970 UTC.
    pub made_at: i64,
    /// Where the enrolment stands after it.
    pub status: String,
}

/// The events of an enrolment in the order in which they count, in SQL: the last of a day counts, and so does the last of all.
pub const IN_ORDER: &str = "on_date, coalesce(made_at, 0), id";

/// [`fold`] in SQL: the status of the enrolment `e` on the day `?2`, for counting thousands of them at once.
pub const STATUS_ON: &str = "coalesce((SELECT v.status FROM enrolment_event v
        WHERE v.enrolment = e.id AND v.deleted_at IS NULL AND v.on_date <= ?2
        ORDER BY v.on_date DESC, coalesce(v.made_at, 0) DESC, v.id DESC LIMIT 1),
    CASE WHEN EXISTS (SELECT 1 FROM enrolment_event v WHERE v.enrolment = e.id AND v.deleted_at IS NULL)
        THEN 'pre_registered' ELSE e.status END)";

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

    /// Days, moments and ids that are often the same, in no order.
    fn some(seed: u64) -> Vec<Event> {
        let mut state = seed;
        let mut below = |n: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n
        };
        let statuses = ["enrolled", "temporary", "dropped", "transferred_out", "completed", "cancelled"];
        (0..below(5))
            .map(|_| {
                let (id, day, made) = (below(u64::MAX), below(4), below(2));
                let at = usize::try_from(below(6)).expect("a few");
                event(
                    u128::from(id),
                    100 + i32::try_from(day).expect("a day"),
                    i64::try_from(made).expect("small"),
                    statuses[at],
                )
            })
            .collect()
    }

    #[test]
    fn code_and_sql_say_the_same_of_any_events_on_any_day() {
        use super::super::presence;
        let conn = rusqlite::Connection::open_in_memory().expect("a database");
        for entity in pems_model::Schema::product().entities() {
            conn.execute_batch(&pems_model::ddl::sqlite::table(entity)).expect("a table");
        }
        let id = Uuid::from_u128(1);
        let run = |sql: &str| conn.execute_batch(sql).expect("written");
        let hex = |id: Uuid| id.simple().to_string();
        run(&format!(
            "INSERT INTO school_year (id, rev, label, start_date, end_date) VALUES (x'{0}', 0, '2026-2027', 90, 200);
             INSERT INTO enrolment (id, rev, student, school_year, grade_level, status)
                 VALUES (x'{0}', 0, x'{0}', x'{0}', '7', 'retained')",
            hex(id)
        ));
        for seed in 0..500 {
            let events = some(seed);
            run("DELETE FROM enrolment_event");
            for one in &events {
                run(&format!(
                    "INSERT INTO enrolment_event (id, rev, enrolment, kind, on_date, status, made_at)
                         VALUES (x'{}', 0, x'{}', 'enrolled', {}, '{}', {})",
                    hex(one.id),
                    hex(id),
                    one.on_date,
                    one.status,
                    one.made_at
                ));
            }
            let here = presence::of(&conn, id).expect("when the learner was here");
            for day in 99..105 {
                let folded = fold(&events, "retained", Some(day));
                let sql = format!("SELECT {STATUS_ON} FROM enrolment e WHERE e.id = ?1");
                let counted: String = conn.query_row(&sql, (id.as_bytes(), day), |row| row.get(0)).expect("a status");
                assert_eq!(counted, folded, "{seed}, {day}: {events:?}");
                let is_here = here.iter().any(|one| one.from <= day && one.end.as_ref().is_none_or(|end| day < end.on));
                // What was cancelled later never was: presence knows it beforehand.
                if !events.iter().any(|event| event.status == "cancelled") {
                    assert_eq!(is_here, standing(folded) == Standing::Present, "{seed}, {day}: {events:?}");
                }
            }
        }
    }

    #[test]
    fn without_events_the_row_speaks() {
        assert_eq!(fold(&[], "pre_registered", None), "pre_registered");
        assert_eq!(fold(&[], "enrolled", Some(3)), "enrolled");
    }
}

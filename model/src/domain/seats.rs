//! In which section a learner was, day by day, as School Form 2 has it: where the stays say, on the days on which the enrolment had
//! its learner in school ([`super::presence`]).
//!
//! Nobody comes into a section or leaves it on a day of a month that is signed: the paper says who was there. Hub, office and
//! import ask [`closed`], over the same seats, whatever it is that changes them: a stay, what happened to the enrolment, its row.

use super::presence::{first_day, presence};
use crate::entities::{ENROLMENT, ENROLMENT_EVENT, SECTION, SECTION_MEMBERSHIP};
use crate::value::format_date;
use crate::{Code, Entity, Problem, Row, Value};
use std::ops::Range;
use uuid::Uuid;

/// A stay in a section, `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// Where.
    pub section: Uuid,
    /// Its first day, in days since 1970-01-01.
    pub from: i32,
    /// The first day that is not in it any more; `None` as long as it lasts.
    pub to: Option<i32>,
}

/// Days in a section.
pub type Seat = (Uuid, Range<i32>);

/// Where one enrolment has its learner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seats {
    /// No two of them have a day in common.
    pub seats: Vec<Seat>,
    /// The enrolment is cancelled: the learner never was anywhere.
    pub cancelled: bool,
}

/// Days on which a learner is in another section than before; none: in no section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// In days since 1970-01-01.
    pub days: Range<i32>,
    /// The section before.
    pub from: Option<Uuid>,
    /// The section now.
    pub to: Option<Uuid>,
}

/// A month that is signed and would change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// Whose.
    pub section: Uuid,
    /// Its first day.
    pub month: i32,
    /// By cancelling an enrolment that had its learner there.
    pub by_cancelling: bool,
}

/// Where stays have a learner sit, whether or not they were in school: of two stays the one counts that began later.
pub fn of_stays(stays: &[Stay]) -> Vec<Seat> {
    let mut stays = stays.to_vec();
    stays.sort_by_key(|stay| stay.from);
    // After the last one comes none: who sits there stays for all days to come.
    let next = stays.iter().skip(1).map(|stay| stay.from).chain([i32::MAX]);
    let seat = |(stay, next): (&Stay, i32)| (stay.section, stay.from..stay.to.unwrap_or(i32::MAX).min(next));
    stays.iter().zip(next).map(seat).collect()
}

fn date(entity: &Entity, row: &Row, field: &str) -> Option<i32> {
    if let Value::Date(day) = row.get(entity, field) { Some(*day) } else { None }
}

/// A `section_membership` as a stay; `None` for one that is taken back.
pub fn stay(row: &Row) -> Option<Stay> {
    let entity = &SECTION_MEMBERSHIP;
    let (section, from) = (row.get(entity, "section").as_id()?, date(entity, row, "valid_from")?);
    row.is_live().then(|| Stay { section, from, to: date(entity, row, "valid_to") })
}

impl Seats {
    /// From the records: the enrolment, the first day of its school year, its stays and its events, in any order and with those
    /// that are taken back. Without an enrolment or a year nobody sits anywhere.
    pub fn of<'a>(
        enrolment: Option<&Row>,
        year_start: Option<i32>,
        stays: impl IntoIterator<Item = &'a Row>,
        events: impl IntoIterator<Item = &'a Row>,
    ) -> Seats {
        let Some((row, start)) = enrolment.filter(|row| row.is_live()).zip(year_start) else { return Seats::default() };
        let status = row.get(&ENROLMENT, "status").as_text().unwrap_or_default();
        if status == "cancelled" {
            return Seats { seats: Vec::new(), cancelled: true };
        }
        let stays: Vec<Stay> = stays.into_iter().filter_map(stay).collect();
        if stays.is_empty() {
            return Seats::default();
        }
        let mut events: Vec<&Row> = events.into_iter().filter(|event| event.is_live()).collect();
        events.sort_by_key(|event| {
            let made = event.get(&ENROLMENT_EVENT, "made_at");
            let made = if let Value::Time(made) = made { *made } else { 0 };
            (date(&ENROLMENT_EVENT, event, "on_date"), made, event.id)
        });
        let said = |event: &&'a Row| {
            let status = event.get(&ENROLMENT_EVENT, "status").as_text().unwrap_or_default();
            (date(&ENROLMENT_EVENT, event, "on_date"), status)
        };
        let events: Vec<_> = events.iter().map(said).collect();
        let first = first_day(date(&ENROLMENT, row, "first_attendance_date"), start);
        let here = presence((date(&ENROLMENT, row, "effectivity_date"), status), &events, first);
        let mut seats = Vec::new();
        for (section, days) in of_stays(&stays) {
            for time in &here {
                let until = time.end.map_or(i32::MAX, |end| end.on);
                let both = days.start.max(time.from)..days.end.min(until);
                if !both.is_empty() {
                    seats.push((section, both));
                }
            }
        }
        Seats { seats, cancelled: false }
    }
}

/// Where a learner sits otherwise than before, and on which days.
pub fn moved(before: &[Seat], after: &[Seat]) -> Vec<Moved> {
    let mut bounds: Vec<i32> = before.iter().chain(after).flat_map(|(_, days)| [days.start, days.end]).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let on = |seats: &[Seat], day| seats.iter().find(|(_, days)| days.contains(&day)).map(|seat| seat.0);
    let between = |pair: &[i32]| Moved { days: pair[0]..pair[1], from: on(before, pair[0]), to: on(after, pair[0]) };
    bounds.windows(2).map(between).filter(|moved| moved.from != moved.to).collect()
}

/// The first signed month that would say something else of who was there. `first_signed` knows, of a section, the first month that
/// is signed and has one of these days.
///
/// # Errors
/// What `first_signed` said.
pub fn closed<E>(
    before: &Seats,
    after: &Seats,
    mut first_signed: impl FnMut(Uuid, &Range<i32>) -> Result<Option<i32>, E>,
) -> Result<Option<Closed>, E> {
    for one in moved(&before.seats, &after.seats) {
        for section in one.from.iter().chain(&one.to) {
            if let Some(month) = first_signed(*section, &one.days)? {
                let by_cancelling = after.cancelled && !before.cancelled;
                return Ok(Some(Closed { section: *section, month, by_cancelling }));
            }
        }
    }
    Ok(None)
}

/// `7-Rizal`.
pub fn title(section: Option<&Row>) -> String {
    let Some(section) = section else { return "this section".to_owned() };
    let text = |field: &str| section.get(&SECTION, field).as_text().unwrap_or_default();
    format!("{}-{}", text("grade_level"), text("name"))
}

impl Closed {
    /// In words. `section`: what it is called.
    pub fn problem(&self, section: &str) -> Problem {
        let month = format_date(self.month);
        let month = month.get(..7).unwrap_or(&month);
        let message = if self.by_cancelling {
            format!(
                "the SF2 of {section} for {month} is signed with this learner in it, and a cancelled enrolment never was; drop or \
                 transfer the learner on a day after that month instead, or ask the school head or an administrator to open it again"
            )
        } else {
            format!(
                "the SF2 of {section} for {month} is signed, and this would change who was in the section then; choose a day after \
                 that month, or ask the school head or an administrator to open it again"
            )
        };
        Problem::new(Code::Rule, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    const RIZAL: Uuid = Uuid::from_u128(1);
    const LUNA: Uuid = Uuid::from_u128(2);

    #[test]
    fn what_a_move_changes_is_known_to_the_day() {
        let stay = |section, from, to| Stay { section, from, to };
        let moved = |before: &[Stay], after: &[Stay]| {
            let moves = moved(&of_stays(before), &of_stays(after)).into_iter();
            moves.map(|one| (one.days, one.from, one.to)).collect::<Vec<_>>()
        };
        let whole = stay(RIZAL, 10, None);
        assert_eq!(moved(&[], &[whole]), [(10..i32::MAX, None, Some(RIZAL))]);
        assert_eq!(moved(&[whole], &[whole]), []);
        let both = [stay(LUNA, 20, None), stay(RIZAL, 10, Some(20))];
        assert_eq!(moved(&[whole], &both), [(20..i32::MAX, Some(RIZAL), Some(LUNA))]);
        // Two PCs moved the learner: the later stay counts without the first being ended.
        assert_eq!(moved(&[whole], &[whole, both[0]]), [(20..i32::MAX, Some(RIZAL), Some(LUNA))]);
        assert_eq!(moved(&[whole], &[whole, stay(RIZAL, 30, None)]), [], "the same seat, said twice");
        // A beginning that is written again two days later: only those two days are others.
        assert_eq!(moved(&[whole], &[stay(RIZAL, 12, None)]), [(10..12, Some(RIZAL), None)]);
        assert_eq!(moved(&both, &[stay(RIZAL, 10, Some(15))]).len(), 2, "out of both");
    }

    fn row(entity: &Entity, id: u128, values: &Json) -> Row {
        let mut row = Row::empty(entity, Uuid::from_u128(id));
        for (name, json) in values.as_object().expect("an object") {
            let i = entity.field_index(name).expect("a field");
            row.values[i] = Value::parse(&entity.fields[i], json).expect("a value");
        }
        row
    }

    fn day(text: &str) -> i32 {
        crate::value::parse_date(text).expect("a day")
    }

    #[test]
    fn a_seat_is_where_somebody_sits_while_they_are_in_school() {
        let start = Some(day("2026-06-08"));
        let stays = [row(&SECTION_MEMBERSHIP, 1, &json!({ "section": RIZAL, "valid_from": "2026-06-08" }))];
        let enrolment = |values: Json| row(&ENROLMENT, 2, &values);
        let event = |id, on: &str, made: &str, status: &str| {
            let made = format!("2026-07-10T0{made}:00:00Z");
            row(&ENROLMENT_EVENT, id, &json!({ "on_date": on, "made_at": made, "status": status }))
        };
        let seats = |enrolment: &Row, events: &[Row]| Seats::of(Some(enrolment), start, &stays, events);
        let from_to = |from: &str, to: Option<&str>| vec![(RIZAL, day(from)..to.map_or(i32::MAX, day))];
        let enrolled = enrolment(json!({ "status": "enrolled" }));
        assert_eq!(seats(&enrolled, &[]).seats, from_to("2026-06-08", None));
        let late = enrolment(json!({ "status": "enrolled", "first_attendance_date": "2026-06-15" }));
        assert_eq!(seats(&late, &[]).seats, from_to("2026-06-15", None));
        assert_eq!(seats(&enrolment(json!({ "status": "pre_registered" })), &[]).seats, []);
        let cancelled = seats(&enrolment(json!({ "status": "cancelled" })), &[]);
        assert_eq!(cancelled, Seats { seats: Vec::new(), cancelled: true });
        // In any order, and those that are taken back do not count.
        let gone = Row { deleted_at: Some(1), ..event(5, "2026-06-10", "3", "dropped") };
        let events = [event(4, "2026-06-20", "2", "dropped"), gone, event(3, "2026-06-09", "1", "enrolled")];
        assert_eq!(seats(&enrolled, &events).seats, from_to("2026-06-09", Some("2026-06-20")));
        assert_eq!(Seats::of(None, start, &stays, &events), Seats::default());
        assert_eq!(Seats::of(Some(&enrolled), None, &stays, &events), Seats::default());
        let away = [Row { deleted_at: Some(1), ..stays[0].clone() }];
        assert_eq!(Seats::of(Some(&enrolled), start, &away, &events), Seats::default());
    }

    #[test]
    fn a_signed_month_says_what_to_do_instead() {
        let (june, july) = (day("2026-06-01"), day("2026-07-01"));
        let seats = |seats: &[Seat], cancelled| Seats { seats: seats.to_vec(), cancelled };
        let signed = |section: Uuid, days: &Range<i32>| -> Result<Option<i32>, ()> {
            Ok((section == RIZAL && days.start < july && days.end > june).then_some(june))
        };
        let before = seats(&[(RIZAL, june + 7..i32::MAX)], false);
        let said = |after: &Seats| {
            let closed = closed(&before, after, signed).expect("an answer");
            closed.map(|closed| closed.problem("7-Rizal").message)
        };
        assert_eq!(said(&before), None);
        assert_eq!(said(&seats(&[(RIZAL, june + 7..july), (LUNA, july..i32::MAX)], false)), None);
        let moved = said(&seats(&[(RIZAL, june + 7..june + 20), (LUNA, june + 20..i32::MAX)], false));
        assert!(moved.is_some_and(|said| said.contains("7-Rizal for 2026-06") && said.contains("a day after")));
        let cancelled = said(&seats(&[], true));
        assert!(cancelled.is_some_and(|said| said.contains("drop or transfer") && said.contains("open it again")));
    }
}

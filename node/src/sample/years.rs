//! School years of a made-up school: its sections, who was enrolled in which, and how that ended.

use super::Plan;
use super::calendar::Year;
use super::made::{Made, text};
use super::people::{People, Pupil};
use super::school::Office;
use crate::Result;
use pems_model::Value;
use pems_model::entities::{CALENDAR_DAY, ENROLMENT, ENROLMENT_EVENT, SCHOOL_YEAR, SECTION, SECTION_MEMBERSHIP, TERM};
use uuid::Uuid;

/// Grades 7 to 12.
pub(super) const GRADES: [&str; 6] = ["7", "8", "9", "10", "11", "12"];
const NAMES: [&str; 12] = [
    "Rizal",
    "Bonifacio",
    "Mabini",
    "Luna",
    "Del Pilar",
    "Silang",
    "Aquino",
    "Jacinto",
    "Agoncillo",
    "Sampaguita",
    "Narra",
    "Mayon",
];
/// In microseconds. A day that begins in UTC is eight in the morning in Manila.
const DAY: i64 = 24 * 3_600 * 1_000_000;

/// Of a thousand learners of a year: how many end it in another way than promoted.
const DROPPED: usize = 8;
const TRANSFERRED: usize = 14;
const RETAINED: usize = 20;
const LATE: usize = 25;

/// A section and who sat in it, with first day and the day after the last.
#[derive(Debug)]
pub(super) struct Class {
    pub(super) section: Uuid,
    pub(super) seats: Vec<Seat>,
}

#[derive(Debug)]
pub(super) struct Seat {
    pub(super) student: Uuid,
    pub(super) from: i32,
    pub(super) to: i32,
}

/// Those who go on to the next year, by the grade that they are to sit in: moved up, and once more.
#[derive(Debug, Default)]
pub(super) struct Going {
    up: [Vec<Pupil>; 6],
    again: [Vec<Pupil>; 6],
}

/// One school year while it is made.
pub(super) struct Making<'a, 'b> {
    pub(super) plan: &'a Plan,
    pub(super) made: &'a mut Made<'b>,
    pub(super) people: &'a mut People,
    pub(super) office: &'a Office,
    pub(super) year: &'a Year,
    pub(super) first: i32,
    /// Nobody was here before.
    pub(super) is_oldest: bool,
    pub(super) is_open: bool,
    pub(super) year_id: Uuid,
}

/// Makes a school year with its terms and days off; returns its id.
pub(super) fn calendar(made: &mut Made<'_>, year: &Year, is_open: bool) -> Result<Uuid> {
    let id = made.add(
        &SCHOOL_YEAR,
        [
            ("label", text(year.label.as_str())),
            ("start_date", Value::Date(year.start)),
            ("end_date", Value::Date(year.end)),
            ("cutoff_date", Value::Date(year.cutoff())),
            ("status", text(if is_open { "open" } else { "closed" })),
            ("drop_label", text("NLPA")),
            ("half_days", Value::Bool(false)),
        ],
    )?;
    for ((start, end), ordinal) in year.terms.iter().zip(1..) {
        let fields = [
            ("school_year", Value::Id(id)),
            ("ordinal", Value::Int(ordinal)),
            ("kind", text(year.term_kind)),
            ("start_date", Value::Date(*start)),
            ("end_date", Value::Date(*end)),
        ];
        made.add(&TERM, fields)?;
    }
    for off in &year.off {
        let fields = [
            ("school_year", Value::Id(id)),
            ("on_date", Value::Date(off.day)),
            ("scope", text("school")),
            ("kind", text(off.kind)),
            ("source", text(off.source)),
            ("reason", text(off.reason)),
        ];
        made.add(&CALENDAR_DAY, fields)?;
    }
    Ok(id)
}

impl Making<'_, '_> {
    /// Enrols everybody of the year. `going` comes from the year before and becomes that for the next.
    pub(super) fn enrol(&mut self, going: &mut Going) -> Result<Vec<Class>> {
        let mut next = Going::default();
        let mut classes = Vec::new();
        for (grade, (men, women)) in self.plan.grades.into_iter().enumerate() {
            let mut seated: Vec<(Pupil, &str)> = Vec::new();
            for (man, wanted) in [(true, men), (false, women)] {
                let again = going.again[grade].iter().map(|pupil| (pupil, "repeater"));
                let up = going.up[grade].iter().map(|pupil| (pupil, "continuing"));
                let back = again.chain(up).filter(|(pupil, _)| pupil.man == man).take(wanted);
                let here = back.map(|(pupil, kind)| (pupil.clone(), kind)).collect::<Vec<_>>();
                let missing = wanted - here.len();
                seated.extend(here);
                for _ in 0..missing {
                    let kind = self.kind_of_new(grade);
                    let level = i32::try_from(grade).unwrap_or(0) + 7;
                    seated.push((self.people.learner(self.made, level, self.first, man)?, kind));
                }
            }
            self.people.dice.shuffle(&mut seated);
            let sections = seated.len().div_ceil(self.plan.section_size).max(1);
            let size = seated.len().div_ceil(sections).max(1);
            for (i, seats) in seated.chunks(size).enumerate() {
                classes.push(self.class(grade, i, classes.len(), seats, &mut next)?);
            }
        }
        *going = next;
        Ok(classes)
    }

    fn kind_of_new(&mut self, grade: usize) -> &'static str {
        match grade {
            0 => "new",
            _ if self.is_oldest => "continuing",
            _ if self.people.dice.chance(80) => "balik_aral",
            _ => "transferee",
        }
    }

    fn class(
        &mut self,
        grade: usize,
        i: usize,
        nth: usize,
        seats: &[(Pupil, &str)],
        next: &mut Going,
    ) -> Result<Class> {
        let (round, name) = (i / NAMES.len(), NAMES[i % NAMES.len()]);
        let senior = grade >= 4;
        let section = self.made.add(
            &SECTION,
            [
                ("school_year", Value::Id(self.year_id)),
                ("grade_level", text(GRADES[grade])),
                ("name", text(if round == 0 { name.to_owned() } else { format!("{name} {}", round + 1) })),
                ("track", if senior { text("Academic") } else { Value::Null }),
                ("strand", if senior { text(["STEM", "HUMSS", "ABM", "GAS"][i % 4]) } else { Value::Null }),
                ("adviser", self.office.advisers.get(nth).map_or(Value::Null, |id| Value::Id(*id))),
                ("room", text(format!("Room {}", 101 + nth))),
                ("capacity", Value::Int(i64::try_from(self.plan.section_size).unwrap_or(45))),
                ("shift", text("whole_day")),
            ],
        )?;
        let mut class = Class { section, seats: Vec::with_capacity(seats.len()) };
        for (pupil, kind) in seats {
            class.seats.push(self.seat(grade, section, pupil, kind, next)?);
        }
        Ok(class)
    }

    /// One enrolment with what happened to it, and the seat.
    fn seat(&mut self, grade: usize, section: Uuid, pupil: &Pupil, kind: &str, next: &mut Going) -> Result<Seat> {
        let dice = &mut self.people.dice;
        let late = dice.chance(LATE);
        let from = self.year.start + if late { 8 + dice.days(20) } else { 0 };
        let is_new = !matches!(kind, "continuing" | "repeater");
        let first_status = if self.is_open && is_new && pupil.lacks_papers { "temporary" } else { "enrolled" };
        let end = self.ending(from);
        let status = end.as_ref().map_or(first_status, |end| end.status);
        let to = end.as_ref().filter(|end| end.leaves).map_or(self.year.end + 1, |end| end.on);
        let from_school =
            if matches!(kind, "transferee" | "balik_aral") { text(self.people.other_school()) } else { Value::Null };
        let to_school = if status == "transferred_out" { text(self.people.other_school()) } else { Value::Null };
        let reason = if status == "dropped" { text("b.6") } else { Value::Null };
        let enrolment = self.made.add(
            &ENROLMENT,
            [
                ("student", Value::Id(pupil.id)),
                ("school_year", Value::Id(self.year_id)),
                ("grade_level", text(GRADES[grade])),
                ("track", if grade >= 4 { text("Academic") } else { Value::Null }),
                ("kind", text(kind)),
                ("status", text(status)),
                ("first_attendance_date", Value::Date(from)),
                ("late", Value::Bool(late)),
                ("from_school", from_school.clone()),
                ("to_school", to_school.clone()),
                ("effectivity_date", if to <= self.year.end { Value::Date(to) } else { Value::Null }),
                ("reason_code", reason.clone()),
            ],
        )?;
        self.event(enrolment, "enrolled", from, first_status, [from_school, Value::Null])?;
        if let Some(end) = &end {
            self.event(enrolment, end.status, end.on, end.status, [to_school, reason])?;
        }
        let until = if to <= self.year.end { Value::Date(to) } else { Value::Null };
        let fields = [
            ("enrolment", Value::Id(enrolment)),
            ("section", Value::Id(section)),
            ("valid_from", Value::Date(from)),
            ("valid_to", until),
        ];
        self.made.add(&SECTION_MEMBERSHIP, fields)?;
        match status {
            "completed" if grade < 5 => next.up[grade + 1].push(pupil.clone()),
            "retained" => next.again[grade].push(pupil.clone()),
            _ => {}
        }
        Ok(Seat { student: pupil.id, from, to })
    }

    /// How an enrolment ended, if it has.
    fn ending(&mut self, from: i32) -> Option<Ending> {
        let last = self.year.end.min(self.plan.today);
        let dice = &mut self.people.dice;
        let (lot, some_day) = (dice.below(1_000), dice.days(usize::try_from(last - from - 20).unwrap_or(0)));
        let on = from + 10 + some_day;
        match lot {
            _ if last - from <= 20 => None,
            0..DROPPED => Some(Ending { status: "dropped", on, leaves: true }),
            lot if lot < DROPPED + TRANSFERRED => Some(Ending { status: "transferred_out", on, leaves: true }),
            _ if self.is_open => None,
            lot if lot < DROPPED + TRANSFERRED + RETAINED => {
                Some(Ending { status: "retained", on: self.year.end, leaves: false })
            }
            _ => Some(Ending { status: "completed", on: self.year.end, leaves: false }),
        }
    }

    /// `why`: the other school and the reason's code.
    fn event(&mut self, enrolment: Uuid, kind: &str, on: i32, status: &str, why: [Value; 2]) -> Result<()> {
        let [school, reason] = why;
        let fields = [
            ("enrolment", Value::Id(enrolment)),
            ("kind", text(kind)),
            ("on_date", Value::Date(on)),
            ("status", text(status)),
            ("reason_code", reason),
            ("school", school),
            ("made_by", Value::Id(self.office.registrar)),
            ("made_at", Value::Time(i64::from(on) * DAY)),
        ];
        self.made.add(&ENROLMENT_EVENT, fields).map(|_| ())
    }
}

struct Ending {
    status: &'static str,
    on: i32,
    leaves: bool,
}

//! Who learns, who teaches and who is called when a child is ill, at a made-up school.

use super::Plan;
use super::dice::Dice;
use super::made::{Made, text, text_or_none};
use super::names::Names;
use crate::Result;
use pems_model::Value;
use pems_model::entities::{GUARDIAN, STAFF, STUDENT, STUDENT_DOCUMENT, STUDENT_GUARDIAN};
use pems_model::value::parse_date;
use std::collections::HashSet;
use uuid::Uuid;

const BARANGAYS: [&str; 6] = ["San Roque", "Poblacion", "Santo Niño", "Bagong Silang", "San Isidro", "Mabini"];
const TONGUES: [&str; 4] = ["Tagalog", "Ilocano", "Cebuano", "Hiligaynon"];
const RELIGIONS: [&str; 5] = ["Roman Catholic", "Iglesia ni Cristo", "Islam", "Born Again Christian", "Aglipayan"];
const WORK: [&str; 8] =
    ["Farmer", "Vendor", "Tricycle driver", "Housekeeper", "OFW", "Teacher", "Carpenter", "Fisherfolk"];

/// A learner as far as enrolling needs one.
#[derive(Debug, Clone)]
pub(super) struct Pupil {
    pub(super) id: Uuid,
    pub(super) man: bool,
    /// Papers that the school asked for are missing.
    pub(super) lacks_papers: bool,
}

/// Father and mother, who may have another child at the school.
#[derive(Debug)]
struct Family {
    last: String,
    maiden: String,
    father: Option<Uuid>,
    mother: Uuid,
}

#[derive(Debug)]
pub(super) struct People {
    pub(super) dice: Dice,
    names: Names,
    school_id: u32,
    today: i32,
    count: usize,
    drawn: HashSet<(String, String, i32)>,
    family: Option<Family>,
    /// The first learners and where they live.
    pub(super) eldest: Vec<(Uuid, String)>,
}

/// How many learners are remembered as the eldest.
const ELDEST: usize = 3;

impl People {
    pub(super) fn new(plan: &Plan) -> Result<People> {
        Ok(People {
            dice: Dice::new(plan.seed),
            names: Names::read()?,
            school_id: plan.school_id,
            today: plan.today,
            count: 0,
            drawn: HashSet::new(),
            family: None,
            eldest: Vec::new(),
        })
    }

    /// A new learner of `grade` (7 to 12) in the school year that begins in June of `first`.
    pub(super) fn learner(&mut self, made: &mut Made<'_>, grade: i32, first: i32, man: bool) -> Result<Pupil> {
        self.count += 1;
        let family = self.family(made)?;
        let (name, born) = self.person(&family.last, man, first - 5 - grade);
        let address = self.address();
        let dice = &mut self.dice;
        let has_lrn = dice.chance(940);
        // As LIS makes them: the ID of the first school, the year, and four digits.
        let first_school = self.school_id as usize + self.count / 10_000;
        let lrn = || format!("{first_school:06}{:02}{:04}", (first - grade + 6) % 100, self.count % 10_000);
        let id = made.add(
            &STUDENT,
            [
                ("last_name", text(family.last.as_str())),
                ("first_name", text(name)),
                ("middle_name", text(family.maiden.as_str())),
                ("name_ext", if man && dice.chance(30) { text("Jr.") } else { Value::Null }),
                ("lrn", if has_lrn { text(lrn()) } else { Value::Null }),
                ("lrn_status", text(if has_lrn { "confirmed" } else { "pending" })),
                ("student_no", text(format!("{first}-{:04}", self.count))),
                ("sex", text(if man { "M" } else { "F" })),
                ("birth_date", Value::Date(born)),
                ("birth_place", text("Sampaguita, Sample Province")),
                ("mother_tongue", text(dice.pick(&TONGUES))),
                ("ip_group", if dice.chance(20) { text("Aeta") } else { Value::Null }),
                ("religion", text(RELIGIONS[if dice.chance(800) { 0 } else { dice.below(RELIGIONS.len()) }])),
                ("house_street", text(address.0.as_str())),
                ("barangay", text(address.1)),
                ("municipality", text("Sampaguita")),
                ("province", text("Sample Province")),
                ("four_ps", Value::Bool(dice.chance(160))),
                ("phone", if dice.chance(250) { text(phone(dice)) } else { Value::Null }),
            ],
        )?;
        if self.eldest.len() < ELDEST {
            self.eldest.push((id, address.0));
        }
        link(made, id, family.mother, "mother", true)?;
        if let Some(father) = family.father {
            link(made, id, father, "father", false)?;
        }
        let lacks_papers = self.papers(made, id)?;
        self.family = Some(family);
        Ok(Pupil { id, man, lacks_papers })
    }

    /// A new family or, for one learner in seven, the one of the learner before.
    fn family(&mut self, made: &mut Made<'_>) -> Result<Family> {
        if let (true, Some(family)) = (self.dice.chance(140), self.family.take()) {
            return Ok(family);
        }
        let (last, maiden) = (self.names.last(&mut self.dice), self.names.last(&mut self.dice));
        let mother = self.parent(made, &maiden, false)?;
        let father = if self.dice.chance(820) { Some(self.parent(made, &last, true)?) } else { None };
        Ok(Family { last, maiden, father, mother })
    }

    fn parent(&mut self, made: &mut Made<'_>, last: &str, man: bool) -> Result<Uuid> {
        let first = self.names.first(&mut self.dice, man);
        let dice = &mut self.dice;
        made.add(
            &GUARDIAN,
            [
                ("last_name", text(last)),
                ("first_name", text(first)),
                ("phone", if dice.chance(900) { text(phone(dice)) } else { Value::Null }),
                ("occupation", text(dice.pick(&WORK))),
            ],
        )
    }

    /// A first name and a birth date; nobody is drawn twice. One in ten is up to three years older than the grade.
    fn person(&mut self, last: &str, man: bool, year: i32) -> (String, i32) {
        loop {
            let first = self.names.first(&mut self.dice, man);
            let late = if self.dice.chance(100) { self.dice.days(3) + 1 } else { 0 };
            let newest = parse_date(&format!("{}-09-30", year - late)).unwrap_or_default();
            let born = newest - self.dice.days(365);
            if self.drawn.insert((last.to_owned(), first.clone(), born)) {
                return (first, born);
            }
        }
    }

    fn address(&mut self) -> (String, &'static str) {
        let barangay = BARANGAYS[self.dice.below(BARANGAYS.len())];
        (format!("Purok {}, House {}", 1 + self.dice.below(7), 1 + self.dice.below(200)), barangay)
    }

    /// What the school asks every learner for. Returns whether something is missing.
    fn papers(&mut self, made: &mut Made<'_>, student: Uuid) -> Result<bool> {
        let mut missing = false;
        for (kind, brought) in [("psa", 940), ("sf9", 950), ("id_photo", 900)] {
            let here = self.dice.chance(brought);
            missing |= !here && kind != "id_photo";
            let (received, required) = if here {
                (Value::Date(self.today - 100 - self.dice.days(60)), Value::Null)
            } else {
                (Value::Null, Value::Date(self.today + 7 + self.dice.days(60)))
            };
            made.add(
                &STUDENT_DOCUMENT,
                [
                    ("student", Value::Id(student)),
                    ("kind", text(kind)),
                    ("state", text(if here { "received" } else { "missing" })),
                    ("received_on", received),
                    ("required_by", required),
                ],
            )?;
        }
        Ok(missing)
    }

    /// A teacher whose name is drawn.
    pub(super) fn teacher(&mut self, made: &mut Made<'_>, position: &str) -> Result<Uuid> {
        let man = self.dice.chance(330);
        let (last, first) = (self.names.last(&mut self.dice), self.names.first(&mut self.dice, man));
        staff(made, &last, &first, "", man, position)
    }

    /// Another school, from or to which learners transfer.
    pub(super) fn other_school(&mut self) -> String {
        let kind = ["National High School", "Integrated School", "Academy"][self.dice.below(3)];
        format!("{} {kind}", BARANGAYS[self.dice.below(BARANGAYS.len())])
    }
}

pub(super) fn staff(
    made: &mut Made<'_>,
    last: &str,
    first: &str,
    middle: &str,
    man: bool,
    position: &str,
) -> Result<Uuid> {
    made.add(
        &STAFF,
        [
            ("last_name", text(last)),
            ("first_name", text(first)),
            ("middle_name", text_or_none(middle)),
            ("sex", text(if man { "M" } else { "F" })),
            ("position", text(position)),
            ("funding", text("A")),
        ],
    )
}

fn link(made: &mut Made<'_>, student: Uuid, guardian: Uuid, relation: &str, first_to_call: bool) -> Result<()> {
    let fields = [
        ("student", Value::Id(student)),
        ("guardian", Value::Id(guardian)),
        ("relation", text(relation)),
        ("is_primary", Value::Bool(first_to_call)),
        ("lives_with", Value::Bool(true)),
        ("can_pickup", Value::Bool(true)),
    ];
    made.add(&STUDENT_GUARDIAN, fields).map(|_| ())
}

/// Nobody's: the digits after the prefix begin with zeros.
fn phone(dice: &mut Dice) -> String {
    format!("+63917000{:04}", dice.below(10_000))
}

//! The made-up school itself: its papers' head, who works there, and what waits for them.

use super::Plan;
use super::made::{Made, text};
use super::people::{People, staff};
use crate::Result;
use pems_model::Value;
use pems_model::entities::{NUMBER_RANGE, REVIEW_ITEM, SCHOOL_PROFILE, SCHOOL_USER};
use uuid::Uuid;

const HEAD: &str = "Melchora Aquino";
const HOUR: i64 = 3_600 * 1_000_000;

/// Those who work at the school: users by what they do, and staff who advise sections, the teacher first.
#[derive(Debug)]
pub(super) struct Office {
    pub(super) registrar: Uuid,
    pub(super) teacher: Uuid,
    pub(super) advisers: Vec<Uuid>,
}

pub(super) fn profile(made: &mut Made<'_>, plan: &Plan) -> Result<()> {
    let fields = [
        ("deped_school_id", text(format!("{:06}", plan.school_id))),
        ("name", text(plan.name.as_str())),
        ("sector", text("public")),
        ("offering", text("integrated")),
        ("region", text("Region of Samples")),
        ("division", text("Sample Division")),
        ("district", text("Sample District")),
        ("head_name", text(HEAD)),
        ("head_position", text("Principal III")),
        ("address", text("Poblacion, Sampaguita, Sample Province")),
    ];
    made.add(&SCHOOL_PROFILE, fields).map(|_| ())
}

/// Four users, one for each role of an office, and an adviser for each section of a year.
pub(super) fn office(made: &mut Made<'_>, people: &mut People, plan: &Plan) -> Result<Office> {
    let mut user = |first: &str, last: &str, man: bool, position: &str, role: &str| -> Result<(Uuid, Uuid)> {
        let staff = staff(made, last, first, "", man, position)?;
        let name = text(format!("{first} {last}"));
        let user = made.add(&SCHOOL_USER, [("name", name), ("role", text(role)), ("staff", Value::Id(staff))])?;
        Ok((user, staff))
    };
    let (registrar, _) = user("Corazon", "Reyes", false, "Registrar I", "registrar")?;
    let (teacher, first_adviser) = user("Benigno", "Santos", true, "Teacher III", "teacher")?;
    user("Melchora", "Aquino", false, "Principal III", "school_head")?;
    user("Apolinario", "Cruz", true, "Administrative Officer II", "school_admin")?;
    let mut advisers = vec![first_adviser];
    let sections: usize = plan.grades.iter().map(|(men, women)| (men + women).div_ceil(plan.section_size)).sum();
    for _ in 1..sections {
        let position = ["Teacher I", "Teacher II", "Teacher III", "Master Teacher I"][people.dice.below(4)];
        advisers.push(people.teacher(made, position)?);
    }
    Ok(Office { registrar, teacher, advisers })
}

/// Student numbers that this PC may give, and two conflicts that somebody should look at.
pub(super) fn extras(made: &mut Made<'_>, people: &People, device: Uuid, now: i64) -> Result<()> {
    let range = [
        ("purpose", text("student_no")),
        ("device", Value::Id(device)),
        ("prefix", text("2026-")),
        ("from_no", Value::Int(1)),
        ("to_no", Value::Int(9_999)),
        ("digits", Value::Int(4)),
    ];
    made.add(&NUMBER_RANGE, range)?;
    for (i, (student, address)) in (1..).zip(people.eldest.iter().skip(1)) {
        let other = format!("{address}-A");
        let fields = [
            ("kind", text("conflict")),
            ("entity", text("student")),
            ("row_id", Value::Id(*student)),
            ("field", text("house_street")),
            ("kept_value", text(format!("{address:?}"))),
            ("kept_replica", Value::Id(device)),
            ("kept_at", Value::Time(now - i * HOUR)),
            ("lost_value", text(format!("{other:?}"))),
            ("lost_at", Value::Time(now - i * 2 * HOUR)),
            ("state", text("open")),
        ];
        made.add(&REVIEW_ITEM, fields)?;
    }
    Ok(())
}

//! The sample school: made up, to try things with, and to be thrown away. It has no hub, and its window says so all the time.

mod names;
mod year;

use crate::keys::KeySource;
use crate::store::{Enrolled, Save, Work};
use crate::{Env, Office, Result, Store, SystemEnv};
use pems_model::Role;
use pems_model::value::format_date;
use serde_json::{Value as Json, json};
use uuid::Uuid;

const NAME: &str = "Sample National High School";
/// Learners of a section: ten sections make a median school of the country.
const CLASS: usize = 41;

/// Makes the sample school in `dir`.
///
/// # Errors
/// `already_enrolled`, or what the disk or keyring said.
pub fn open(dir: &std::path::Path, keys: KeySource) -> Result<Office> {
    let enrolled = Enrolled {
        tenant_id: SystemEnv.new_id(),
        device_id: SystemEnv.new_id(),
        device_name: "Sample PC".into(),
        role: Role::SchoolAdmin,
        school_name: NAME.into(),
        school_slug: "sample".into(),
        hub_url: String::new(),
        epoch: Uuid::nil(),
    };
    Office::found(dir, keys, &enrolled, |store| {
        store.set_local("sample", "1")?;
        fill(store)
    })
}

/// Saves a row and gives its id.
fn add(work: &mut Work<'_, '_>, entity: &str, fields: Json) -> Result<Uuid> {
    let fields = fields.as_object().cloned().unwrap_or_default();
    Ok(work.save(&Save { entity: entity.into(), id: None, fields })?.row.id)
}

fn pick<T: Copy>(list: &[T], seed: usize) -> T {
    list[seed % list.len()]
}

fn fill(store: &mut Store) -> Result<()> {
    let today = crate::desk::today::day_of(store.now());
    store.act(|work| {
        let year = year::make(work, today)?;
        let mut advisers = Vec::new();
        for (last, first) in names::ADVISERS {
            let fields = json!({ "last_name": last, "first_name": first, "position": "Teacher III", "funding": "A" });
            advisers.push(add(work, "staff", fields)?);
        }
        let users = [
            ("Corazon Reyes", "registrar", None),
            ("Benigno Santos", "teacher", advisers.first()),
            ("Melchora Aquino", "school_head", None),
            ("Apolinario Cruz", "school_admin", None),
        ];
        for (name, role, staff) in users {
            add(work, "school_user", json!({ "name": name, "role": role, "staff": staff }))?;
        }
        let mut classes = Vec::new();
        for (at, (grade, name)) in names::SECTIONS.iter().enumerate() {
            let fields = json!({ "school_year": year.id, "grade_level": grade, "name": name, "adviser": advisers[at],
                "room": format!("Room {}", 101 + at), "capacity": 45, "shift": "whole_day" });
            let section = add(work, "section", fields)?;
            let mut learners = Vec::new();
            for seat in 0..CLASS {
                learners.push(learner(work, &year, section, grade, at * CLASS + seat)?);
            }
            classes.push((section, learners));
        }
        year::attendance(work, &year, today, &classes)
    })?;
    store.settle_as_delivered()
}

fn learner(work: &mut Work<'_, '_>, year: &year::Year, section: Uuid, grade: &str, at: usize) -> Result<Uuid> {
    let girl = at.is_multiple_of(2);
    // Strides that have no factor in common with the lists: names do not repeat in the order of the lists.
    let (last, middle) = (pick(names::LAST, at * 7 + at / 30), pick(names::MIDDLE, at * 5 + at / 11));
    let first = pick(if girl { names::GIRLS } else { names::BOYS }, at / 2 * 4 + at / 15);
    let age = grade.parse::<usize>().unwrap_or(7) + 5;
    let born = year.start - i32::try_from(age * 365 + at * 37 % 360).unwrap_or_default();
    let mut fields = json!({ "last_name": last, "first_name": first, "middle_name": middle, "sex": if girl { "F" } else { "M" },
        "birth_date": format_date(born), "student_no": format!("{}-{:04}", &year.label[..4], at + 1), "mother_tongue": "Tagalog",
        "religion": "Roman Catholic", "barangay": "Poblacion", "municipality": "Sample Town", "province": "Batangas" });
    if at % 9 != 4 {
        fields["lrn"] = json!(format!("1365{:08}", 15_000_000 + at * 137));
    }
    let student = add(work, "student", fields)?;
    let guardian = json!({ "last_name": last, "first_name": pick(names::GIRLS, at * 3 + 1),
        "phone": format!("0917{:07}", 1_000_000 + at * 97) });
    let guardian = add(work, "guardian", guardian)?;
    let link = json!({ "student": student, "guardian": guardian, "relation": "mother", "is_primary": true });
    add(work, "student_guardian", link)?;
    let transferee = at % 53 == 7;
    let (kind, status) = if transferee { ("transferee", "temporary") } else { ("continuing", "enrolled") };
    let enrolment = json!({ "student": student, "school_year": year.id, "grade_level": grade, "kind": kind, "status": status,
        "first_attendance_date": format_date(year.start) });
    let enrolment = add(work, "enrolment", enrolment)?;
    let event =
        json!({ "enrolment": enrolment, "kind": "enrolled", "on_date": format_date(year.start), "status": status });
    add(work, "enrolment_event", event)?;
    let membership = json!({ "enrolment": enrolment, "section": section, "valid_from": format_date(year.start) });
    add(work, "section_membership", membership)?;
    for paper in ["psa", "sf9"] {
        let state = if transferee && paper == "sf9" || at % 31 == 3 { "missing" } else { "received" };
        add(work, "student_document", json!({ "student": student, "kind": paper, "state": state }))?;
    }
    Ok(student)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_a_school_in_the_middle_of_its_year_with_nothing_to_send() {
        let dir = tempfile::tempdir().expect("a folder");
        let office = open(&dir.path().join("office"), KeySource::File(dir.path().join("key"))).expect("a school");
        let store = office.store().expect("a store");
        let count = |entity| store.count(entity).expect("a count");
        assert_eq!((count("student"), count("section"), count("school_user")), (410, 10, 4));
        assert!(count("attendance_sheet") > 100 && count("attendance_mark") > 100);
        assert_eq!(store.glance().expect("a glance").pending, 0);
    }
}

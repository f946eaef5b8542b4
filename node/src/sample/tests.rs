use super::*;
use pems_model::value::{format_date, parse_time};
use pems_model::{Kind, Schema};

/// A Tuesday with classes, at ten in the morning in Manila.
const NOW: &str = "2026-11-24T10:00:00+08:00";

fn made(now: &str) -> Store {
    let enrolled = Enrolled {
        tenant_id: Uuid::from_u128(1),
        device_id: Uuid::from_u128(2),
        device_name: "Sample PC".into(),
        role: Role::SchoolAdmin,
        school_name: NAME.into(),
        school_slug: "sample".into(),
        hub_url: String::new(),
        epoch: Uuid::nil(),
    };
    let mut store = Store::in_memory(&enrolled, Schema::product(), Box::new(SystemEnv)).expect("a store");
    fill(&mut store, &Plan::sample(parse_time(now).expect("a moment"))).expect("filled");
    store
}

fn count(store: &Store, sql: &str) -> i64 {
    store.conn().query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

#[test]
fn the_sample_is_a_school_of_four_hundred_in_the_middle_of_its_year() {
    let store = made(NOW);
    let open = "(SELECT id FROM school_year WHERE status = 'open')";
    assert_eq!(count(&store, &format!("SELECT count(*) FROM section WHERE school_year = {open}")), 10);
    assert_eq!(count(&store, &format!("SELECT count(*) FROM enrolment WHERE school_year = {open}")), 401);
    assert_eq!(count(&store, "SELECT count(*) FROM school_year"), 2);
    assert_eq!(count(&store, "SELECT count(DISTINCT on_date) FROM attendance_sheet"), 40);
    for (what, sql) in [
        ("temporary enrolments", "SELECT count(*) FROM enrolment WHERE status = 'temporary'"),
        ("missing papers", "SELECT count(*) FROM student_document WHERE state = 'missing'"),
        ("transfers", "SELECT count(*) FROM enrolment_event WHERE kind = 'transferred_out'"),
        ("repeaters", "SELECT count(*) FROM enrolment WHERE kind = 'repeater'"),
        ("late ones", "SELECT count(*) FROM enrolment WHERE late = 1"),
        ("a suspension", "SELECT count(*) FROM calendar_day WHERE kind = 'suspension'"),
        ("typed with ñ", "SELECT count(*) FROM student WHERE last_name LIKE '%ñ%'"),
        ("conflicts", "SELECT count(*) FROM review_item WHERE state = 'open'"),
    ] {
        assert!(count(&store, sql) > 0, "the sample has {what}");
    }
    assert!(!store.has_pending().expect("an outbox"), "nothing waits for a hub that is not there");
}

#[test]
fn the_teacher_has_a_section_whose_attendance_is_still_to_take() {
    let store = made(NOW);
    let section = "(SELECT s.id FROM section s JOIN school_user u ON u.staff = s.adviser JOIN school_year y ON y.id = s.school_year
        WHERE u.role = 'teacher' AND y.status = 'open')";
    let last = count(&store, &format!("SELECT max(on_date) FROM attendance_sheet WHERE section = {section}"));
    assert_eq!(format_date(i32::try_from(last).expect("a day")), "2026-11-23");
    let today = "SELECT count(*) FROM attendance_sheet WHERE on_date = (SELECT max(on_date) FROM attendance_sheet)";
    assert!((3..10).contains(&count(&store, today)), "some have taken today's, some have not");
    assert_eq!(
        count(
            &store,
            "SELECT count(*) FROM attendance_mark m JOIN attendance_sheet s ON s.id = m.sheet JOIN enrolment e ON e.student = m.student JOIN section_membership b ON b.enrolment = e.id AND b.section = s.section WHERE s.on_date < b.valid_from OR s.on_date >= b.valid_to"
        ),
        0,
        "only members are marked"
    );
}

#[test]
fn every_link_leads_to_a_record() {
    let store = made(NOW);
    for entity in Schema::product().entities() {
        for field in entity.fields {
            let Kind::Link(to) = field.kind else { continue };
            let sql = format!(
                "SELECT count(*) FROM {0} WHERE {1} IS NOT NULL AND {1} NOT IN (SELECT id FROM {to})",
                entity.name, field.name
            );
            assert_eq!(count(&store, &sql), 0, "{}.{}", entity.name, field.name);
        }
    }
    let twice = "SELECT count(*) - count(DISTINCT lrn) FROM student WHERE lrn IS NOT NULL";
    assert_eq!(count(&store, twice), 0, "an LRN is one learner's");
}

#[test]
fn one_day_makes_one_school_and_any_day_makes_one() {
    let names = |store: &Store| -> String {
        let sql = "SELECT group_concat(last_name || first_name || hex(id)) FROM student";
        store.conn().query_row(sql, [], |row| row.get(0)).expect("names")
    };
    assert_eq!(names(&made(NOW)), names(&made(NOW)));
    for day in ["2026-06-01T00:00:00Z", "2026-06-08T00:00:00Z", "2027-05-15T00:00:00Z", "2030-12-26T00:00:00Z"] {
        let store = made(day);
        assert_eq!(count(&store, "SELECT count(DISTINCT on_date) FROM attendance_sheet"), 40, "{day}");
        assert!(names(&store).len() > 10_000, "{day}");
    }
}

#[test]
fn it_is_made_in_a_folder_and_opens_again() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("office");
    let keys = || KeySource::File(dir.path().join("key"));
    drop(open(&data, keys()).expect("made"));
    let store = crate::Office::open(&data, keys()).expect("an office").store().expect("a store");
    assert!(store.is_sample().expect("known"));
    assert_eq!(count(&store, "SELECT count(*) FROM school_user"), 4);
}

//! The published samples, with counts taken by hand (awk) from their files.

use crate::{Office, oneroster, only_new, sample};
use pems_node::import::Options;

fn of_school(school: &str, year: Option<&str>) -> Options {
    Options { school: Some(school.into()), school_year: year.map(Into::into), ..oneroster() }
}

#[test]
fn school_data_sync_v2() {
    let mut office = Office::new();
    // 22 learners in 3 schools; 7 learners, 1 teacher and 1 class are of school 10001. One of them is enrolled elsewhere.
    let report = office.import(&sample("ms_SDS_v2"), &of_school("10001", Some("2026-2027")));
    assert_eq!(report.rows_read, 5 + 4 + 29 + 29);
    assert_eq!(
        only_new(&report),
        [("enrolment", 6), ("school_year", 1), ("section", 1), ("section_membership", 6), ("staff", 1), ("student", 7)]
    );
    assert_eq!(office.field("section", ("name", "Math - Algebra 1"), "grade_level"), "6");
    assert_eq!(office.field("student", ("student_no", "13001"), "last_name"), "Klein");
    let adviser = office.field("section", ("name", "Math - Algebra 1"), "adviser");
    assert_eq!(office.field("staff", ("employee_no", "14001"), "last_name"), "Beane");
    assert_eq!(office.field("staff", ("id", &adviser), "employee_no"), "14001");
    assert!(report.warnings.iter().any(|warning| warning.contains("assumed")), "{:?}", report.warnings);

    // The other school of the bundle comes in beside it, and a college counts as one where it is asked for.
    let report = office.import(&sample("ms_SDS_v2"), &of_school("Fabrikam High School", Some("2026-2027")));
    assert_eq!((report.by_entity["student"].new, report.by_entity["staff"].new), (7, 4));
    let mut office = Office::new();
    let report = office.import(&sample("ms_SDS_v2"), &of_school("10003", Some("2026-2027")));
    assert_eq!(
        only_new(&report),
        [("enrolment", 8), ("school_year", 1), ("section", 2), ("section_membership", 8), ("staff", 2), ("student", 8)]
    );
    assert_eq!(office.field("section", ("name", "Bioscience Innovation 102"), "grade_level"), "NG");
}

#[test]
fn school_data_sync_v2_1_with_guardians_and_demographics() {
    let mut office = Office::new();
    let report = office.import(&sample("ms_SDS_v2.1"), &oneroster());
    assert_eq!(report.rows_read, 4 + 2 + 8 + 7 + 6 + 3 + 3 + 2 + 6);
    assert_eq!(
        only_new(&report),
        [
            ("enrolment", 3),
            ("guardian", 2),
            ("school_year", 1),
            ("section", 1),
            ("section_membership", 3),
            ("staff", 1),
            ("student", 3),
            ("student_guardian", 3),
            ("term", 1)
        ]
    );
    assert_eq!(office.field("student", ("student_no", "114004"), "sex"), "F");
    assert_eq!(office.field("student", ("student_no", "114004"), "birth_date"), "2001-09-02");
    assert_eq!(office.field("school_year", ("label", "2021-2022"), "start_date"), "2021-08-24");
    assert_eq!(office.field("section", ("name", "Biology 10"), "grade_level"), "10");
    // Jean Craig is the guardian of one learner and a relative of another.

    assert_eq!(office.field("student_guardian", ("relation", "other"), "is_primary"), "null");
    assert!(report.warnings.iter().any(|warning| warning.contains("mobile")), "{:?}", report.warnings);
}

#[test]
fn school_data_sync_format_of_100_users() {
    let mut office = Office::new();
    let error = office.refused(&sample("ms_SDS_Format_100_Users"), &oneroster());
    assert!(error.message.contains("10001 (Contoso High School), 10002 (Fabrikam High School)"), "{}", error.message);
    let report = office.import(&sample("ms_SDS_Format_100_Users"), &of_school("10001", None));
    assert_eq!(report.rows_read, 86 + 28 + 602 + 12 + 28 + 2);
    assert_eq!(
        only_new(&report),
        [
            ("enrolment", 60),
            ("school_year", 1),
            ("section", 14),
            ("section_membership", 60),
            ("staff", 7),
            ("student", 60)
        ]
    );
    // 60 learners with seven classes each: one seat, six subjects.
    assert!(
        report.warnings.iter().any(|warning| warning.starts_with("360 × further classes")),
        "{:?}",
        report.warnings
    );
    // 4/2/2000 is April 2: other dates of the column prove that the month comes first.
    assert_eq!(office.field("student", ("student_no", "13001"), "birth_date"), "2000-04-02");
    assert_eq!(office.field("student", ("student_no", "13001"), "middle_name"), "Christopher");
    assert_eq!(office.field("school_year", ("label", "2017-2018"), "end_date"), "2018-06-30");
}

#[test]
fn every_sample_again_changes_nothing_and_undo_takes_it_back() {
    for (name, school, year) in [
        ("ms_SDS_v2", "10002", Some("2026-2027")),
        ("ms_SDS_v2.1", "110003", None),
        ("ms_SDS_Format_100_Users", "10002", None),
    ] {
        let mut office = Office::new();
        let before = office.visible();
        let dry = office.import(&sample(name), &Options { dry_run: true, ..of_school(school, year) });
        assert_eq!(office.visible(), before, "{name}: a dry run writes nothing");
        assert!(dry.batch.is_none() && !dry.written && dry.new > 0);
        let first = office.import(&sample(name), &of_school(school, year));
        assert_eq!((first.new, &first.by_entity), (dry.new, &dry.by_entity), "{name}: a dry run promises what comes");
        let again = office.import(&sample(name), &of_school(school, year));
        assert_eq!((again.new, again.changed, again.unchanged), (0, 0, first.new), "{name}: {again:#?}");
        assert_eq!(again.batch, None);
        let undone = office.store.undo(first.batch.expect("a batch")).expect("an undo");
        assert!(undone.left.is_empty());
        assert_eq!(office.visible(), before, "{name}: undo takes everything back");
        let third = office.import(&sample(name), &of_school(school, year));
        assert_eq!(third.new, first.new, "{name}: what was taken back can be imported again");
    }
}

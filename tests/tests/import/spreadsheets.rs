//! Lists that clerks keep: one CSV, headers in their words.

use crate::{Office, csv};
use pems_model::Code;
use pems_node::import::{DateOrder, DuplicateKind, Duplicates, Format, Options};

const LEARNERS: &str = "LRN,Surname,Given Name,Middle name,Gender,DOB,Mobile No.,Shoe size\n\
    136728140001,Dela Cruz,Ana,Reyes,Female,2013-02-28,0917 123 4567,36\n\
    136728140002,Peñaflor,Ma. Clara,,F,2013-05-17,,\n";

#[test]
fn columns_are_found_in_the_words_of_clerks() {
    let mut office = Office::new();
    let report = office.csv("student", LEARNERS);
    assert_eq!((report.rows_read, report.new, report.refused.len()), (2, 2, 0));
    assert_eq!(report.warnings, ["columns that were not imported: Shoe size"]);
    assert_eq!(office.field("student", ("lrn", "136728140001"), "phone"), "+639171234567");
    assert_eq!(office.field("student", ("lrn", "136728140002"), "sex"), "F");
    assert_eq!(office.csv("student", LEARNERS).unchanged, 2);
    let options = |mapping: &[(&str, &str)]| {
        let mapping = mapping.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        Options::new(Format::Csv { entity: "student".into(), mapping })
    };
    let path = office.file("list.csv", LEARNERS);
    let report = office.import(&path, &options(&[("shoe SIZE", "remarks")]));
    assert_eq!((report.changed, report.unchanged), (1, 1));
    assert_eq!(office.field("student", ("lrn", "136728140001"), "remarks"), "36");
    assert_eq!(office.refused(&path, &options(&[("Hat", "remarks")])).code, Code::BadUsage);
    assert_eq!(office.refused(&path, &options(&[("LRN", "hat")])).code, Code::BadUsage);
    assert_eq!(office.refused(&path, &csv("hat")).code, Code::UnknownEntity);
}

#[test]
fn cells_that_cannot_be_kept_are_named() {
    let mut office = Office::new();
    let report = office.csv(
        "student",
        "LRN,Surname,Given Name,Gender,DOB,Phone\n1.32797E+11,Cruz,Ana,F,2013-02-28,\n,Cruz,,F,2013-02-28,\n,Cruz,Ana,X,2013-02-28,\n\
         ,Cruz,Ana,F,03/04/2013,\n,Cruz,Ana,F,,8123456\n,Cruz, Jr.,Ana,F,2013-02-28,x\n,Luna,Ana,,,\n",
    );
    let found: Vec<_> = report.refused.iter().map(|r| (r.row, r.column.as_deref(), r.code)).collect();
    assert_eq!(
        found,
        [
            (2, Some("LRN"), Code::BadFormat),
            (3, None, Code::Required),
            (4, Some("Gender"), Code::NotAChoice),
            (5, Some("DOB"), Code::BadFormat),
            (6, Some("Phone"), Code::BadFormat),
            (7, None, Code::BadFormat),
        ]
    );
    assert!(report.refused[0].message.contains("rounded") && report.refused[3].message.contains("date order"));
    assert_eq!((office.count("student"), report.written, report.new), (0, false, 1));
    let path = office.file("list.csv", "Surname,Given Name,DOB\nCruz,Ana,03/04/2013\n");
    office.import(&path, &Options { date_order: Some(DateOrder::DayMonthYear), ..csv("student") });
    assert_eq!(office.field("student", ("last_name", "Cruz"), "birth_date"), "2013-04-03");
}

#[test]
fn suspected_duplicates_are_listed_and_left_out() {
    let mut office = Office::new();
    office.csv("student", LEARNERS);
    // Another LRN, the same name in another spelling and birth date; then the same within the file.
    let list = "LRN,Last name,First name,Birth date\n136728140009,PENAFLOR,MARIA CLARA,2013-05-17\n\
        136728140010,Santos,Jose,2013-01-01\n136728140011,SANTOS,José,2013-01-01\n136728140010,Santos,Jose,2013-01-01\n";
    let path = office.file("list.csv", list);
    let report = office.import(&path, &csv("student"));
    let found: Vec<_> =
        report.duplicates.iter().map(|d| (d.row, d.kind, d.of.is_some(), d.of_row, d.imported)).collect();
    assert_eq!(
        found,
        [
            (2, DuplicateKind::SameName, true, None, false),
            (4, DuplicateKind::SameName, false, Some(3), false),
            (5, DuplicateKind::SameRecord, false, Some(3), false)
        ]
    );
    assert!(
        report.duplicates[0].message.contains("Peñaflor, Ma. Clara (2013-05-17)"),
        "{}",
        report.duplicates[0].message
    );
    assert_eq!((report.new, office.count("student")), (1, 3));
    let report = office.import(&path, &Options { duplicates: Duplicates::Import, ..csv("student") });
    assert_eq!((report.new, report.unchanged, office.count("student")), (2, 1, 5));
    let report = office.import(&path, &Options { duplicates: Duplicates::Import, ..csv("student") });
    assert_eq!((report.new, report.changed, report.unchanged), (0, 0, 3));
}

#[test]
fn a_number_of_somebody_else_overwrites_nobody() {
    let mut office = Office::new();
    office
        .csv("student", "LRN,Student no.,Last name,First name\n136728140001,A-1,Cruz,Ana\n136728140002,A-2,Luna,Ben\n");
    let before = office.visible();
    for row in ["136728140001,,Reyes,Carlo", "136728140001,A-2,Cruz,Ana", "136728140003,A-1,Cruz,Ana"] {
        let report = office.csv("student", format!("LRN,Student no.,Last name,First name\n{row}\n"));
        assert_eq!((report.refused.len(), report.refused[0].code), (1, Code::Conflict), "{row}");
        assert_eq!(office.visible(), before);
    }
    let report = office.csv("student", "LRN,Student no.,Last name,First name\n136728140001,A-1,Cruz,Anna\n");
    assert_eq!((report.changed, report.refused.len()), (1, 0), "a corrected spelling is a change");
}

#[test]
fn other_records_link_by_what_people_call_them() {
    let mut office = Office::new();
    office.csv("student", LEARNERS);
    let years = "School year,First day,Last day,Status\n2026-2027,2026-06-08,4/30/2027,open\n";
    assert_eq!(office.csv("school_year", years).new, 1);
    assert_eq!(office.csv("staff", "Employee ID,Surname,First name\nE-1,Luna,Tess\n").new, 1);
    let sections = "SY,Grade Level,Section,Teacher\n2026-2027,Grade 7,Rizal,E-1\n2026-2027,07,RIZAL,E-1\n";
    let report = office.csv("section", sections);
    assert_eq!((report.new, report.duplicates.len()), (1, 1), "one natural key, one section");
    let enrolments =
        "Learner,School year,Grade,Status\n136728140001,2026-2027,7,enrolled\n136728149999,2026-2027,7,enrolled\n";
    let report = office.csv("enrolment", enrolments);
    assert_eq!((report.new, report.refused[0].row, report.refused[0].code), (1, 3, Code::ParentMissing));
    assert_eq!(office.csv("enrolment", enrolments.lines().take(2).collect::<Vec<_>>().join("\n")).new, 1);
    assert_eq!(office.csv("section", sections).unchanged, 1);
    let questions = "Kind,Entity,Record,State\nconflict,student,00000000-0000-0000-0000-000000000001,open\n";
    let questions = office.file("questions.csv", questions);
    assert!(office.refused(&questions, &csv("review_item")).message.contains("decide it in Review"));
    let report = office.csv("school_profile", "School ID,Name\n300021,Mabini NHS\n");
    assert_eq!(report.refused[0].code, Code::RoleForbidden, "a registrar does not name the school");
}

#[test]
fn lists_without_numbers_do_not_double() {
    let mut office = Office::new();
    let list = "Last name,First name,Mobile\nCruz,Ana,09171234567\nCruz,Ben,\n";
    for entity in ["guardian", "student", "staff"] {
        let list = if entity == "staff" {
            list.replace(",Mobile", ",Sex").replace("09171234567", "F")
        } else {
            list.to_owned()
        };
        assert_eq!(office.csv(entity, &list).new, 2, "{entity}");
        assert_eq!(office.csv(entity, &list).unchanged, 2, "{entity}");
    }
}

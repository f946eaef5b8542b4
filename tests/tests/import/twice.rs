//! Two rows of one file that are about the same record. Whichever comes first, and whatever is here already: where they say the same
//! the first counts; where they do not, both are named and neither is guessed at; the second time nothing changes.

use crate::oneroster::folder;
use crate::{Office, csv, oneroster};
use pems_model::{Code, Role};
use pems_node::import::{Options, Report};
use pems_node::store::ListQuery;
use pems_tests::strangers::files::equal;

/// Kind of record, what is here before (a list, or nothing), header, and rows that are about the same record.
const LISTS: &[(&str, &str, &str, &[&str])] = &[
    // What the stranger found: the first row lacks a name, which it does not once the second one is here.
    ("staff", "", "employee_no,last_name,first_name,email", &["N-6,,Cel,a4@x.example", "N-6,Uy,Juan,", "N-7,Uy,Ana,"]),
    (
        "staff",
        "",
        "employee_no,last_name,first_name,position",
        &["N-6,Uy,Ana,", "N-6,Uy,Ben,Teacher I", "N-6,,Ana,Head"],
    ),
    // The first one is somebody else for as long as the second one has not changed the name.
    (
        "staff",
        "employee_no,last_name,first_name\nN-6,Cruz,Ben\n",
        "employee_no,last_name,first_name",
        &["N-6,Uy,Juan", "N-6,Uy,Ben"],
    ),
    (
        "student",
        "",
        "lrn,last_name,first_name,religion",
        &["136728140001,,Ana,Islam", "136728140001,Cruz,Ana,Catholic"],
    ),
    (
        "student",
        "lrn,student_no,last_name,first_name\n136728140001,S-1,Cruz,Ana\n",
        "lrn,student_no,last_name,first_name,birth_date",
        &["136728140001,,Reyes,Ben,2013-01-01", ",S-1,Reyes,Ana,", ",S-1,Cruz,Ben,2012-01-01"],
    ),
    // May be who is here; not any more, once the number is somebody's.
    (
        "student",
        "last_name,first_name,birth_date\nCruz,Ana,2013-01-01\n",
        "lrn,last_name,first_name,birth_date",
        &["136728140001,Cruz,Ana,2013-01-01", "136728140001,Cruz,Ana,"],
    ),
    ("school_user", "", "email,name,role", &["a@x.example,Ana Cruz,teacher", "A@X.example,Ana Cruz,registrar"]),
    ("school_user", "", "email,name,role", &["a@x.example,,teacher", "a@x.example,Ana Cruz,teacher"]),
    (
        "school_year",
        "",
        "label,start_date,end_date,status",
        &["2027-2028,2027-06-07,2028-03-31,open", "2027-2028,2027-06-14,2028-04-30,", "2027-2028,,,open"],
    ),
    (
        "section",
        "",
        "school_year,grade_level,name,room,capacity",
        &["2026-2027,7,Rizal,Room 1,", "2026-2027,7,RIZAL,Room 2,40", "2026-2027,7,rizal,,40"],
    ),
    ("school_profile", "", "deped_school_id,name,district", &["301234,Mabini NHS,Lucena", "301234,Luna NHS,Lucena"]),
    (
        "guardian",
        "last_name,first_name,phone\nCruz,Gina,09171234561\n",
        "last_name,first_name,phone,email",
        &["Cruz,Gina,09171234562,a@x.example", "Cruz,Gina,09171234561,a@x.example"],
    ),
];

fn orders(rows: &[&str]) -> Vec<String> {
    (0..rows.len())
        .flat_map(|turn| {
            let mut turned = rows.to_vec();
            turned.rotate_left(turn);
            let back: Vec<&str> = turned.iter().rev().copied().collect();
            [turned.join("\n"), back.join("\n")]
        })
        .collect()
}

#[test]
fn a_file_that_says_two_things_of_one_record_changes_nothing_the_second_time() {
    for (entity, before, header, rows) in LISTS {
        for order in orders(rows) {
            let mut office = Office::of(Role::SchoolAdmin);
            equal::prepare(&mut office.store);
            if !before.is_empty() {
                office.csv(entity, before);
            }
            let path = office.file("list.csv", format!("{header}\n{order}\n"));
            equal::check(&mut office.store, &path, Some(&csv(entity)))
                .unwrap_or_else(|why| panic!("{entity}:\n{header}\n{order}\n{why}"));
        }
    }
}

fn told(report: &Report) -> Vec<(u64, Code, bool)> {
    report.refused.iter().map(|one| (one.row, one.code, one.message.contains("2 and 3"))).collect()
}

#[test]
fn both_rows_are_named_where_they_contradict() {
    for (entity, list, of) in [
        ("staff", "employee_no,last_name,first_name\nN-6,Uy,Juan\nN-6,Uy,Ben\n", "First name"),
        (
            "student",
            "lrn,last_name,first_name,birth_date\n136728140001,Uy,Ana,2013-01-01\n136728140001,Uy,Ana,2012-01-01\n",
            "Birth date",
        ),
        ("school_user", "email,name,role\na@x.example,Ana,teacher\nA@x.example,Ana,registrar\n", "Role"),
        ("section", "school_year,grade_level,name,room\n2026-2027,7,Rizal,R1\n2026-2027,7,RIZAL,R2\n", "Room"),
    ] {
        let mut office = Office::of(Role::SchoolAdmin);
        equal::prepare(&mut office.store);
        let before = office.visible();
        let report = office.csv(entity, list);
        assert_eq!(
            told(&report),
            [(2, Code::Conflict, true), (3, Code::Conflict, true)],
            "{entity}: {:#?}",
            report.refused
        );
        assert!(report.refused.iter().all(|one| one.message.contains(of)), "{entity}: {:#?}", report.refused);
        let path = office.file("list.csv", list);
        let rest = office.import(&path, &Options { skip_refused: true, ..csv(entity) });
        assert_eq!((rest.new, rest.changed, office.visible() == before), (0, 0, true), "{entity}");
    }
}

#[test]
fn what_the_second_row_says_besides_is_named() {
    let mut office = Office::new();
    let list = "lrn,last_name,first_name,religion,barangay\n136728140001,Uy,Ana,Islam,\n136728140001,UY,Ana,Catholic,San Isidro\n";
    let report = office.csv("student", list);
    assert_eq!((report.new, report.refused.len(), report.duplicates.len()), (1, 0, 1));
    let message = &report.duplicates[0].message;
    assert!(message.contains("line 2") && message.contains("Religion, Barangay"), "{message}");
    assert_eq!(office.field("student", ("last_name", "Uy"), "religion"), "Islam");
}

/// Ids tell records apart: two numbers may change hands in one file, and a row that has an id is not taken for another's.
#[test]
fn rows_with_ids_are_about_those_records() {
    let mut office = Office::new();
    office.csv("staff", "employee_no,last_name,first_name\nN-1,Cruz,Ana\nN-2,Uy,Ben\n");
    let id = |name: &str| {
        let query = ListQuery { filters: vec![("last_name".into(), name.into())], ..ListQuery::default() };
        office.store.list("staff", &query).expect("a list")[0].id
    };
    let (cruz, uy) = (id("Cruz"), id("Uy"));
    let swap = format!("id,employee_no,last_name,first_name\n{cruz},N-2,Cruz,Ana\n{uy},N-1,Uy,Ben\n");
    let report = office.csv("staff", &swap);
    assert_eq!((report.changed, &report.refused[..], &report.duplicates[..]), (2, &[][..], &[][..]));
    assert_eq!(office.csv("staff", &swap).unchanged, 2);
    // N-2 is Cruz's now: one row says so by id, another one by a number that the first takes away.
    let list = format!("id,employee_no,last_name,first_name\n{cruz},N-9,Cruz,Ana\n,N-2,Reyes,Carla\n");
    let report = office.csv("staff", &list);
    assert_eq!(told(&report), [(2, Code::Conflict, true), (3, Code::Conflict, true)], "{:#?}", report.refused);
}

#[test]
fn a_roster_with_one_learner_twice_changes_nothing_the_second_time() {
    let files = |users: &str| {
        [
            ("orgs.csv", "sourcedId,name,type,identifier\norg1,Mabini NHS,school,301234\n".to_owned()),
            (
                "academicSessions.csv",
                "sourcedId,title,type,startDate,endDate\nsy1,SY 2026-2027,schoolYear,2026-06-08,2027-03-31\n"
                    .to_owned(),
            ),
            (
                "users.csv",
                format!(
                    "sourcedId,orgSourcedIds,role,givenName,familyName,identifier,grades,agentSourcedIds,phone\n{users}\n"
                ),
            ),
            (
                "classes.csv",
                "sourcedId,title,grades,classCode,classType,schoolSourcedId,termSourcedIds\n\
                 c1,Rizal,07,7R,homeroom,org1,sy1\nc2,Luna,07,7L,homeroom,org1,sy1\n"
                    .to_owned(),
            ),
            (
                "enrollments.csv",
                "sourcedId,classSourcedId,userSourcedId,role\ne1,c1,u1,student\ne2,c2,u2,student\n".to_owned(),
            ),
        ]
    };
    for users in [
        vec!["u1,org1,student,,Cruz,401200000001,07,,", "u2,org1,student,Ana,Cruz,401200000001,08,,"],
        vec!["u1,org1,student,Ana,Cruz,401200000001,07,,", "u2,org1,student,Ben,Cruz,401200000001,07,,"],
        vec!["u1,org1,student,Ana,Cruz,401200000001,07,,", "u2,org1,student,Ana,Cruz,401200000001,07,,"],
        vec!["u1,org1,teacher,,Cruz,T-1,,,", "u2,org1,teacher,Ana,Cruz,T-1,,,"],
        vec![
            "u1,org1,student,Ana,Cruz,401200000001,07,\"g1,g2\",",
            "u2,org1,student,Ben,Cruz,401200000002,07,,",
            "g1,org1,guardian,Gina,Cruz,,,,09171234561",
            "g2,org1,guardian,Gina,Cruz,,,,09171234562",
        ],
    ] {
        for order in orders(&users) {
            let mut office = Office::of(Role::SchoolAdmin);
            equal::prepare(&mut office.store);
            let written = files(&order);
            let named: Vec<(&str, &str)> = written.iter().map(|(name, text)| (*name, text.as_str())).collect();
            let path = folder(&office, "bundle", &named);
            equal::check(&mut office.store, &path, Some(&oneroster())).unwrap_or_else(|why| panic!("{order}\n{why}"));
        }
    }
}

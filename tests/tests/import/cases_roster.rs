//! OneRoster bundles that failed once, each with the right answer; and likes of them. `samples/cases/` has the files.

use crate::cases::case;
use crate::oneroster::folder;
use crate::{Office, oneroster};
use pems_model::{Code, Role};
use pems_node::domain::made_up::MadeUp;
use pems_node::import::{Options, Report};
use pems_node::store::{ListQuery, Save};
use serde_json::{Value as Json, json};

const ORGS: &str = "sourcedId,name,type,identifier\norg1,Mabini NHS,school,301234\n";
const SESSIONS: &str = "sourcedId,title,type,startDate,endDate\nsy1,SY 2026-2027,schoolYear,2026-06-08,2027-03-31\n";
const USERS: &str = "sourcedId,orgSourcedIds,role,givenName,familyName,identifier,grades,agentSourcedIds,status\n\
    u1,org1,student,Ana,Cruz,401200000001,07,g1,\nu2,org1,student,Ben,Reyes,401200000002,07,,\n\
    t1,org1,teacher,Tess,Luna,T-1,,,\ng1,org1,guardian,Gina,Cruz,,,,\n";
const CLASSES: &str = "sourcedId,title,grades,classCode,classType,schoolSourcedId,termSourcedIds,status\n\
    c1,Rizal,07,7R,homeroom,org1,sy1,\nc2,Luna,07,7L,homeroom,org1,sy1,\n";
const ENROLLMENTS: &str = "sourcedId,classSourcedId,userSourcedId,role,primary,beginDate,endDate\n\
    e1,c1,u1,student,,2026-06-08,\ne2,c1,u2,student,,2026-06-08,\n";

/// A bundle of these files, with some exchanged or added.
fn import(office: &mut Office, changed: &[(&str, &str)], options: &Options) -> Report {
    let mut files = vec![
        ("orgs.csv", ORGS),
        ("academicSessions.csv", SESSIONS),
        ("users.csv", USERS),
        ("classes.csv", CLASSES),
        ("enrollments.csv", ENROLLMENTS),
    ];
    files.retain(|(name, _)| changed.iter().all(|(other, _)| other != name));
    files.extend(changed);
    let path = folder(office, "bundle", &files);
    let report = office.import(&path, options);
    std::fs::remove_dir_all(path).expect("removed");
    report
}

/// Section, first day and day after the last one of every stay, oldest first.
fn stays(office: &Office) -> Vec<(String, String, String)> {
    let rows = office.store.list("section_membership", &ListQuery::default()).expect("a list");
    let entity = &pems_model::entities::SECTION_MEMBERSHIP;
    let text = |json: Json| json.as_str().unwrap_or_default().to_owned();
    let mut stays: Vec<_> = rows
        .iter()
        .map(|row| {
            let section = text(row.get(entity, "section").to_json());
            let day = |field| text(row.get(entity, field).to_json());
            (office.field("section", ("id", &section), "name"), day("valid_from"), day("valid_to"))
        })
        .collect();
    stays.sort_by(|a, b| a.1.cmp(&b.1));
    stays
}

fn stay(section: &str, from: &str, to: &str) -> (String, String, String) {
    (section.into(), from.into(), to.into())
}

#[test]
fn o06_who_is_to_be_deleted_leaves_quietly() {
    let mut office = Office::new();
    let report = office.import(&case("O06_r.zip"), &oneroster());
    assert_eq!((&report.refused[..], report.written), (&[][..], true));
    assert_eq!((office.count("student"), office.count("enrolment")), (1, 1));
    let report = office.import(&case("O06_delete_u2.zip"), &oneroster());
    assert_eq!((&report.refused[..], report.new, office.count("student")), (&[][..], 0, 1));
    for (file, text) in [
        ("classes.csv", CLASSES.replace("sy1,\nc2", "sy1,tobedeleted\nc2")),
        ("users.csv", USERS.replace("07,g1,", "07,g1,tobedeleted")),
        ("users.csv", USERS.replace("Gina,Cruz,,,,", "Gina,Cruz,,,,tobedeleted")),
        (
            "academicSessions.csv",
            format!(
                "{}t9,Gone,term,2026-06-08,2026-08-08,tobedeleted\n",
                SESSIONS.replace("endDate\n", "endDate,status\n")
            ),
        ),
        (
            "orgs.csv",
            format!("{}org9,Gone,school,309999,tobedeleted\n", ORGS.replace("identifier\n", "identifier,status\n")),
        ),
        (
            "roles.csv",
            "sourcedId,status,userSourcedId,roleType,role,orgSourcedId\nr,tobedeleted,u2,primary,teacher,org1\n"
                .to_owned(),
        ),
    ] {
        let mut office = Office::new();
        let report = import(&mut office, &[(file, &text)], &oneroster());
        assert_eq!((&report.refused[..], report.written), (&[][..], true), "{file}: {text}");
    }
}

#[test]
fn o07_the_primary_role_decides_what_a_person_is() {
    let mut office = Office::new();
    office.import(&case("O07_r.zip"), &oneroster());
    assert_eq!(office.field("student", ("lrn", "401200000005"), "last_name"), "Uy");
    assert_eq!((office.count("student"), office.count("staff"), office.count("enrolment")), (1, 2, 1));
    assert_eq!(office.field("staff", ("employee_no", "T-7"), "last_name"), "Wu");
    let users = "sourcedId,givenName,familyName,identifier,grades,orgSourcedIds\nu1,Ana,Cruz,401200000001,07,org1\nu2,Ben,Reyes,T-2,,org1\n";
    for (roles, students, staff) in [
        ("a,u1,primary,student,org1\nb,u1,secondary,proctor,org1\nc,u2,primary,teacher,org1", 1, 1),
        (
            "a,u1,secondary,aide,org1\nb,u1,PRIMARY,Student,org1\nc,u2,primary,guardian,org1\nd,u2,secondary,teacher,org1",
            1,
            1,
        ),
        ("a,u1,,student,org1\nb,u1,,aide,org1\nc,u2,,parent,org1\nd,u2,,teacher,org1", 1, 1),
        ("a,u1,primary,student,org2\nb,u1,secondary,aide,org1\nc,u2,primary,teacher,org1", 0, 2),
        ("a,u1,secondary,student,org1\nb,u1,primary,somethingElse,org1\nc,u2,primary,teacher,org1", 1, 1),
    ] {
        let mut office = Office::new();
        let roles = format!("sourcedId,userSourcedId,roleType,role,orgSourcedId\n{roles}\n");
        import(
            &mut office,
            &[
                ("users.csv", users),
                ("roles.csv", &roles),
                ("enrollments.csv", "sourcedId,classSourcedId,userSourcedId,role\n"),
            ],
            &oneroster(),
        );
        assert_eq!((office.count("student"), office.count("staff")), (students, staff), "{roles}");
    }
}

#[test]
fn o12_a_move_in_mid_year_keeps_both_stays() {
    let mut office = Office::new();
    let report = office.import(&case("O12_moves.zip"), &oneroster());
    assert_eq!((&report.refused[..], report.written), (&[][..], true));
    assert_eq!(stays(&office), [stay("Rizal (7R)", "2026-06-08", "2026-10-01"), stay("Rizal (7R2)", "2026-10-01", "")]);
    let again = office.import(&case("O12_moves.zip"), &oneroster());
    assert_eq!((again.new, again.changed, stays(&office).len()), (0, 0, 2));

    let (rizal, luna) = (|to| stay("Rizal", "2026-06-08", to), |from, to| stay("Luna", from, to));
    for (rows, right) in [
        // In any order in the file; with a gap; there and back; ended for good; dates that overlap are no move.
        (
            "e2,c2,u1,student,,2026-10-01,\ne1,c1,u1,student,,2026-06-08,2026-09-30\n",
            vec![rizal("2026-10-01"), luna("2026-10-01", "")],
        ),
        (
            "e1,c1,u1,student,,2026-06-08,2026-10-01\ne2,c2,u1,student,,2026-10-01,\n",
            vec![rizal("2026-10-01"), luna("2026-10-01", "")],
        ),
        (
            "e1,c1,u1,student,,2026-06-08,2026-08-01\ne2,c2,u1,student,,2026-10-01,2027-03-31\n",
            vec![rizal("2026-08-01"), luna("2026-10-01", "")],
        ),
        (
            "e1,c1,u1,student,,2026-06-08,2026-08-01\ne2,c2,u1,student,,2026-08-01,2026-10-01\ne3,c1,u1,student,,2026-10-01,\n",
            vec![rizal("2026-08-01"), luna("2026-08-01", "2026-10-01"), stay("Rizal", "2026-10-01", "")],
        ),
        (
            "e1,c1,u1,student,,,2026-09-30\ne2,c2,u1,student,,2026-10-01,\n",
            vec![rizal("2026-10-01"), luna("2026-10-01", "")],
        ),
        ("e1,c1,u1,student,,2026-06-08,\ne2,c2,u1,student,,2026-10-01,\n", vec![rizal("")]),
    ] {
        let mut office = Office::new();
        let rows = format!("sourcedId,classSourcedId,userSourcedId,role,primary,beginDate,endDate\n{rows}");
        let report = import(&mut office, &[("enrollments.csv", &rows)], &oneroster());
        assert_eq!((stays(&office), &report.refused[..]), (right, &[][..]), "{rows}");
    }
}

#[test]
fn o14_the_dry_run_refuses_what_the_import_refuses() {
    let long = "x".repeat(200);
    let cases = [
        ("title", vec![("classes.csv", CLASSES.replace("Rizal", &long))], "classes.csv", 2),
        (
            "room",
            vec![(
                "classes.csv",
                CLASSES.replace("status", "location").replace("sy1,\nc2", &format!("sy1,{long}\nc2")),
            )],
            "classes.csv",
            2,
        ),
        ("control", vec![("classes.csv", CLASSES.replace("Rizal", "Ri\u{1}zal"))], "classes.csv", 2),
        ("city", vec![("demographics.csv", format!("sourcedId,cityOfBirth\nu2,{long}\n"))], "users.csv", 3),
        (
            "title of staff",
            vec![("users.csv", USERS.replace("status", "title").replace("T-1,,,", "T-1,,,Tea\u{7}cher"))],
            "users.csv",
            4,
        ),
        ("label", vec![("users.csv", USERS.replace("Ana,Cruz", "Ana,Cr\u{202e}\u{2}uz"))], "users.csv", 2),
    ];
    for (what, changed, file, row) in cases {
        let mut office = Office::new();
        let changed: Vec<(&str, &str)> = changed.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let tried = import(&mut office, &changed, &Options { dry_run: true, ..oneroster() });
        assert!(tried.refused.iter().any(|one| one.file == file && one.row == row), "{what}: {:?}", tried.refused);
        let done = import(&mut office, &changed, &oneroster());
        assert_eq!((&done.refused, done.written, office.visible().len()), (&tried.refused, false, 0), "{what}");
        let rest = import(&mut office, &changed, &Options { skip_refused: true, ..oneroster() });
        assert!(rest.written && rest.new == tried.new, "{what}: {rest:?}");
    }
    let mut office = Office::new();
    // Two lines in a title are one title.
    assert!(office.import(&case("O14_newline_title.zip"), &oneroster()).written);
    assert_eq!(office.field("section", ("grade_level", "7"), "name"), "Ri zal");
    let mut office = Office::new();
    let report = office.import(&case("O14_same_long_titles.zip"), &oneroster());
    let rows: Vec<_> = report.refused.iter().map(|one| (one.file.as_str(), one.row, one.column.as_deref())).collect();
    assert_eq!(
        (rows, report.written),
        (vec![("classes.csv", 2, Some("title")), ("classes.csv", 3, Some("title"))], false)
    );
}

#[test]
fn sections_of_one_title_stay_apart() {
    for classes in [
        "c1,Rizal,07,7R,homeroom,org1,sy1,\nc2,Rizal,07,7R,homeroom,org1,sy1,\n",
        "c1,Rizal,07,,homeroom,org1,sy1,\nc2,RIZAL,07,,homeroom,org1,sy1,\n",
        "c1,Rizal,07,7R,homeroom,org1,sy1,\nc2,Rizal (7R),07,,homeroom,org1,sy1,\n",
        "c1,Rizal (c2),07,,homeroom,org1,sy1,\nc2,Rizal,07,,homeroom,org1,sy1,\nc3,Rizal,07,c2,homeroom,org1,sy1,\n",
    ] {
        let mut office = Office::new();
        let header = CLASSES.lines().next().expect("a header");
        let rows = ENROLLMENTS.replace("e2,c1", "e2,c2");
        let report = import(
            &mut office,
            &[("classes.csv", &format!("{header}\n{classes}")), ("enrollments.csv", &rows)],
            &oneroster(),
        );
        let sections = i64::try_from(classes.lines().count()).expect("few");
        assert_eq!(
            (office.count("section"), &report.duplicates[..], &report.refused[..]),
            (sections, &[][..], &[][..]),
            "{classes}"
        );
        let seats: std::collections::BTreeSet<String> = stays(&office).into_iter().map(|stay| stay.0).collect();
        assert_eq!(seats.len(), 2, "{classes}: {seats:?}");
    }
}

#[test]
fn o15_another_schools_bundle_is_refused() {
    for (identifier, code) in [("309999", Some(Code::WrongTenant)), ("301234", None)] {
        let mut office = Office::of(Role::SchoolAdmin);
        let Json::Object(fields) = json!({ "deped_school_id": identifier, "name": "Mabini NHS" }) else { return };
        office.store.put(&Save { entity: "school_profile".into(), id: None, fields }).expect("saved");
        for dry_run in [true, false] {
            let options = Options { dry_run, ..oneroster() };
            match code {
                Some(code) => {
                    let error = office.refused(&case("O15_r.zip"), &options);
                    assert!(error.code == code && error.message.contains("301234"), "{}", error.message);
                    // Named by the clerk it is another school still.
                    let named = Options { school: Some("Mabini NHS".into()), ..options };
                    assert_eq!(office.refused(&case("O15_r.zip"), &named).code, code);
                }
                None => assert_eq!(office.import(&case("O15_r.zip"), &options).refused, []),
            }
        }
    }
    // An office that does not know its own School ID cannot tell: it is said.
    let mut office = Office::new();
    let report = office.import(&case("O15_r.zip"), &oneroster());
    assert!(
        report.written && report.warnings.iter().any(|warning| warning.contains("301234")),
        "{:?}",
        report.warnings
    );
}

fn save(office: &mut Office, entity: &str, fields: Json) -> Json {
    let fields = fields.as_object().cloned().expect("fields");
    json!(office.store.put(&Save { entity: entity.into(), id: None, fields }).expect("saved").row.id)
}

/// Imports what the dry run was asked about; both must refuse the same rows, which it gives: file, row, column, message.
fn refused_alike(office: &mut Office, enrollments: &str) -> Vec<(String, u64, Option<String>, String)> {
    let changed = [("enrollments.csv", enrollments)];
    let dry = import(office, &changed, &Options { dry_run: true, skip_refused: true, ..oneroster() });
    let wet = import(office, &changed, &Options { skip_refused: true, ..oneroster() });
    assert_eq!((&dry.refused, dry.new, dry.changed), (&wet.refused, wet.new, wet.changed));
    wet.refused.into_iter().map(|one| (one.file, one.row, one.column, one.message)).collect()
}

const HEAD: &str = "sourcedId,classSourcedId,userSourcedId,role,primary,beginDate,endDate\n";

#[test]
fn a_day_that_is_none_of_the_school_year_is_refused_at_its_cell() {
    let mut office = Office::of(Role::SchoolAdmin);
    let rows = format!("{HEAD}e1,c1,u1,student,,1926-06-08,\ne2,c1,u2,student,,2026-06-08,\n");
    let refused = refused_alike(&mut office, &rows);
    let [(file, row, column, message)] = refused.as_slice() else { panic!("{refused:?}") };
    assert_eq!((file.as_str(), *row, column.as_deref()), ("enrollments.csv", 2, Some("beginDate")));
    assert!(message.contains("1926-06-08 is long before this school year, which begins on 2026-06-08"), "{message}");
    assert_eq!(stays(&office), [stay("Rizal", "2026-06-08", "")], "the other row is taken");
    // The same past the rules; and what happened to an enrolment comes in by no table.
    let enrolment = office.store.list("enrolment", &ListQuery::default()).expect("a list")[0].id;
    let fields = json!({ "enrolment": enrolment, "kind": "enrolled", "on_date": "1926-06-08", "status": "enrolled" });
    let event =
        Save { entity: "enrolment_event".into(), id: None, fields: fields.as_object().cloned().expect("fields") };
    let error = office.store.put(&event).expect_err("the hub would refuse it");
    assert_eq!((error.code, error.details.expect("details")["field"].clone()), (Code::Rule, json!("on_date")));
    let csv = format!("enrolment,kind,on_date,status\n{enrolment},enrolled,2027-04-01,enrolled\n");
    let path = office.file("events.csv", csv);
    let error = office.refused(&path, &crate::csv("enrolment_event"));
    assert!(error.message.contains("enrolment_event") && error.message.contains("in Enrolment"), "{}", error.message);
}

#[test]
fn a_list_moves_nobody_in_a_signed_month_and_nobody_away_from_marks() {
    let mut office = Office::of(Role::SchoolAdmin);
    let first = import(&mut office, &[], &oneroster());
    assert_eq!(first.refused, []);
    let rizal = json!(office.field("section", ("name", "Rizal"), "id"));
    let ben = json!(office.field("student", ("last_name", "Reyes"), "id"));
    let report = json!({ "section": rizal, "month": "2026-06-01", "state": "signed" });
    save(&mut office, "sf2_report", report);
    let sheet = json!({ "section": rizal, "on_date": "2026-07-08", "session": "day" });
    let sheet = save(&mut office, "attendance_sheet", sheet);
    save(&mut office, "attendance_mark", json!({ "sheet": sheet, "student": ben, "code": "A" }));
    // Ana moves in June, which is signed; Ben on the second, before a day on which he was marked in the first class.
    let rows = format!(
        "{HEAD}e1,c1,u1,student,,2026-06-08,2026-06-21\ne2,c1,u2,student,,2026-06-08,2026-07-01\n\
         e3,c2,u1,student,,2026-06-22,\ne4,c2,u2,student,,2026-07-02,\n"
    );
    let refused = refused_alike(&mut office, &rows);
    let lines: Vec<u64> = refused.iter().map(|one| one.1).collect();
    assert_eq!(lines, [2, 3, 4, 5], "{refused:?}");
    for (_, row, _, message) in &refused {
        let says = if row % 2 == 0 {
            "the SF2 of 7-Rizal for 2026-06 is signed"
        } else {
            "Reyes, Ben was marked in 7-Rizal on 8 Jul 2026"
        };
        assert!(message.contains(says), "{row}: {message}");
    }
    assert_eq!(stays(&office).len(), 2, "both sit where they sat");
    // From the day after the mark on there is nothing to ask.
    let rows = format!("{HEAD}e2,c1,u2,student,,2026-06-08,2026-07-08\ne4,c2,u2,student,,2026-07-09,\n");
    assert_eq!(refused_alike(&mut office, &rows), []);
    assert_eq!(stays(&office).last(), Some(&stay("Luna", "2026-07-09", "")));
}

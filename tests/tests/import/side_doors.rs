//! Ways round the rules of schools. Each was open: a list, a bundle or a command wrote a record that is more than its fields as it was.

use crate::oneroster::folder;
use crate::{Office, csv, oneroster};
use pems_model::{Code, Role, Schema, WrittenBy};
use pems_node::domain::made_up::MadeUp;
use pems_node::import::{Options, run};
use pems_node::keys::KeySource;
use pems_node::store::Save;
use pems_tests::programs::{Done, node, run as program};
use pems_tests::strangers::files::equal;
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use uuid::Uuid;

fn put(office: &mut Office, entity: &str, fields: Json) -> Uuid {
    let fields = fields.as_object().cloned().expect("fields");
    office.store.put(&Save { entity: entity.into(), id: None, fields }).expect("made up").row.id
}

/// A class of which June is signed, and a learner who was absent on a day of it.
struct Signed {
    section: Uuid,
    student: Uuid,
    sheet: Uuid,
    mark: Uuid,
    enrolment: Uuid,
}

fn signed(office: &mut Office) -> Signed {
    let year = json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-03-31", "status": "open" });
    let year = put(office, "school_year", year);
    let section = put(office, "section", json!({ "school_year": year, "grade_level": "7", "name": "Rizal" }));
    let student = put(office, "student", json!({ "last_name": "Cruz", "first_name": "Ana" }));
    let enrolment = json!({ "student": student, "school_year": year, "grade_level": "7", "status": "enrolled" });
    let enrolment = put(office, "enrolment", enrolment);
    put(
        office,
        "section_membership",
        json!({ "enrolment": enrolment, "section": section, "valid_from": "2026-06-08" }),
    );
    let sheet =
        put(office, "attendance_sheet", json!({ "section": section, "on_date": "2026-06-09", "session": "day" }));
    let mark = put(office, "attendance_mark", json!({ "sheet": sheet, "student": student, "code": "A" }));
    put(office, "sf2_report", json!({ "section": section, "month": "2026-06-01", "state": "signed" }));
    Signed { section, student, sheet, mark, enrolment }
}

#[test]
fn attendance_signatures_and_what_happened_come_in_by_no_table() {
    let mut office = Office::of(Role::Registrar);
    let Signed { section, student, sheet, mark, enrolment } = signed(&mut office);
    for (entity, table, remedy) in [
        ("attendance_mark", format!("id,sheet,student,code\n{mark},{sheet},{student},P\n"), "in Attendance"),
        ("attendance_sheet", format!("section,on_date,session\n{section},2026-06-10,day\n"), "in Attendance"),
        (
            "sf2_report",
            format!("section,month,state,reason\n{section},2026-06-01,reopened,so\n"),
            "in Attendance, Month",
        ),
        ("enrolment_event", format!("enrolment,kind,on_date,status\n{enrolment},dropped,2026-06-30,dropped\n"), "SF1"),
    ] {
        let path = office.file("list.csv", table);
        for dry_run in [true, false] {
            let options = Options { dry_run, skip_refused: true, ..csv(entity) };
            let error = office.refused(&path, &options);
            let says = error.message.contains(entity) && error.message.contains(remedy);
            assert!(says && error.code == Code::BadRequest, "{entity}: {}", error.message);
        }
    }
}

#[test]
fn a_table_of_enrolments_begins_them_and_says_of_none_where_it_stands_now() {
    let mut office = Office::of(Role::Registrar);
    let enrolment = signed(&mut office).enrolment;
    put(&mut office, "student", json!({ "last_name": "Reyes", "first_name": "Ben", "lrn": "136728140001" }));
    let table = format!(
        "id,student,school_year,grade_level,status,from_school\n{enrolment},,,,dropped,\n{enrolment},,,,,Luna NHS\n"
    );
    for dry_run in [true, false] {
        let path = office.file("list.csv", table.lines().take(2).collect::<Vec<_>>().join("\n"));
        let report = office.import(&path, &Options { dry_run, skip_refused: true, ..csv("enrolment") });
        let [refused] = report.refused.as_slice() else { panic!("{report:?}") };
        assert_eq!((refused.row, refused.column.as_deref(), refused.code), (2, Some("status"), Code::Rule));
        assert!(refused.message.contains("nothing that happened to this enrolment says 'dropped'"), "{refused:?}");
    }
    assert_eq!(office.field("enrolment", ("id", &enrolment.to_string()), "status"), "enrolled");
    // What is no more than a field of it, and who was not enrolled yet.
    let table = format!("id,from_school\n{enrolment},Luna NHS\n");
    assert_eq!((office.csv("enrolment", table).changed, office.count("enrolment")), (1, 1));
    let table = "student,school_year,grade_level,status\n136728140001,2026-2027,7,enrolled\n";
    assert_eq!((office.csv("enrolment", table).new, office.count("enrolment")), (1, 2));
}

#[test]
fn a_table_of_enrolments_or_of_the_calendar_changes_nothing_of_a_signed_month() {
    let mut office = Office::of(Role::Registrar);
    let enrolment = signed(&mut office).enrolment;
    let refused = |office: &mut Office, entity: &str, table: &str| {
        [true, false].map(|dry_run| {
            let path = office.file("list.csv", table);
            let report = office.import(&path, &Options { dry_run, skip_refused: true, ..csv(entity) });
            report.refused.iter().map(|one| (one.row, one.message.clone())).collect::<Vec<_>>()
        })
    };
    for (entity, table) in [
        // Said to have come later, and never to have been in class on the days before.
        ("enrolment", format!("id,first_attendance_date\n{enrolment},2026-06-15\n")),
        ("calendar_day", "school_year,on_date,scope,kind\n2026-2027,2026-06-12,school,suspension\n".to_owned()),
        ("school_year", "label,start_date\n2026-2027,2026-06-01\n".to_owned()),
    ] {
        let [trial, done] = refused(&mut office, entity, &table);
        let says = trial.iter().all(|(_, message)| message.contains("the SF2 of 7-Rizal for 2026-06 is signed"));
        assert!(trial.len() == 1 && says && trial == done, "{entity}: {trial:?} {done:?}");
    }
    assert_eq!(office.count("calendar_day"), 0);
    // Of July nothing is signed.
    let table = "school_year,on_date,scope,kind\n2026-2027,2026-07-10,school,suspension\n";
    assert_eq!(office.csv("calendar_day", table).new, 1);
}

#[test]
fn a_table_seats_nobody_over_marks_of_another_class_and_the_trial_says_so_too() {
    let mut office = Office::of(Role::Registrar);
    let year = json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-03-31", "status": "open" });
    let year = put(&mut office, "school_year", year);
    let [luna, rizal] = ["Luna", "Rizal"]
        .map(|name| put(&mut office, "section", json!({ "school_year": year, "grade_level": "7", "name": name })));
    let student = put(&mut office, "student", json!({ "last_name": "Cruz", "first_name": "Ana" }));
    let enrolment = json!({ "student": student, "school_year": year, "grade_level": "7", "status": "enrolled" });
    let enrolment = put(&mut office, "enrolment", enrolment);
    // Marked in Luna in June, then in no section, in Rizal from August on.
    let sheet = json!({ "section": luna, "on_date": "2026-06-09", "session": "day" });
    let sheet = put(&mut office, "attendance_sheet", sheet);
    put(&mut office, "attendance_mark", json!({ "sheet": sheet, "student": student, "code": "A" }));
    let stay = json!({ "enrolment": enrolment, "section": rizal, "valid_from": "2026-08-03" });
    put(&mut office, "section_membership", stay);
    let table = |section: Uuid| format!("enrolment,section,valid_from\n{enrolment},{section},2026-06-08\n");
    let path = office.file("rizal.csv", table(rizal));
    for dry_run in [true, false] {
        let report = office.import(&path, &Options { dry_run, skip_refused: true, ..csv("section_membership") });
        let [refused] = report.refused.as_slice() else { panic!("{dry_run}: {report:?}") };
        assert!(refused.message.contains("was marked in 7-Luna on 9 Jun 2026"), "{refused:?}");
    }
    assert_eq!(office.count("section_membership"), 1);
    assert_eq!(office.csv("section_membership", table(luna)).new, 1, "where the mark was made");
}

#[test]
fn a_table_of_users_leaves_the_school_its_administrator() {
    let mut office = Office::of(Role::SchoolAdmin);
    let teacher = "name,email,role\nEve,eve@x.example,teacher\n";
    let path = office.file("first.csv", teacher);
    assert_eq!(office.refused(&path, &csv("school_user")).code, Code::LastAdmin, "from then on nobody could sign in");
    let admin = equal::administer(&mut office.store);
    assert_eq!(office.csv("school_user", teacher).new, 1);
    for (column, value) in [("disabled", "yes"), ("role", "teacher")] {
        let path = office.file("list.csv", format!("id,{column}\n{admin},{value}\n"));
        for dry_run in [true, false] {
            let error = office.refused(&path, &Options { dry_run, skip_refused: true, ..csv("school_user") });
            let says = error.message.contains("line 2") && error.message.contains("last administrator");
            assert!(says && error.code == Code::LastAdmin, "{}", error.message);
        }
    }
    let twice = office.file("list.csv", "name,email,role\nIda,ida@x.example,teacher\nCora,eve@x.example,viewer\n");
    let report = run(&mut office.store, &twice, &csv("school_user")).expect("found by the address");
    assert_eq!((report.new, report.changed), (1, 1), "{report:?}");
}

#[test]
fn a_table_of_number_ranges_gives_no_number_to_two_pcs() {
    let mut office = Office::of(Role::SchoolAdmin);
    let row = |pc: u128, from: u32, to: u32| format!("student_no,{},2026-,{from},{to}\n", Uuid::from_u128(pc));
    let table = |rows: &[String]| format!("purpose,device,prefix,from_no,to_no\n{}", rows.concat());
    assert_eq!(office.csv("number_range", table(&[row(1, 1, 100), row(2, 101, 200)])).new, 2);
    let path = office.file("list.csv", table(&[row(3, 201, 300), row(4, 150, 250)]));
    for dry_run in [true, false] {
        let error = office.refused(&path, &Options { dry_run, ..csv("number_range") });
        assert!(error.message.contains("line 3") && error.message.contains("begin at 301"), "{}", error.message);
    }
}

#[test]
fn a_bundle_changes_no_status_and_nothing_of_a_signed_month() {
    let mut office = Office::of(Role::SchoolAdmin);
    let files = |from: &str, to: &str| {
        let seats = format!(
            "sourcedId,classSourcedId,userSourcedId,role,primary,beginDate,endDate\n\
             e1,c1,u1,student,,2026-06-08,{to}\ne2,c2,u1,student,,{from},\n"
        );
        [
            ("orgs.csv", "sourcedId,name,type,identifier\norg1,Mabini NHS,school,301234\n".to_owned()),
            (
                "academicSessions.csv",
                "sourcedId,title,type,startDate,endDate\nsy1,SY 2026-2027,schoolYear,2026-06-08,2027-03-31\n"
                    .to_owned(),
            ),
            (
                "users.csv",
                "sourcedId,orgSourcedIds,role,givenName,familyName,identifier,grades\n\
                 u1,org1,student,Ana,Cruz,401200000001,07\n"
                    .to_owned(),
            ),
            (
                "classes.csv",
                "sourcedId,title,grades,classType,schoolSourcedId,termSourcedIds\nc1,Rizal,07,homeroom,org1,sy1\n\
                 c2,Luna,07,homeroom,org1,sy1\n"
                    .to_owned(),
            ),
            ("enrollments.csv", seats),
        ]
    };
    let bundle = |office: &mut Office, from: &str, to: &str| {
        let files = files(from, to);
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let path = folder(office, "bundle", &files);
        let reports = [true, false].map(|dry_run| {
            run(&mut office.store, &path, &Options { dry_run, skip_refused: true, ..oneroster() }).expect("a report")
        });
        std::fs::remove_dir_all(path).expect("removed");
        assert_eq!(reports[0].refused, reports[1].refused, "the trial says so too");
        reports[1].refused.iter().map(|one| one.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(bundle(&mut office, "2026-09-01", "2026-08-31"), Vec::<String>::new());
    let section = office.id("section", ("name", "Rizal"));
    put(&mut office, "sf2_report", json!({ "section": section, "month": "2026-08-01", "state": "signed" }));
    // Ana dropped since; the bundle knows her as somebody who is there.
    let enrolment = office.store.list("enrolment", &Default::default()).expect("a list")[0].id;
    for (status, on) in [("enrolled", "2026-06-08"), ("dropped", "2026-09-10")] {
        let event = json!({ "enrolment": enrolment, "kind": status, "on_date": on, "status": status });
        put(&mut office, "enrolment_event", event);
    }
    let fields = json!({ "status": "dropped" }).as_object().cloned().expect("fields");
    office.store.put(&Save { entity: "enrolment".into(), id: Some(enrolment), fields }).expect("dropped");
    let refused = bundle(&mut office, "2026-08-15", "2026-08-14");
    assert!(refused.iter().any(|said| said.contains("the SF2 of 7-Rizal for 2026-08 is signed")), "{refused:?}");
    assert_eq!(office.field("enrolment", ("id", &enrolment.to_string()), "status"), "dropped");
}

/// A sample school's PC and its command.
struct Sample {
    dir: TempDir,
}

impl Sample {
    fn say(&self, args: &[&str], input: &str) -> Done {
        let (office, key) = (self.dir.path().join("office"), self.dir.path().join("key"));
        program(&mut node(&office, &key), args, input.as_bytes())
    }
}

#[test]
fn the_command_line_saves_and_deletes_no_record_that_is_more_than_its_fields() {
    let dir = tempfile::tempdir().expect("a folder");
    let keys = KeySource::File(dir.path().join("key"));
    drop(pems_node::sample::open(&dir.path().join("office"), keys).expect("the sample school"));
    let sample = Sample { dir };
    let mut kinds = 0;
    for entity in Schema::product().entities() {
        let WrittenBy::Domain { instead } = entity.written_by else { continue };
        kinds += 1;
        let all = |sample: &Sample| sample.say(&["list", entity.name, "--limit", "10"], "").printed;
        let before = all(&sample);
        let id = before.first().and_then(|row| row["id"].as_str()).unwrap_or("00000000-0000-0000-0000-000000000001");
        let line = json!({ "id": id }).to_string();
        for (args, input) in [
            (vec!["save", entity.name, &line], ""),
            (vec!["save", entity.name, "-"], &*line),
            (vec!["save", entity.name, "-", "--atomic"], &*line),
            (vec!["delete", entity.name, id], ""),
        ] {
            let done = sample.say(&args, input);
            let said = format!("{done:?}");
            assert!(done.exit != Some(0) && said.contains(entity.name) && said.contains(instead), "{args:?}: {said}");
        }
        assert_eq!(all(&sample), before, "{}", entity.name);
    }
    assert!(kinds >= 8, "{kinds}");
}

//! OneRoster bundles: zip and folder, quirks of headers, mistakes in rows, what happens the second time.

use crate::{Office, oneroster};
use pems_model::Code;
use pems_node::import::{Options, Report};
use pems_tests::roster;
use std::io::Write;
use std::path::{Path, PathBuf};

const ORGS: &str = "sourcedId,name,type\nS1,Mabini NHS,school\n";
const SESSIONS: &str = "sourcedId,title,type,startDate,endDate,parentSourcedId\nY,SY 2026-2027,schoolYear,2026-06-08,2027-04-08,\n\
    Q1,First,gradingPeriod,2026-06-08,2026-08-14,Y\nQ2,Second,gradingPeriod,2026-08-17,2026-10-23,Y\n";
const USERS: &str = "sourcedId,orgSourcedIds,role,givenName,familyName,identifier,agentSourcedIds,grades,sms\n\
    L1,S1,student,Ana,Cruz,136728140001,G1,07,\nL2,S1,student,Ben,Cruz,2026-0002,G1,07,\nT1,S1,teacher,Tess,Luna,4000001,,,\n\
    G1,S1,guardian,Gina,Cruz,,,,09171234567\n";
const CLASSES: &str = "sourcedId,title,grades,classType,schoolSourcedId,termSourcedIds\nC1,Rizal,07,homeroom,S1,Y\nM1,Math 7,07,scheduled,S1,Q1\n";
const ENROLLMENTS: &str = "sourcedId,classSourcedId,userSourcedId,role,primary,beginDate,endDate\n\
    1,M1,L1,student,,,\n2,C1,L1,student,,,\n3,C1,L2,student,,2026-07-01,2027-04-08\n4,C1,T1,teacher,true,,\n";

type Files<'a> = [(&'a str, &'a str); 5];

const BUNDLE: Files<'static> = [
    ("orgs.csv", ORGS),
    ("academicSessions.csv", SESSIONS),
    ("users.csv", USERS),
    ("classes.csv", CLASSES),
    ("enrollments.csv", ENROLLMENTS),
];

pub(crate) fn folder(office: &Office, name: &str, files: &[(&str, &str)]) -> PathBuf {
    for (file, text) in files {
        office.file(&format!("{name}/{file}"), text);
    }
    office.dir.path().join(name)
}

fn with<'a>(name: &str, text: &'a str) -> Files<'a> {
    BUNDLE.map(|(file, usual)| (file, if file == name { text } else { usual }))
}

pub(crate) fn zip_of(folder: &Path, to: &Path) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(to).expect("a file"));
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = format!("Export 2026/{}", path.file_name().expect("a name").to_string_lossy());
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("an entry");
        zip.write_all(&std::fs::read(&path).expect("a file")).expect("written");
    }
    zip.finish().expect("a zip");
}

fn summary(report: &Report) -> String {
    format!("{:?} {:?} {:?}", report.by_entity, report.refused, report.duplicates)
}

#[test]
fn a_bundle_arrives_with_everything_linked() {
    let mut office = Office::new();
    let path = folder(&office, "a", &BUNDLE);
    let report = office.import(&path, &oneroster());
    assert_eq!(report.refused, []);
    assert_eq!((report.new, report.rows_read), (1 + 2 + 1 + 1 + 2 + 1 + 2 + 2 + 2, 1 + 3 + 4 + 2 + 4));
    assert_eq!(office.field("student", ("lrn", "136728140001"), "first_name"), "Ana");
    assert_eq!(office.field("student", ("lrn", "136728140001"), "student_no"), "null");
    assert_eq!(office.field("student", ("student_no", "2026-0002"), "first_name"), "Ben");
    assert_eq!(office.field("guardian", ("last_name", "Cruz"), "phone"), "+639171234567");
    assert_eq!(office.field("term", ("ordinal", "2"), "kind"), "quarter");
    let adviser = office.field("section", ("name", "Rizal"), "adviser");
    assert_eq!(office.field("staff", ("id", &adviser), "employee_no"), "4000001");
    // Ben came on July 1; Ana sits in the homeroom, not in Math; leaving on the last day is not leaving.
    assert_eq!(office.field("section_membership", ("valid_from", "2026-07-01"), "valid_to"), "null");
    assert_eq!(office.count("section"), 1);
    assert_eq!(office.field("section_membership", ("valid_from", "2026-06-08"), "valid_to"), "null");
}

#[test]
fn zip_and_folder_are_equal() {
    let mut office = Office::new();
    let path = folder(&office, "a", &BUNDLE);
    let zip = office.dir.path().join("a.zip");
    zip_of(&path, &zip);
    let from_folder = office.import(&path, &Options { dry_run: true, ..oneroster() });
    let from_zip = office.import(&zip, &oneroster());
    assert_eq!(summary(&from_zip), summary(&from_folder));
    assert_eq!(office.import(&path, &oneroster()).unchanged, from_zip.new);
}

#[test]
fn one_roster_1_2_keeps_roles_in_their_own_file() {
    let mut office = Office::new();
    let path = folder(&office, "a", &BUNDLE);
    let expected = office.import(&path, &Options { dry_run: true, ..oneroster() });
    let users = "sourcedId,status,enabledUser,username,userIds,givenName,familyName,identifier,userMasterIdentifier,agentSourcedIds,\
        grades,sms,primaryOrgSourcedId\nL1,active,true,l1,,Ana,Cruz,,136728140001,G1,07,,S1\nL2,active,true,l2,,Ben,Cruz,2026-0002,,G1,07,,S1\n\
        T1,active,true,t1,,Tess,Luna,4000001,,,,,S1\nG1,active,true,g1,,Gina,Cruz,,,,,09171234567,S1\n\
        X1,tobedeleted,true,x1,,Old,Luna,,,,,,S1\n";
    let roles = "sourcedId,status,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\nr1,active,L1,primary,student,,,S1\n\
        r2,active,L2,primary,student,,,S1\nr3,active,T1,primary,teacher,,,S1\nr4,active,G1,primary,parent,,,S1\n";
    let mut files = with("users.csv", users).to_vec();
    files.push(("roles.csv", roles));
    files.push(("manifest.csv", "propertyName,value\noneroster.version,1.2\n"));
    let path = folder(&office, "b", &files);
    assert_eq!(summary(&office.import(&path, &oneroster())), summary(&expected));
    assert_eq!(office.field("student", ("lrn", "136728140001"), "first_name"), "Ana");
    assert_eq!(office.field("staff", ("last_name", "Luna"), "position"), "Teacher");
}

#[test]
fn headers_and_encodings_as_they_come() {
    let mut plain = Office::new();
    let path = folder(&plain, "a", &BUNDLE);
    let expected = plain.import(&path, &oneroster());
    let mut office = Office::new();
    let users = format!(
        "\u{feff}{}",
        USERS.replace(',', ";").replace("sourcedId", "SOURCED ID").replace("givenName", " Given Name ")
    );
    let classes = CLASSES
        .replace(',', "\t")
        .replace('\n', "\r\n")
        .replace("classType", "Class_Type\tColour")
        .replace("homeroom", "homeroom\tred")
        .replace("scheduled", "scheduled\tblue");
    let files = [
        BUNDLE[0],
        ("Academic Sessions.CSV", SESSIONS),
        ("USERS.csv", &users),
        ("classes.csv", &classes),
        BUNDLE[4],
        ("notes.txt", "x"),
    ];
    let path = folder(&office, "b", &files);
    assert_eq!(summary(&office.import(&path, &oneroster())), summary(&expected));

    let mut office = Office::new();
    let users = USERS.replace("Cruz", "Pe\u{f1}a");
    let bytes: Vec<u8> = users.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin")).collect();
    folder(&office, "c", &BUNDLE);
    let path = office.file("c/users.csv", bytes).parent().expect("a folder").to_owned();
    let report = office.import(&path, &oneroster());
    assert_eq!(office.field("student", ("lrn", "136728140001"), "last_name"), "Peña");
    assert!(report.warnings.iter().any(|warning| warning.contains("Windows-1252")), "{:?}", report.warnings);
}

#[test]
fn missing_files_are_named_and_users_are_needed() {
    let mut office = Office::new();
    let path = folder(&office, "a", &BUNDLE[2..3]);
    let report = office.import(&path, &oneroster());
    assert_eq!((office.count("student"), office.count("staff"), office.count("enrolment")), (2, 1, 0));
    assert!(report.warnings.iter().any(|warning| warning.contains("classes.csv is missing")), "{:?}", report.warnings);
    let path = folder(&office, "b", &BUNDLE[3..]);
    let error = office.refused(&path, &oneroster());
    assert_eq!(error.code, Code::BadFile);
    assert!(
        error.message.contains("users.csv") && error.message.contains("classes.csv, enrollments.csv"),
        "{}",
        error.message
    );
    let path = folder(&office, "c", &[BUNDLE[0], BUNDLE[2], BUNDLE[3]]);
    assert_eq!(office.refused(&path, &oneroster()).code, Code::BadUsage, "no school year is named");
}

#[test]
fn all_or_nothing_unless_the_clerk_says_so() {
    let mut office = Office::new();
    let users = USERS.replace("Ana,Cruz,136728140001", "Ana,Cruz,1.36728E+11");
    let enrollments = format!("{ENROLLMENTS}5,C1,L9,student,,,\n6,C9,L2,student,,,\n");
    let mut files = with("users.csv", &users);
    files[4].1 = &enrollments;
    let path = folder(&office, "a", &files);
    let report = office.import(&path, &oneroster());
    assert!(!report.written && report.batch.is_none());
    assert_eq!(office.visible().len(), 0);
    let places: Vec<_> = report.refused.iter().map(|r| (r.file.as_str(), r.row, r.column.as_deref(), r.code)).collect();
    assert_eq!(
        places,
        [
            ("enrollments.csv", 6, Some("userSourcedId"), Code::ParentMissing),
            ("enrollments.csv", 7, Some("classSourcedId"), Code::ParentMissing),
            ("users.csv", 2, Some("identifier"), Code::BadFormat)
        ]
    );
    assert!(report.refused[2].message.contains("rounded"), "{}", report.refused[2].message);
    let report = office.import(&path, &Options { skip_refused: true, ..oneroster() });
    assert!(report.written);
    // Without Ana: her enrolment, her seat and her guardian's link stay out as well.
    assert_eq!((report.refused.len(), report.left_out), (3, 3));
    assert_eq!((office.count("student"), office.count("enrolment"), office.count("student_guardian")), (1, 1, 1));
}

#[test]
fn a_later_export_changes_only_what_changed() {
    let mut office = Office::new();
    let path = folder(&office, "a", &BUNDLE);
    office.import(&path, &oneroster());
    let before = office.visible();
    let users = USERS.replace("Ben,Cruz", "Benjamin,Cruz").replace("09171234567", "");
    let path = folder(&office, "b", &with("users.csv", &users));
    let report = office.import(&path, &oneroster());
    assert_eq!((report.new, report.changed), (0, 1), "an empty phone says nothing: {report:#?}");
    assert_eq!(office.field("student", ("student_no", "2026-0002"), "first_name"), "Benjamin");
    office.store.undo(report.batch.expect("a batch")).expect("an undo");
    assert_eq!(office.visible(), before);
}

#[test]
fn a_generated_roster_survives_its_second_import() {
    let mut office = Office::new();
    let path = office.dir.path().join("roster");
    let written = roster::generate_school(&path, 11, &roster::USUAL).expect("a roster");
    let first = office.import(&path, &oneroster());
    assert_eq!((&first.refused[..], &first.duplicates[..]), (&[][..], &[][..]));
    assert_eq!(office.count("student"), 395);
    assert_eq!(usize::try_from(office.count("guardian")).expect("a count"), written.guardians);
    assert_eq!(office.count("term"), 3);
    let again = office.import(&path, &oneroster());
    assert_eq!((again.new, again.changed, again.unchanged), (0, 0, first.new));
}

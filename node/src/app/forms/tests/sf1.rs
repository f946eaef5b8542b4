//! School Form 1 from real stores: a small section whose every line is known, and the sample school's sections, read back by the
//! import of LIS's registers.

use super::super::sf1::AskSf1;
use super::super::*;
use super::{School, texts};
use crate::domain::attendance::section::Year;
use crate::domain::made_up::MadeUp;
use crate::import::lis::{self, LineState, Reconciliation};
use crate::sample::{Plan, fill};
use crate::store::{Enrolled, Save};
use crate::{Env, Store, SystemEnv};
use pems_model::value::parse_time;
use pems_model::{Role, Schema};
use serde_json::{Value as Json, json};
use uuid::Uuid;

fn object(json: Json) -> serde_json::Map<String, Json> {
    json.as_object().cloned().expect("an object")
}

/// Rizal in September: five learners, as `put` has them. Classes began on 8 June, the cut-off was the 12th.
fn september() -> School {
    let mut school = School::new();
    school.save(
        "school_profile",
        json!({ "deped_school_id": "301234", "name": "Mabini National High School", "head_name": "Maria Santos" }),
    );
    let mother = school.save("guardian", json!({ "last_name": "Santos", "first_name": "Luz", "phone": "09171234567" }));
    let aunt = school.save("guardian", json!({ "last_name": "Peña", "first_name": "Basilia", "phone": "09181234567" }));
    for (student, enrolment, from, relatives) in [
        (
            json!({ "last_name": "Delgado", "first_name": "Ramon", "middle_name": "Salazar", "name_ext": "Jr.", "sex": "M",
                    "birth_date": "2013-06-12", "lrn": "012345678901", "four_ps": true, "barangay": "Santo Niño" }),
            json!({}),
            "2026-06-08",
            vec![("mother", &mother, true)],
        ),
        (
            json!({ "last_name": "Ñoñez", "first_name": "José", "sex": "M", "birth_date": "2013-06-13", "sned_type": "Hearing" }),
            json!({ "late": true, "first_attendance_date": "2026-06-22" }),
            "2026-06-22",
            vec![("mother", &mother, false), ("guardian", &aunt, true)],
        ),
        (
            json!({ "last_name": "Peña", "first_name": "Ma. Clara", "sex": "F", "birth_date": "2014-01-31", "lrn": "300021130201" }),
            json!({ "kind": "transferee", "from_school": "San Roque NHS", "first_attendance_date": "2026-07-06" }),
            "2026-07-06",
            vec![("other", &aunt, false)],
        ),
        (
            json!({ "last_name": "Villanueva", "first_name": "Kim", "sex": "F", "birth_date": "2013-12-12", "lrn": "300021130202" }),
            json!({ "status": "transferred_out", "effectivity_date": "2026-08-14", "to_school": "Rizal NHS" }),
            "2026-06-08",
            vec![],
        ),
        (
            json!({ "last_name": "Yap", "first_name": "Grace", "sex": "F", "birth_date": "2013-09-09", "lrn": "300021130203" }),
            json!({ "status": "dropped", "effectivity_date": "2026-09-01", "reason_code": "b.1", "kind": "balik_aral",
                    "from_school": "San Isidro NHS" }),
            "2026-06-08",
            vec![],
        ),
    ] {
        let student = school.save("student", student);
        for (relation, guardian, first) in relatives {
            let link = json!({ "student": student, "guardian": guardian, "relation": relation, "is_primary": first });
            school.save("student_guardian", link);
        }
        let mut fields =
            json!({ "student": student, "school_year": school.year, "grade_level": "7", "status": "enrolled" });
        object(enrolment).into_iter().for_each(|(name, value)| fields[name] = value);
        let enrolment = school.save("enrolment", fields);
        let seat = json!({ "enrolment": enrolment, "section": school.section, "valid_from": from });
        school.save("section_membership", seat);
    }
    school.goes_to("2026-09-15");
    school
}

fn asked(section: &Json) -> Json {
    json!({ "form": "sf1", "section": section })
}

#[test]
fn a_register_says_what_the_records_say() {
    let mut school = september();
    let asked = asked(&school.section);
    let preview = school.ask(json!({ "do": "forms.preview", "asked": asked })).expect("a form");
    assert_eq!(preview["title"], "School Form 1, 7-Rizal, 2026-2027");
    assert_eq!((&preview["ready"], &preview["formats"]), (&json!(true), &json!(["pdf", "xlsx"])));
    let said = texts(&preview).replace('\n', " ");
    for text in [
        "012345678901 DELGADO, RAMON JR., SALAZAR M 06/12/2013 13",
        "SANTOS, LUZ 09171234567 CCT",
        "ÑOÑEZ, JOSÉ M 06/13/2013 12 ",
        "SANTOS, LUZ PEÑA, BASILIA Guardian 09181234567 LE DATE:2026-06-22; SNED Hearing",
        "2 <=== TOTAL MALE",
        "PEÑA, MA. CLARA F 01/31/2014 12 PEÑA, BASILIA 09181234567",
        "T/I DATE:2026-07-06 San Roque NHS",
        "T/O DATE:2026-08-14 Rizal NHS",
        "B/A San Isidro NHS; DRP DATE:2026-09-01 b.1",
        "AGE as of June 12",
        "MALE 1 FEMALE 2 TOTAL 3",
        "15 September 2026: 2 male, 1 female, 3 in all",
    ] {
        // Lines are broken where a cell ends.
        assert!(said.contains(text), "{text} is missing in\n{said}");
    }
}

#[test]
fn who_went_to_another_section_stands_on_its_register_alone() {
    let mut school = september();
    let other = json!({ "school_year": school.year, "grade_level": "7", "name": "Bonifacio" });
    let other = school.save("section", other);
    let (_, enrolment) = school.learner("Ilagan", "F", "2026-06-08", Some("2026-08-03"));
    school.save("section_membership", json!({ "enrolment": enrolment, "section": other, "valid_from": "2026-08-03" }));
    let mut said = |section: &Json| {
        let preview = school.ask(json!({ "do": "forms.preview", "asked": asked(section) })).expect("a form");
        texts(&preview).replace('\n', " ")
    };
    let there = said(&other);
    assert!(there.contains("ILAGAN") && there.contains("MALE 0 FEMALE 0 TOTAL 0"), "{there}");
    let here = school.section.clone();
    let mut said = |section: &Json| {
        let preview = school.ask(json!({ "do": "forms.preview", "asked": asked(section) })).expect("a form");
        texts(&preview).replace('\n', " ")
    };
    let here = said(&here);
    assert!(!here.contains("ILAGAN") && here.contains("MALE 1 FEMALE 3 TOTAL 4"), "she began the year here: {here}");
}

#[test]
fn a_birth_date_that_is_missing_is_named_and_registers_are_filed_together() {
    let mut school = september();
    let dir = tempfile::tempdir().expect("a folder");
    school.desk.printed.folder = Some(dir.path().to_owned());
    let luna = json!({ "school_year": school.year, "grade_level": "7", "name": "Luna" });
    let luna = school.save("section", luna);
    let both = json!([asked(&school.section), asked(&luna)]);
    let refused = school.ask(json!({ "do": "forms.print", "asked": both, "format": "xlsx" })).expect_err("no adviser");
    assert_eq!(refused.details.expect("details")["missing"][0]["field"], "adviser");
    let adviser = school.save("staff", json!({ "last_name": "Luna", "first_name": "Ana" }));
    let fields = object(json!({ "adviser": adviser }));
    let id = luna.as_str().and_then(|id| Uuid::parse_str(id).ok());
    school.desk.store.put(&Save { entity: "section".into(), id, fields }).expect("saved");

    let (student, _) = school.learner("Ilagan", "F", "2026-06-08", None);
    let preview =
        school.ask(json!({ "do": "forms.preview", "asked": asked(&school.section.clone()) })).expect("a form");
    let missing = &preview["missing"][0];
    assert_eq!(
        (&missing["record"], &missing["id"], &missing["field"]),
        (&json!("student"), &student, &json!("birth_date"))
    );
    assert_eq!(preview["ready"], false);
    let id = student.as_str().and_then(|id| Uuid::parse_str(id).ok());
    let fields = object(json!({ "birth_date": "2014-02-02" }));
    school.desk.store.put(&Save { entity: "student".into(), id, fields }).expect("saved");

    let mut print =
        |format: &str| school.ask(json!({ "do": "forms.print", "asked": both, "format": format })).expect("filed");
    let books = print("xlsx");
    assert_eq!((&books["files"], &books["pages"]), (&json!(2), &json!(0)));
    let folder = books["path"].as_str().expect("a path").to_owned();
    assert!(folder.ends_with("School Form 1, 7-Rizal, 2026-2027 and 1 more"), "{folder}");
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).expect("it").map(|one| one.expect("a file").file_name()).collect();
    files.sort();
    assert_eq!(files, ["School Form 1, 7-Luna, 2026-2027.xlsx", "School Form 1, 7-Rizal, 2026-2027.xlsx"]);
    let pdf = print("pdf");
    assert_eq!((&pdf["files"], &pdf["pages"]), (&json!(1), &json!(2)));
    let register = json!({ "form": "sf1", "section": school.section });
    let refused = school.ask(json!({ "do": "forms.print", "asked": [register], "format": "csv" })).expect_err("a form");
    assert_eq!(refused.code, pems_model::Code::BadRequest);
}

/// A Tuesday with classes, at ten in the morning in Manila.
struct Tuesday;

impl Env for Tuesday {
    fn now(&self) -> i64 {
        parse_time("2026-11-24T10:00:00+08:00").expect("a moment")
    }
    fn new_id(&self) -> Uuid {
        SystemEnv.new_id()
    }
}

pub(super) fn sample() -> Desk {
    let enrolled = Enrolled {
        tenant_id: Uuid::from_u128(1),
        device_id: Uuid::from_u128(2),
        device_name: "Sample PC".into(),
        role: Role::SchoolAdmin,
        school_name: "Sample".into(),
        school_slug: "sample".into(),
        hub_url: String::new(),
        epoch: Uuid::nil(),
    };
    let mut store = Store::in_memory(&enrolled, Schema::product(), Box::new(Tuesday)).expect("a store");
    fill(&mut store, &Plan::sample(Tuesday.now())).expect("filled");
    Desk::new(store)
}

/// What the import of LIS's registers makes of the register that is written here.
fn read_back(desk: &mut Desk, section: Uuid) -> (usize, Reconciliation) {
    let made = desk.make(&[Asked::Sf1(AskSf1 { section })], Format::Xlsx).expect("a workbook");
    let register = lis::read_bytes("ours.xlsx", &made[0].bytes).expect("a register");
    let gathered = Asked::Sf1(AskSf1 { section }).gather(desk).expect("a form");
    let form = (gathered.form as Box<dyn std::any::Any>).downcast::<pems_forms::sf1::Sf1>().expect("SF1");
    let listed = form.listed(pems_forms::Sex::M).len() + form.listed(pems_forms::Sex::F).len();
    (listed, lis::reconcile(&desk.store, &register).expect("a reconciliation"))
}

#[test]
fn every_register_of_the_sample_is_read_back_as_the_records_have_it() {
    let mut desk = sample();
    let odd = [
        ("Ñoñez", "Ma. José", None, Some("III"), Some("Basilia")),
        ("De la Peña-Cruz", "Ana", Some("Dela O"), None, None),
        ("Reyes", "Jose", None, Some("V"), None),
    ];
    let sections = Year::on(desk.store.conn(), desk.today()).expect("years").expect("a year");
    let year = sections.id;
    let sections: Vec<Uuid> =
        Section::of_year(desk.store.conn(), year).expect("sections").iter().map(|one| one.id).collect();
    let mut save = |entity: &str, fields: Json| {
        desk.store.put(&Save { entity: entity.into(), id: None, fields: object(fields) }).expect("saved").row.id
    };
    for (last, first, middle, ext, guardian) in odd {
        let student = save(
            "student",
            json!({ "last_name": last, "first_name": first, "middle_name": middle, "name_ext": ext, "sex": "M",
                    "birth_date": "2013-06-10", "four_ps": true, "sned_type": "Hearing, low vision",
                    "house_street": "Purok 3, 12-A", "barangay": "Santo Niño" }),
        );
        if let Some(guardian) = guardian {
            let names = json!({ "last_name": last, "first_name": guardian, "name_ext": "Sr.", "phone": "09171112222" });
            let person = save("guardian", names);
            save("student_guardian", json!({ "student": student, "guardian": person, "relation": "guardian" }));
        }
        let enrolment = json!({ "student": student, "school_year": year, "grade_level": "7", "status": "enrolled" });
        let enrolment = save("enrolment", enrolment);
        let seat = json!({ "enrolment": enrolment, "section": sections[0], "valid_from": "2026-06-08" });
        save("section_membership", seat);
    }
    assert_eq!(sections.len(), 10);
    let (mut left, mut without_lrn) = (0, 0);
    for section in sections {
        let (listed, found) = read_back(&mut desk, section);
        assert_eq!((found.section_id, found.lines.len()), (Some(section), listed));
        for line in &found.lines {
            assert_eq!((line.state, &line.fields), (LineState::Same, &Vec::new()), "{line:?}");
        }
        assert_eq!((&found.extra, &found.refused, &found.warnings), (&vec![], &vec![], &vec![]));
        let says =
            |line: &&lis::ReconciledLine, code: &str| line.remarks.as_deref().is_some_and(|text| text.contains(code));
        left += found.lines.iter().filter(|line| says(line, "T/O") || says(line, "NLPA")).count();
        without_lrn += found.lines.iter().filter(|line| line.lrn.is_none()).count();
    }
    assert!(left > 0 && without_lrn > 3, "those who left ({left}) and have no LRN ({without_lrn}) were among them");
}

#[test]
fn names_lead_to_forms_and_never_to_the_wrong_one() {
    let mut school = september();
    let given = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(word, text)| ((*word).to_owned(), (*text).to_owned())).collect()
    };
    let mut report = |name: &str, pairs: &[(&str, &str)]| school.desk.form_called(name, &given(pairs), Format::Pdf);
    for pairs in [&[("section", "7-rizal")][..], &[("section", "RIZAL"), ("year", "2026-2027")]] {
        assert_eq!(report("sf1", pairs).expect("a form").title, "School Form 1, 7-Rizal, 2026-2027");
    }
    let made = report("sf2", &[("section", "Rizal"), ("month", "2026-06")]).expect("a form");
    assert_eq!(made.title, "School Form 2, 7-Rizal, June 2026");
    let made = report("certificate", &[("student", "012345678901"), ("purpose", "a scholarship")]).expect("a form");
    assert!(made.title.contains("Delgado"), "{}", made.title);
    for (name, pairs, says) in [
        ("sf9", &[][..], "known forms: sf1, sf2, class_list, certificate"),
        ("sf1", &[], "--where section="),
        ("sf1", &[("month", "2026-06")], "sf1 has no 'month'; it takes section, year"),
        ("sf1", &[("section", "Luna")], "there are: 7-Rizal"),
        ("sf1", &[("section", "Rizal"), ("year", "1999-2000")], "there are: 2026-2027"),
        ("certificate", &[("student", "1")], "search student"),
    ] {
        let error = report(name, pairs).expect_err(says);
        assert!(error.message.contains(says), "{}", error.message);
    }
}

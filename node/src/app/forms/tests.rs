//! The month of `pems_forms::sf2`'s tests, typed and taken day by day in a real store, with one difference: Dizon is absent on the
//! 16th for the whole day. By hand: absent 2 (Basa), 1 (Cruz), 1 (Dizon); 5 (Ebon), 2 (Fajardo). Daily attendance: male 41, female
//! 23, total 64, over 14 days that were taken: 2.93, 1.64, 4.57. Attendance: 41/42 = 97.62 %, 23/28 = 82.14 %, 64/70 = 91.43 %.

mod lists;
mod sf1;
mod sf2;

use super::*;
use crate::app::attendance::tests::School;
use serde_json::{Value as Json, json};

struct June {
    school: School,
    students: Vec<(&'static str, Json)>,
}

fn put(school: &mut School, last: &str, sex: &str, from: &str, fields: Json) -> Json {
    let student = school.save("student", json!({ "last_name": last, "first_name": "Ana", "sex": sex, "lrn": null }));
    let mut enrolment =
        json!({ "student": student, "school_year": school.year, "grade_level": "7", "status": "enrolled" });
    for (name, value) in fields.as_object().expect("fields") {
        enrolment[name] = value.clone();
    }
    let enrolment = school.save("enrolment", enrolment);
    let membership = json!({ "enrolment": enrolment, "section": school.section, "valid_from": from });
    school.save("section_membership", membership);
    student
}

fn june() -> June {
    let mut school = School::new();
    for (date, kind, reason) in [("2026-06-12", "holiday", "Independence Day"), ("2026-06-24", "suspension", "Typhoon")]
    {
        let fields =
            json!({ "school_year": school.year, "on_date": date, "scope": "school", "kind": kind, "reason": reason });
        school.save("calendar_day", fields);
    }
    let mut students = Vec::new();
    for (last, sex, from, fields) in [
        ("Abad", "M", "2026-06-08", json!({})),
        ("Basa", "M", "2026-06-08", json!({})),
        (
            "Cruz",
            "M",
            "2026-06-08",
            json!({ "status": "transferred_out", "effectivity_date": "2026-06-18", "to_school": "Rizal High School" }),
        ),
        ("Dizon", "M", "2026-06-15", json!({ "late": true })),
        ("Ebon", "F", "2026-06-08", json!({})),
        (
            "Fajardo",
            "F",
            "2026-06-08",
            json!({ "status": "dropped", "effectivity_date": "2026-06-25", "reason_code": "b.1" }),
        ),
        ("Gomez", "F", "2026-06-22", json!({ "kind": "transferee", "from_school": "Peñafrancia NHS", "late": true })),
    ] {
        students.push((last, put(&mut school, last, sex, from, fields)));
    }
    let mut june = June { school, students };
    let marks: &[(u32, &[(&str, &str)])] = &[
        (8, &[]),
        (9, &[("Basa", "A")]),
        (10, &[("Basa", "A")]),
        (11, &[("Basa", "L")]),
        (15, &[("Ebon", "A")]),
        (16, &[("Ebon", "A"), ("Dizon", "A")]),
        (17, &[("Ebon", "A"), ("Cruz", "A")]),
        (18, &[("Ebon", "E")]),
        (19, &[("Ebon", "A")]),
        (22, &[("Fajardo", "A")]),
        (23, &[("Fajardo", "A"), ("Gomez", "C")]),
        (25, &[]),
        (26, &[]),
        (29, &[]),
    ];
    for (day, of_day) in marks {
        let date = format!("2026-06-{day:02}");
        june.school.goes_to(&date);
        let mark = |(last, code): &(&str, &str)| json!({ "student": june.id(last), "code": code });
        let marks: Vec<Json> = of_day.iter().map(mark).collect();
        june.school.take(&date, json!(marks), None).expect(&date);
    }
    june.school.goes_to("2026-06-30");
    june
}

impl June {
    fn id(&self, last: &str) -> Json {
        self.students.iter().find(|(name, _)| *name == last).expect("a learner").1.clone()
    }

    fn profile(&mut self) {
        let fields =
            json!({ "deped_school_id": "301234", "name": "Mabini National High School", "head_name": "Maria Santos" });
        self.school.save("school_profile", fields);
    }

    fn asked(&self) -> Json {
        json!({ "form": "sf2", "section": self.school.section, "month": "2026-06" })
    }

    fn preview(&mut self, asked: &Json) -> Json {
        self.school.ask(json!({ "do": "forms.preview", "asked": asked })).expect("a form")
    }
}

fn texts(preview: &Json) -> String {
    let pages = preview["pages"].as_array().expect("pages").iter();
    let items = pages.flat_map(|page| page["items"].as_array().expect("items").clone());
    items.filter_map(|item| item["text"].as_str().map(str::to_owned)).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_month_as_it_was_taken_is_the_month_worked_out_by_hand() {
    let mut june = june();
    june.profile();
    let preview = june.preview(&june.asked());
    assert_eq!(preview["title"], "School Form 2, 7-Rizal, June 2026");
    assert_eq!(preview["ready"], true, "{}", preview["missing"]);
    let asked: Asked = serde_json::from_value(june.asked()).expect("asked");
    let gathered = asked.gather(&mut june.school.desk).expect("a form");
    let form = (gathered.form as Box<dyn std::any::Any>).downcast::<pems_forms::sf2::Sf2>().expect("SF2");
    let figures = pems_forms::sf2::figures(&form);
    let of = |split: pems_forms::sf2::Split<u32>| [split.male, split.female, split.total];
    let text = |split: pems_forms::sf2::Split<pems_forms::sf2::Ratio>| {
        [split.male.text(), split.female.text(), split.total.text()]
    };
    assert_eq!((of(figures.absent_halves), of(figures.tardy)), ([8, 14, 22], [1, 1, 2]));
    assert_eq!((of(figures.enrolled_on_cutoff), of(figures.late_enrolment)), ([3, 2, 5], [1, 0, 1]));
    assert_eq!((of(figures.registered), of(figures.absent_five_days)), ([3, 2, 5], [0, 1, 1]));
    assert_eq!(text(figures.average_daily), ["2.93", "1.64", "4.57"]);
    assert_eq!(text(figures.attendance_rate), ["97.62", "82.14", "91.43"]);
    assert_eq!(
        (of(figures.dropped), of(figures.transferred_out), of(figures.transferred_in)),
        ([0, 1, 1], [1, 0, 1], [0, 1, 1])
    );
    let said = texts(&preview);
    for text in [
        "BASA, ANA",
        "T/O 06/18/2026 Rizal High School",
        "T/I 06/22/2026 Peñafrancia NHS",
        "NLS 06/25/2026 b.1",
        "LE 06/15/2026",
        "91.43%",
    ] {
        assert!(said.contains(text), "{text} is missing in\n{said}");
    }
}

#[test]
fn a_form_that_lacks_something_is_not_printed_and_says_what() {
    let mut june = june();
    let dir = tempfile::tempdir().expect("a folder");
    june.school.desk.printed.folder = Some(dir.path().to_owned());
    let asked = june.asked();
    let print = |june: &mut June, format: &str| {
        june.school.ask(json!({ "do": "forms.print", "asked": [asked], "format": format }))
    };
    let refused = print(&mut june, "pdf").expect_err("no school");
    assert_eq!(refused.code, pems_model::Code::Rule);
    let missing = refused.details.expect("details")["missing"].clone();
    assert_eq!((&missing[0]["record"], &missing[0]["field"]), (&json!("school_profile"), &json!("deped_school_id")));
    assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 0, "nothing was written");
    let draft = print(&mut june, "draft").expect("a draft, to be looked through");
    let path = draft["path"].as_str().expect("a path");
    assert!(path.ends_with("School Form 2, 7-Rizal, June 2026 (draft).pdf"), "{path}");
    assert!(std::fs::read(path).expect("a file").starts_with(b"%PDF"));
    june.profile();
    for (format, head) in [("pdf", &b"%PDF"[..]), ("xlsx", &b"PK"[..])] {
        let printed = print(&mut june, format).expect("printed");
        let path = printed["path"].as_str().expect("a path");
        assert!(path.ends_with(&format!("School Form 2, 7-Rizal, June 2026.{format}")), "{path}");
        assert!(std::fs::read(path).expect("a file").starts_with(head));
    }
}

#[test]
fn a_learner_who_changed_the_section_is_no_loss() {
    let mut june = june();
    let other = json!({ "school_year": june.school.year, "grade_level": "7", "name": "Bonifacio" });
    let other = june.school.save("section", other);
    let (_, enrolment) = june.school.learner("Ilagan", "F", "2026-06-08", Some("2026-06-22"));
    let membership = json!({ "enrolment": enrolment, "section": other, "valid_from": "2026-06-22" });
    june.school.save("section_membership", membership);
    let said = texts(&june.preview(&june.asked()));
    assert!(said.contains("to Bonifacio 06/22/2026"), "{said}");
    let there = json!({ "form": "sf2", "section": other, "month": "2026-06" });
    let said = texts(&june.preview(&there));
    assert!(said.contains("from Rizal 06/22/2026"), "{said}");
}

#[test]
fn class_list_and_certificate_are_of_today() {
    let mut june = june();
    june.profile();
    let list = json!({ "form": "class_list", "section": june.school.section });
    let said = texts(&june.preview(&list));
    assert!(
        said.contains("GOMEZ, ANA") && !said.contains("CRUZ, ANA") && said.contains("5 learners as of 30 June 2026"),
        "{said}"
    );
    let certificate = |june: &June, last: &str| json!({ "form": "certificate", "student": june.id(last), "purpose": "a scholarship" });
    let asked = certificate(&june, "Gomez");
    let preview = june.preview(&asked);
    let said = texts(&preview).replace('\n', " ");
    assert!(
        preview["ready"] == true && said.contains("ANA GOMEZ") && said.contains("her request for a scholarship"),
        "{said}"
    );
    let asked = certificate(&june, "Fajardo");
    assert_eq!(june.preview(&asked)["ready"], false, "who dropped out is not enrolled");
}

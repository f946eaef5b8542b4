//! School Form 2 of learners who come late, leave, come back and change the section, by the enrolment desk in a real store. Rizal
//! and Luna of grade 7; classes begin on 8 June 2026, the cut-off is the 12th.

use super::super::*;
use super::{School, texts};
use crate::domain::made_up::MadeUp;
use pems_forms::Sex;
use pems_forms::sf2::{Figures, Sf2, Split, figures};
use pems_model::value::parse_date;
use serde_json::{Value as Json, json};
use uuid::Uuid;

struct Desks {
    school: School,
    luna: Json,
}

fn desks(today: &str) -> Desks {
    let mut school = School::new();
    let luna = json!({ "school_year": school.year, "grade_level": "7", "name": "Luna" });
    let luna = school.save("section", luna);
    school.goes_to(today);
    Desks { school, luna }
}

impl Desks {
    fn rizal(&self) -> Json {
        self.school.section.clone()
    }

    /// Enrols at the desk, in Rizal; answers the enrolment.
    fn enrol(&mut self, last: &str, kind: &str, day: &str) -> Json {
        let student = self.school.save("student", json!({ "last_name": last, "first_name": "Ana", "sex": "F" }));
        let enrol = json!({ "student": student, "school_year": self.school.year, "grade_level": "7", "kind": kind,
                            "section": self.school.section, "from_school": "San Roque NHS", "on_date": day });
        self.ask(json!({ "do": "enrolment.enrol", "enrol": enrol }))["enrolment"].clone()
    }

    fn ask(&mut self, request: Json) -> Json {
        self.school.ask(request).expect("an answer")
    }

    fn drop(&mut self, enrolment: &Json, day: &str) {
        self.ask(json!({ "do": "enrolment.drop", "enrolment": enrolment, "reason_code": "a.1", "on_date": day }));
    }

    fn back(&mut self, enrolment: &Json, section: &Json, day: &str) {
        let back = json!({ "do": "enrolment.return", "enrolment": enrolment, "on_date": day, "section": section });
        self.ask(back);
    }

    fn moves(&mut self, enrolment: &Json, section: &Json, day: &str) {
        let to = json!({ "do": "enrolment.assign", "enrolments": [enrolment], "section": section, "on_date": day });
        self.ask(to);
    }

    fn form(&mut self, section: &Json, month: &str) -> Sf2 {
        let asked = json!({ "form": "sf2", "section": section, "month": month });
        let asked: Asked = serde_json::from_value(asked).expect("asked");
        let gathered = asked.gather(&mut self.school.desk).expect("a form");
        let form = (gathered.form as Box<dyn std::any::Any>).downcast::<Sf2>().expect("SF2");
        *form
    }

    fn said(&mut self, section: &Json, month: &str) -> String {
        let asked = json!({ "form": "sf2", "section": section, "month": month });
        texts(&self.ask(json!({ "do": "forms.preview", "asked": asked })))
    }
}

fn all(split: Split<u32>) -> u32 {
    split.total
}

/// Cut-off, late, transferred in, dropped, transferred out, registered.
fn counted(figures: &Figures) -> [u32; 6] {
    [
        all(figures.enrolled_on_cutoff),
        all(figures.late_enrolment),
        all(figures.transferred_in),
        all(figures.dropped),
        all(figures.transferred_out),
        all(figures.registered),
    ]
}

fn enrolled(figures: &Figures, date: &str) -> u32 {
    let date = parse_date(date).expect("a day");
    figures.days.iter().find(|day| day.date == date).map_or(0, |day| day.enrolled.total)
}

#[test]
fn who_was_promoted_into_a_section_is_there_from_the_day_of_coming() {
    let mut desks = desks("2026-06-30");
    let student = desks.school.save("student", json!({ "last_name": "Abad", "first_name": "Ana", "sex": "F" }));
    let promoted = json!({ "student": student, "school_year": desks.school.year, "grade_level": "7",
                           "kind": "continuing", "status": "pre_registered" });
    let promoted = desks.school.save("enrolment", promoted);
    let rizal = desks.rizal();
    desks.moves(&promoted, &rizal, "2026-05-20");
    assert!(desks.form(&rizal, "2026-06").learners.is_empty(), "expected, not there");
    desks.ask(json!({ "do": "enrolment.confirm", "enrolments": [promoted], "on_date": "2026-06-22" }));
    let figures = figures(&desks.form(&rizal, "2026-06"));
    assert_eq!(counted(&figures), [0, 1, 0, 0, 0, 1]);
    assert_eq!(["2026-06-08", "2026-06-19", "2026-06-22"].map(|day| enrolled(&figures, day)), [0, 0, 1]);
    let class = json!({ "do": "attendance.class", "section": rizal, "date": "2026-06-19", "session": "day" });
    assert_eq!(desks.ask(class)["pupils"], json!([]));
}

#[test]
fn who_enrolled_before_the_year_is_no_transfer_of_june_and_counts_on_an_early_cutoff() {
    let mut desks = desks("2026-05-20");
    let year = desks.school.year.as_str().and_then(|id| Uuid::parse_str(id).ok());
    let fields = json!({ "cutoff_date": "2026-06-05" }).as_object().cloned().expect("fields");
    let save = crate::store::Save { entity: "school_year".into(), id: year, fields };
    desks.school.desk.store.put(&save).expect("the 1st Friday of June");
    desks.enrol("Abad", "transferee", "2026-05-20");
    let rizal = desks.rizal();
    desks.school.goes_to("2026-06-30");
    assert_eq!(counted(&figures(&desks.form(&rizal, "2026-06"))), [1, 0, 0, 0, 0, 1]);
}

#[test]
fn a_month_printed_again_says_what_was_so_in_it() {
    let mut desks = desks("2026-09-30");
    let abad = desks.enrol("Abad", "continuing", "2026-06-08");
    desks.enrol("Basa", "continuing", "2026-06-08");
    let rizal = desks.rizal();
    desks.drop(&abad, "2026-08-12");
    let before = (counted(&figures(&desks.form(&rizal, "2026-08"))), desks.said(&rizal, "2026-08"));
    assert_eq!(before.0, [2, 0, 0, 1, 0, 1]);
    assert!(before.1.contains("NLS 08/12/2026 a.1"), "{}", before.1);
    desks.back(&abad, &rizal, "2026-09-03");
    assert_eq!((counted(&figures(&desks.form(&rizal, "2026-08"))), desks.said(&rizal, "2026-08")), before);
    assert_eq!(counted(&figures(&desks.form(&rizal, "2026-09"))), [2, 0, 0, 0, 0, 2]);
    assert!(desks.said(&rizal, "2026-09").contains("back 09/03/2026"));
}

#[test]
fn the_days_between_leaving_and_coming_back_are_none_of_the_section() {
    let mut desks = desks("2026-08-31");
    let abad = desks.enrol("Abad", "continuing", "2026-06-08");
    let rizal = desks.rizal();
    desks.drop(&abad, "2026-08-05");
    desks.back(&abad, &rizal, "2026-08-20");
    let form = desks.form(&rizal, "2026-08");
    assert_eq!(form.listed(Sex::F).len(), 1);
    let figures = figures(&form);
    let days = ["2026-08-04", "2026-08-05", "2026-08-19", "2026-08-20"];
    assert_eq!(days.map(|day| enrolled(&figures, day)), [1, 0, 0, 1]);
    let month = json!({ "do": "attendance.month", "section": rizal, "month": "2026-08" });
    desks.ask(json!({ "do": "attendance.take", "section": rizal, "date": "2026-08-19", "session": "day", "marks": [],
                      "seen": [] }));
    let on_screen = desks.ask(month);
    assert!(on_screen["pupils"][0]["marks"].as_array().expect("marks").iter().all(Json::is_null), "away that day");
}

#[test]
fn who_leaves_on_the_first_of_a_month_is_told_of_in_it() {
    let mut desks = desks("2026-07-31");
    let abad = desks.enrol("Abad", "continuing", "2026-06-22");
    let rizal = desks.rizal();
    let out =
        json!({ "do": "enrolment.transfer_out", "enrolment": abad, "to_school": "Rizal HS", "on_date": "2026-07-01" });
    desks.ask(out);
    assert_eq!(counted(&figures(&desks.form(&rizal, "2026-06"))), [0, 1, 0, 0, 0, 1]);
    assert_eq!(counted(&figures(&desks.form(&rizal, "2026-07"))), [0, 0, 0, 0, 1, 0]);
    assert!(desks.said(&rizal, "2026-07").contains("T/O 07/01/2026 Rizal HS"));
}

#[test]
fn late_and_transferred_in_are_counted_once() {
    let mut desks = desks("2026-09-30");
    let (rizal, luna) = (desks.rizal(), desks.luna.clone());
    let late = desks.enrol("Abad", "continuing", "2026-06-22");
    let transferee = desks.enrol("Basa", "transferee", "2026-06-23");
    assert_eq!(counted(&figures(&desks.form(&rizal, "2026-06"))), [0, 1, 1, 0, 0, 2]);
    for enrolment in [&late, &transferee] {
        desks.moves(enrolment, &luna, "2026-08-03");
    }
    assert_eq!(counted(&figures(&desks.form(&luna, "2026-08"))), [0, 0, 0, 0, 0, 2]);
    let said = desks.said(&luna, "2026-08");
    assert_eq!(said.matches("from Rizal 08/03/2026").count(), 2, "{said}");
    for enrolment in [&late, &transferee] {
        desks.drop(enrolment, "2026-08-12");
        desks.back(enrolment, &rizal, "2026-09-03");
    }
    assert_eq!(counted(&figures(&desks.form(&rizal, "2026-09"))), [0, 0, 0, 0, 0, 2]);
}

//! A month that is signed at one PC, and others that have not heard of it: what the paper says of who was there, and on which days,
//! stays as it is.

use crate::claims::{class, derived, of, push, rev_of};
use crate::town::Town;
use crate::world::{Device, new_id};
use pems_model::wire::{Change, ChangeKind, Outcome};
use pems_model::{Code, Role};
use serde_json::{Value as Json, json};
use uuid::Uuid;

const RULE: Option<Code> = Some(Code::Rule);

/// 7-Rizal with a learner in it since June, whose July a teacher's PC signed; 7-Luna beside it.
struct School {
    town: Town,
    tenant: Uuid,
    teacher: Device,
    office: Device,
    year: Uuid,
    rizal: Uuid,
    luna: Uuid,
    enrolment: Uuid,
    stay: Uuid,
    report: Uuid,
    /// The next change of the office.
    next: i64,
}

impl School {
    async fn new() -> School {
        let town = Town::new().await;
        let tenant = town.school("rizal").await;
        let teacher = town.world.device_as("rizal", Role::Teacher).await;
        let office = town.world.device_as("rizal", Role::Registrar).await;
        let (rizal, child, next) = class(&town, &office, tenant).await;
        let year = derived("school_year", tenant, &json!({ "label": "2026-2027" }));
        let luna = json!({ "school_year": year, "grade_level": "7", "name": "Luna" });
        let made = json!({ "student": child, "school_year": year, "grade_level": "7", "status": "enrolled" });
        let (luna_id, enrolment) = (derived("section", tenant, &luna), derived("enrolment", tenant, &made));
        let mut school = School {
            town,
            tenant,
            teacher,
            office,
            year,
            rizal,
            luna: luna_id,
            enrolment,
            stay: Uuid::nil(),
            report: Uuid::nil(),
            next,
        };
        let (stay, fields) = school.stay(rizal, "2026-06-08");
        school.stay = stay;
        let changes = vec![
            ("section", luna_id, 0, luna),
            ("enrolment", enrolment, 0, made),
            ("section_membership", stay, 0, fields),
        ];
        assert_eq!(school.push(changes).await, [None; 3]);
        let month = json!({ "section": rizal, "month": "2026-07-01", "state": "signed" });
        school.report = derived("sf2_report", tenant, &month);
        let signs = of("sf2_report", 1, school.report, 0, None, month);
        assert_eq!(push(&school.town, &school.teacher, vec![signs]).await, [None]);
        school
    }

    fn stay(&self, section: Uuid, from: &str) -> (Uuid, Json) {
        let fields = json!({ "enrolment": self.enrolment, "section": section, "valid_from": from });
        (derived("section_membership", self.tenant, &fields), fields)
    }

    /// What the office sends: of what, which, on which revision, and what it says.
    async fn push(&mut self, changes: Vec<(&str, Uuid, i64, Json)>) -> Vec<Option<Code>> {
        let changes = self.numbered(changes);
        push(&self.town, &self.office, changes).await
    }

    fn numbered(&mut self, changes: Vec<(&str, Uuid, i64, Json)>) -> Vec<Change> {
        let first = self.next;
        self.next += i64::try_from(changes.len()).expect("few");
        let numbered = (first..).zip(changes);
        numbered.map(|(op_no, (entity, id, base, fields))| of(entity, op_no, id, base, None, fields)).collect()
    }

    async fn rev(&self, entity: &str, id: Uuid) -> i64 {
        rev_of(&self.town, &self.office, entity, id).await
    }

    /// The learner moves to 7-Luna on a day: one stay ends, another begins.
    async fn moves(&self, day: &str) -> Vec<(&'static str, Uuid, i64, Json)> {
        let (id, fields) = self.stay(self.luna, day);
        let rev = self.rev("section_membership", self.stay).await;
        vec![("section_membership", self.stay, rev, json!({ "valid_to": day })), ("section_membership", id, 0, fields)]
    }
}

#[tokio::test]
async fn nobody_leaves_a_section_in_a_month_that_another_pc_signed() {
    let mut school = School::new().await;
    let before = school.rev("section_membership", school.stay).await;
    let moves = school.moves("2026-07-10").await;
    let changes = school.numbered(moves);
    let answer = school.town.world.sync(&school.office, &school.office.push(0, changes)).await.expect("an answer");
    for result in &answer.results {
        let Outcome::Refused { problem } = &result.outcome else { panic!("{result:?}") };
        assert_eq!(problem.code, Code::Rule);
        assert!(problem.message.contains("the SF2 of 7-Rizal for 2026-07 is signed"), "{}", problem.message);
        assert!(problem.message.contains("a day after that month"), "{}", problem.message);
    }
    assert_eq!(answer.results.len(), 2);
    let mut backwards = school.moves("2026-07-10").await;
    backwards.reverse();
    assert_eq!(school.push(backwards).await, [RULE; 2], "whichever is said first");
    // As one entry, with what it says of something else.
    let mut together = school.moves("2026-07-31").await;
    together.push(("student", new_id(), 0, json!({ "last_name": "Lim", "first_name": "Bea" })));
    let mut together = school.numbered(together);
    let group = new_id();
    together.iter_mut().for_each(|change| change.group = Some(group));
    let told = push(&school.town, &school.office, together).await;
    assert_eq!(told, [RULE, RULE, Some(Code::GroupRefused)]);
    assert_eq!(school.rev("section_membership", school.stay).await, before, "the stay is as it was");

    // In one push somebody else's work goes through, and so does a move after the month.
    let mut mixed = school.moves("2026-07-15").await;
    mixed.push(("student", new_id(), 0, json!({ "last_name": "Lim", "first_name": "Bea" })));
    mixed.extend(school.moves("2026-08-01").await);
    assert_eq!(school.push(mixed).await, [RULE, RULE, None, None, None]);
}

#[tokio::test]
async fn nothing_that_happens_to_an_enrolment_changes_who_was_in_a_signed_month() {
    let mut school = School::new().await;
    let (enrolment, stay) = (school.enrolment, school.stay);
    let event = |status: &str, on: &str| {
        let fields = json!({ "enrolment": enrolment, "kind": status, "on_date": on, "status": status });
        ("enrolment_event", new_id(), 0, fields)
    };
    let rev = school.rev("enrolment", enrolment).await;
    let row = |fields: Json| ("enrolment", enrolment, rev, fields);
    // Dropped in July; cancelled in August, so that the learner never was there; not in class before the 15th.
    for status in ["dropped", "cancelled"] {
        let on = if status == "dropped" { "2026-07-15" } else { "2026-08-05" };
        let other = new_id();
        let changes = vec![
            event(status, on),
            row(json!({ "status": status, "effectivity_date": on })),
            ("student", other, 0, json!({ "last_name": "Lim", "first_name": "Bea" })),
        ];
        assert_eq!(school.push(changes).await, [RULE, RULE, None], "{status}");
    }
    assert_eq!(school.push(vec![row(json!({ "first_attendance_date": "2026-07-15" }))]).await, [RULE]);
    // With what a list never said: since when the learner was there. That is no change, and stays.
    let changes = vec![
        event("enrolled", "2026-06-08"),
        event("dropped", "2026-07-15"),
        row(json!({ "status": "dropped", "effectivity_date": "2026-07-15" })),
    ];
    assert_eq!(school.push(changes).await, [None, RULE, RULE]);

    // Whatever a deletion says beside, it is of the learner that it was of.
    let rev_of_stay = school.rev("section_membership", stay).await;
    let mut gone = school.numbered(vec![
        ("section_membership", stay, rev_of_stay, json!({ "enrolment": new_id() })),
        ("section_membership", stay, rev_of_stay, json!({})),
    ]);
    gone.iter_mut().for_each(|change| change.kind = ChangeKind::Delete);
    assert_eq!(push(&school.town, &school.office, gone).await, [RULE, RULE]);

    // After the month everything goes.
    let changes = vec![
        event("dropped", "2026-08-05"),
        row(json!({ "status": "dropped", "effectivity_date": "2026-08-05" })),
        ("section_membership", stay, rev_of_stay, json!({ "valid_to": "2026-08-05" })),
    ];
    assert_eq!(school.push(changes).await, [None; 3]);
}

#[tokio::test]
async fn the_days_of_a_signed_month_are_other_ones_once_it_is_opened_again() {
    let mut school = School::new().await;
    let year = school.year;
    let tenant = school.tenant;
    let day = |on: &str, scope: &str| {
        let fields = json!({ "school_year": year, "on_date": on, "scope": scope, "kind": "suspension" });
        ("calendar_day", derived("calendar_day", tenant, &fields), 0, fields)
    };
    let rev = school.rev("school_year", year).await;
    let changes = vec![
        day("2026-07-10", "school"),
        day("2026-07-10", "jhs"),
        day("2026-07-10", "shs"),
        day("2026-08-10", "school"),
        ("school_year", year, rev, json!({ "start_date": "2026-07-06" })),
        ("school_year", year, rev, json!({ "start_date": "2026-06-08", "status": "closed" })),
    ];
    assert_eq!(school.push(changes).await, [RULE, RULE, None, None, RULE, None]);

    // Who may opens the month, and goes on in the same breath.
    let head = school.town.world.device_as("rizal", Role::SchoolHead).await;
    let rev_of_report = school.rev("sf2_report", school.report).await;
    let opened = json!({ "state": "reopened", "reason": "Suspended by the division" });
    let opens = of("sf2_report", 1, school.report, rev_of_report, None, opened);
    assert_eq!(push(&school.town, &head, vec![opens]).await, [None]);
    let mut changes = vec![day("2026-07-10", "school")];
    changes.extend(school.moves("2026-07-13").await);
    assert_eq!(school.push(changes).await, [None; 3]);
}

#[tokio::test]
async fn what_was_done_before_the_signature_of_the_same_push_stands_and_what_was_done_after_it_does_not() {
    let mut school = School::new().await;
    let month = json!({ "section": school.rizal, "month": "2026-08-01", "state": "signed" });
    let august = derived("sf2_report", school.tenant, &month);
    let mut changes = school.moves("2026-08-10").await;
    changes.push(("sf2_report", august, 0, month));
    let (id, back) = school.stay(school.rizal, "2026-08-20");
    changes.push(("section_membership", id, 0, back));
    assert_eq!(school.push(changes).await, [None, None, None, RULE]);
}

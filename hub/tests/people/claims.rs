//! What a device says of itself and of people, by a device that says what it likes: none of it is taken on its word.

use crate::town::{PASSWORD, Person, Town};
use crate::world::{Answer, Device, edit, learner, new_id, now};
use pems_model::wire::{Change, ChangeKind, Outcome};
use pems_model::{Code, Entity, Role, Row, Schema, Value, natural};
use serde_json::{Value as Json, json};
use uuid::Uuid;

const CHOSEN: &str = "limang ibon sa bubong";

/// The codes of what was refused, in the order of the changes.
pub(crate) fn told(answer: &Answer) -> Vec<Option<Code>> {
    let code = |outcome: &Outcome| match outcome {
        Outcome::Refused { problem } => Some(problem.code),
        _ => None,
    };
    answer.results.iter().map(|result| code(&result.outcome)).collect()
}

pub(crate) fn of(entity: &str, op_no: i64, id: Uuid, base_rev: i64, by: Option<Uuid>, fields: Json) -> Change {
    Change { entity: entity.into(), user_id: by, ..edit(op_no, id, base_rev, fields) }
}

pub(crate) async fn push(town: &Town, device: &Device, changes: Vec<Change>) -> Vec<Option<Code>> {
    told(&town.world.sync(device, &device.push(0, changes)).await.expect("an answer"))
}

/// The revision of a row as a device that pulls everything sees it.
pub(crate) async fn rev_of(town: &Town, device: &Device, entity: &str, id: Uuid) -> i64 {
    let answer = town.world.sync(device, &device.request(0)).await.expect("an answer");
    answer.rows(entity).iter().find(|row| row.id == id).expect("the row").rev
}

/// The id that follows from these values.
pub(crate) fn derived(entity: &str, tenant: Uuid, key: &Json) -> Uuid {
    let declared: &Entity = Schema::product().entity(entity).expect("declared");
    let mut row = Row::empty(declared, Uuid::nil());
    for (i, field) in declared.fields.iter().enumerate() {
        if let Some(json) = key.get(field.name) {
            row.values[i] = Value::parse(field, json).expect("a value");
        }
    }
    natural::derived_id(declared, tenant, &row).expect("a natural key")
}

async fn signs_in(town: &Town, person: &Person, password: &str) -> bool {
    town.try_sign_in(&person.school, &person.email, password).await.status.is_success()
}

/// A section with a learner, at the hub. The section, the learner and the next `op_no` of the device.
pub(crate) async fn class(town: &Town, device: &Device, tenant: Uuid) -> (Uuid, Uuid, i64) {
    let year = json!({ "label": "2026-2027", "start_date": "2026-06-01", "end_date": "2027-03-31", "status": "open" });
    let year_id = derived("school_year", tenant, &year);
    let section = json!({ "school_year": year_id, "grade_level": "7", "name": "Rizal" });
    let section_id = derived("section", tenant, &section);
    let child = learner(3, "Cruz");
    let child_id = child.row_id;
    let changes =
        vec![of("school_year", 1, year_id, 0, None, year), of("section", 2, section_id, 0, None, section), child];
    assert_eq!(push(town, device, changes).await, [None, None, None]);
    (section_id, child_id, 4)
}

#[tokio::test]
async fn a_claim_alone_sets_no_password_and_no_role() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let head = town.person("rizal", admin.tenant, "head@rizal.ph", Role::SchoolHead).await;
    let set = || json!({ "verifier": crate::town::hash_of(CHOSEN), "must_change": false });
    for role in [Role::Registrar, Role::SchoolAdmin] {
        let device = town.world.device_as("rizal", role).await;
        let (hers, mine) = (
            rev_of(&town, &device, "school_user", head.id).await,
            rev_of(&town, &device, "school_user", admin.id).await,
        );
        let changes = vec![
            of("school_user", 1, head.id, hers, Some(head.id), set()),
            of("school_user", 2, head.id, hers, Some(admin.id), set()),
            of("school_user", 3, admin.id, mine, Some(admin.id), set()),
            of("school_user", 4, head.id, hers, Some(admin.id), json!({ "role": "school_admin" })),
            of("school_user", 5, head.id, hers, None, json!({ "role": "school_admin" })),
            of("school_user", 6, head.id, hers, None, set()),
            of("school_user", 7, admin.id, mine, Some(admin.id), json!({ "disabled": true })),
            of("school_user", 8, admin.id, mine, None, json!({ "role": "viewer" })),
            of("school_user", 9, new_id(), 0, Some(admin.id), json!({ "name": "Eve", "role": "school_admin" })),
            Change { kind: ChangeKind::Delete, ..of("school_user", 10, admin.id, mine, Some(admin.id), json!({})) },
        ];
        let count = changes.len();
        assert_eq!(push(&town, &device, changes).await, vec![Some(Code::RoleForbidden); count], "{role:?}");
    }
    assert!(signs_in(&town, &admin, PASSWORD).await && signs_in(&town, &head, PASSWORD).await);
    let kept: i64 = town.world.scalar("SELECT count(*) FROM change_log WHERE fields::text LIKE '%argon2%'").await;
    assert_eq!(kept, 0, "what was refused is in the log without the verifier");
}

#[tokio::test]
async fn who_is_no_user_of_this_school_is_no_author_and_nobody_is_one_by_being_named() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let other = town.school_with_admin("luna").await;
    let device = town.world.device_as("rizal", Role::Registrar).await;
    let by = |op_no, who: Uuid| Change { user_id: Some(who), at: now(), ..learner(op_no, "Cruz") };
    let changes = vec![by(1, new_id()), by(2, other.id), by(3, Uuid::nil()), by(4, admin.id)];
    let missing = Some(Code::ParentMissing);
    assert_eq!(push(&town, &device, changes).await, [missing, missing, missing, None]);
    let named: i64 = town.world.scalar("SELECT count(*) FROM change_log WHERE user_id IS NOT NULL").await;
    assert_eq!(named, 0, "the work is kept, as the device's: nobody of these has signed in there");
}

#[tokio::test]
async fn who_was_disabled_may_have_worked_before() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let gone = town.person("rizal", admin.tenant, "g@rizal.ph", Role::Registrar).await;
    let office = town.world.device_as("rizal", Role::Registrar).await;
    let before = now();
    let me = town.sign_in(&admin).await;
    town.patch(&format!("/users/{}", gone.id), &me.access, &json!({ "disabled": true })).await.data();
    let by = |op_no, at| Change { user_id: Some(gone.id), at, ..learner(op_no, "Cruz") };
    let changes = vec![by(1, before), by(2, now() + 1_000_000), by(3, i64::MAX)];
    let refused = Some(Code::RoleForbidden);
    assert_eq!(push(&town, &office, changes).await, [None, refused, refused]);
    // Level with the hub: nothing that it sends from now on was made before.
    assert_eq!(push(&town, &office, vec![by(4, before)]).await, [refused]);
}

#[tokio::test]
async fn a_signature_is_ones_own_and_locks_the_month_for_whoever_may_not_open_it() {
    let town = Town::new().await;
    let tenant = town.school("rizal").await;
    let device = town.world.device_as("rizal", Role::Teacher).await;
    let office = town.world.device_as("rizal", Role::Registrar).await;
    let (section, child, next) = class(&town, &office, tenant).await;
    let sheet = json!({ "section": section, "on_date": "2026-07-01", "session": "day" });
    let sheet_id = derived("attendance_sheet", tenant, &sheet);
    let mark = json!({ "sheet": sheet_id, "student": child, "code": "A" });
    let mark_id = derived("attendance_mark", tenant, &mark);
    let month = json!({ "section": section, "month": "2026-07-01", "state": "signed" });
    let report = derived("sf2_report", tenant, &month);
    let in_name = |name: Uuid| {
        let mut month = month.clone();
        month["signed_by"] = json!(name);
        month
    };
    let rule = Some(Code::Rule);
    let changes = vec![
        of("attendance_sheet", 1, sheet_id, 0, None, sheet.clone()),
        of("attendance_mark", 2, mark_id, 0, None, mark),
        of("sf2_report", 3, report, 0, None, in_name(new_id())),
        of("sf2_report", 4, report, 0, None, month.clone()),
        of("attendance_mark", 5, mark_id, 0, None, json!({ "code": "P" })),
    ];
    assert_eq!(push(&town, &device, changes).await, [None, None, rule, None, rule]);

    let rev = |entity: &'static str, id| rev_of(&town, &office, entity, id);
    let (of_mark, of_sheet, of_report) = (
        rev("attendance_mark", mark_id).await,
        rev("attendance_sheet", sheet_id).await,
        rev("sf2_report", report).await,
    );
    let late = json!({ "section": section, "on_date": "2026-07-31", "session": "day" });
    let august = json!({ "section": section, "on_date": "2026-08-01", "session": "day" });
    let attempts = |next: i64| {
        vec![
            of("attendance_mark", next, mark_id, of_mark, None, json!({ "code": "L" })),
            Change { kind: ChangeKind::Delete, ..of("attendance_mark", next + 1, mark_id, of_mark, None, json!({})) },
            of("attendance_sheet", next + 2, sheet_id, of_sheet, None, json!({ "correction": "typed wrong" })),
            of("attendance_sheet", next + 3, derived("attendance_sheet", tenant, &late), 0, None, late.clone()),
            of("attendance_sheet", next + 4, derived("attendance_sheet", tenant, &august), 0, None, august.clone()),
            of("sf2_report", next + 5, report, of_report, None, json!({ "state": "reopened", "reason": "a mistake" })),
            of("sf2_report", next + 6, report, of_report, None, json!({ "signed_at": "2026-08-03T00:00:00Z" })),
            Change { kind: ChangeKind::Delete, ..of("sf2_report", next + 7, report, of_report, None, json!({})) },
        ]
    };
    let may_not = Some(Code::RoleForbidden);
    let refused = [rule, rule, rule, rule, None, may_not, may_not, may_not];
    assert_eq!(push(&town, &device, attempts(6)).await, refused, "a teacher's PC");
    assert_eq!(push(&town, &office, attempts(next)).await, refused, "a registrar's");

    // Who may open it does, with a reason; what was parked goes through when it is sent again.
    let head = town.world.device_as("rizal", Role::SchoolHead).await;
    let changes = vec![
        of("sf2_report", 1, report, of_report, None, json!({ "state": "reopened" })),
        of("sf2_report", 2, report, of_report, None, json!({ "state": "reopened", "reason": "Ana was there" })),
    ];
    assert_eq!(push(&town, &head, changes).await, [rule, None]);
    let again = of("attendance_mark", 14, mark_id, of_mark, None, json!({ "code": "L" }));
    assert_eq!(push(&town, &device, vec![again]).await, [None]);
}

#[tokio::test]
async fn no_mark_leaves_a_signed_month_and_no_day_is_taken_outside_of_the_year() {
    let town = Town::new().await;
    let tenant = town.school("rizal").await;
    let device = town.world.device_as("rizal", Role::Teacher).await;
    let office = town.world.device_as("rizal", Role::Registrar).await;
    let (section, child, _) = class(&town, &office, tenant).await;
    let sheet = |day: &str| json!({ "section": section, "on_date": day, "session": "day" });
    let id = |day: &str| derived("attendance_sheet", tenant, &sheet(day));
    let (july, august) = (id("2026-07-01"), id("2026-08-03"));
    let mark = json!({ "sheet": july, "student": child, "code": "A" });
    let mark_id = derived("attendance_mark", tenant, &mark);
    let month = json!({ "section": section, "month": "2026-07-01", "state": "signed" });
    let taken = |op_no, day: &str| of("attendance_sheet", op_no, id(day), 0, None, sheet(day));
    let changes = vec![
        taken(1, "2026-07-01"),
        taken(2, "2026-08-03"),
        of("attendance_mark", 3, mark_id, 0, None, mark),
        of("sf2_report", 4, derived("sf2_report", tenant, &month), 0, None, month),
    ];
    assert_eq!(push(&town, &device, changes).await, [None; 4]);

    let rev = rev_of(&town, &office, "attendance_mark", mark_id).await;
    let of_sheet = rev_of(&town, &office, "attendance_sheet", july).await;
    let rule = Some(Code::Rule);
    let changes = vec![
        // Said to be of a day that is open, with another mark.
        of("attendance_mark", 5, mark_id, rev, None, json!({ "sheet": august, "code": "P" })),
        Change { kind: ChangeKind::Delete, ..of("attendance_mark", 6, mark_id, rev, None, json!({ "sheet": august })) },
        of("attendance_sheet", 7, july, of_sheet, None, json!({ "on_date": "2026-08-04", "correction": "moved" })),
        // The school year goes from 1 June to 31 March.
        taken(8, "2026-05-31"),
        taken(9, "2027-04-01"),
        taken(10, "2027-03-31"),
    ];
    assert_eq!(push(&town, &device, changes).await, [rule, rule, rule, rule, rule, None]);
    assert_eq!(rev_of(&town, &office, "attendance_mark", mark_id).await, rev, "the mark stands");
}

#[tokio::test]
async fn an_enrolment_stands_where_its_events_say() {
    let town = Town::new().await;
    let tenant = town.school("rizal").await;
    let device = town.world.device_as("rizal", Role::Registrar).await;
    let (_, child, _) = class(&town, &device, tenant).await;
    let year = derived("school_year", tenant, &json!({ "label": "2026-2027" }));
    let made = json!({ "student": child, "school_year": year, "grade_level": "7", "status": "pre_registered" });
    let id = derived("enrolment", tenant, &made);
    let event = |op_no, event: Uuid, status: &str| {
        let fields = json!({ "enrolment": id, "kind": status, "on_date": "2026-07-01", "status": status });
        of("enrolment_event", op_no, event, 0, None, fields)
    };
    let to = |op_no, status: &str| of("enrolment", op_no, id, 1, None, json!({ "status": status }));
    let rule = Some(Code::Rule);
    let changes = vec![of("enrolment", 4, id, 0, None, made), to(5, "completed"), to(6, "dropped")];
    assert_eq!(push(&town, &device, changes).await, [None, rule, rule]);

    let (enrolled, completed) = (new_id(), new_id());
    let changes = vec![event(7, enrolled, "enrolled"), to(8, "enrolled"), to(9, "completed")];
    assert_eq!(push(&town, &device, changes).await, [None, None, rule]);
    // In one push the row may come before what happened, and an event that is refused justifies nothing.
    let bad = Change { fields: [("kind".to_owned(), json!("vanished"))].into(), ..event(11, new_id(), "dropped") };
    let changes = vec![to(10, "dropped"), bad, to(12, "completed"), event(13, completed, "completed")];
    assert_eq!(push(&town, &device, changes).await, [rule, Some(Code::NotAChoice), None, None]);
    // Taking back: the events go, and the row says again what it said.
    let gone =
        |op_no, event| Change { kind: ChangeKind::Delete, ..of("enrolment_event", op_no, event, 99, None, json!({})) };
    let changes = vec![to(14, "enrolled"), gone(15, completed), to(16, "pre_registered"), gone(17, enrolled)];
    assert_eq!(push(&town, &device, changes).await, [None; 4]);
}

#[tokio::test]
async fn an_e_mail_changed_at_an_office_is_the_one_to_sign_in_with() {
    let town = Town::new().await;
    let tenant = town.school("rizal").await;
    let device = town.world.device_as("rizal", Role::SchoolAdmin).await;
    let (cora, ben) = (new_id(), new_id());
    let user = |name: &str, email: &str| json!({ "name": name, "email": email, "role": "registrar", "verifier": crate::town::hash_of(CHOSEN) });
    let changes = vec![
        of("school_user", 1, cora, 0, None, user("Cora", "cora@rizal.ph")),
        of("school_user", 2, ben, 0, None, user("Ben", "Ben@Rizal.ph")),
    ];
    assert_eq!(push(&town, &device, changes).await, [None, None]);
    let rev = rev_of(&town, &device, "school_user", cora).await;
    let to = |op_no, email: Json| of("school_user", op_no, cora, rev, None, json!({ "email": email }));
    let changes = vec![
        to(3, json!("no address")),
        to(4, json!("BEN@rizal.ph")),
        to(5, Json::Null),
        to(6, json!("Cora.Reyes@Rizal.ph")),
    ];
    let refused = [Some(Code::BadFormat), Some(Code::Conflict), Some(Code::Required), None];
    assert_eq!(push(&town, &device, changes).await, refused);
    let person = |email: &str| Person { school: "rizal".into(), tenant, id: cora, email: email.into() };
    assert!(signs_in(&town, &person("cora.reyes@rizal.ph"), CHOSEN).await);
    assert!(!signs_in(&town, &person("cora@rizal.ph"), CHOSEN).await);
}

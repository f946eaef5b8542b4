//! A device that says what it likes, against the plan alone: whatever it sends, the rules about people and months hold.

use super::Court;
use crate::domain::people::administers;
use crate::domain::{Author, Person, attendance};
use crate::edit_time::ClockReading;
use crate::entities::{
    ATTENDANCE_MARK, ATTENDANCE_SHEET, ENROLMENT, ENROLMENT_EVENT, SCHOOL_USER, SCHOOL_YEAR, SECTION_MEMBERSHIP,
    SF2_REPORT, STUDENT,
};
use crate::proof::{change_text, holds, key_of, sign, sign_in_text};
use crate::push::{Known, Plan, Push, plan};
use crate::wire::{Change, ChangeKind, SignedIn};
use crate::{Entity, Role, Row, Schema, Value};
use ed25519_dalek::SigningKey;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use uuid::Uuid;

const TENANT: Uuid = Uuid::from_u128(1);
const DEVICE: Uuid = Uuid::from_u128(2);
const SECTION: Uuid = Uuid::from_u128(3);
const NOW: i64 = 1_000_000;

/// Numbers that follow from a seed.
struct Dice(blake3::OutputReader);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes) as usize % n
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.below(of.len());
        &of[at]
    }
}

fn row(entity: &Entity, id: Uuid, values: &Json) -> Row {
    let mut row = Row { rev: 5, ..Row::empty(entity, id) };
    for (name, json) in values.as_object().expect("an object") {
        let i = entity.field_index(name).expect("a field");
        row.values[i] = Value::parse(&entity.fields[i], json).expect("a value");
    }
    row
}

fn key(who: usize) -> SigningKey {
    key_of(&[u8::try_from(who).expect("few people"); 32])
}

fn user_id(who: usize) -> Uuid {
    Uuid::from_u128(100 + who as u128)
}

fn verifier(who: usize) -> String {
    crate::proof::verifier((19_456, 2, 1), b"the salt of all!", &[u8::try_from(who).expect("few people"); 32])
}

/// An administrator (0), a head (1), a registrar (2), a teacher (3), somebody who is gone (4); July signed, August open.
fn school() -> Known {
    let schema = Schema::product();
    let index = |entity: &Entity| schema.index(entity.name).expect("declared");
    let mut known = Known::default();
    for (who, role) in ["school_admin", "school_head", "registrar", "teacher", "registrar"].into_iter().enumerate() {
        let values = json!({ "name": "N", "role": role, "verifier": verifier(who), "disabled": who == 4 });
        let row = row(&SCHOOL_USER, user_id(who), &values);
        known.users.insert(row.id, Person::of(&SCHOOL_USER, &row, Some(NOW / 2)));
        if administers(&row) {
            known.people.admins.insert(row.id);
        }
        known.rows.insert((index(&SCHOOL_USER), row.id), row);
    }
    for (n, day) in ["2026-07-02", "2026-08-03"].into_iter().enumerate() {
        let sheet = row(
            &ATTENDANCE_SHEET,
            Uuid::from_u128(200 + n as u128),
            &json!({ "section": SECTION, "on_date": day, "session": "day" }),
        );
        let Value::Date(date) = sheet.get(&ATTENDANCE_SHEET, "on_date") else { panic!("a date") };
        let report = attendance::report_of(TENANT, SECTION, *date).expect("an id");
        if n == 0 {
            let signed =
                json!({ "section": SECTION, "month": "2026-07-01", "state": "signed", "signed_by": user_id(3) });
            known.rows.insert((index(&SF2_REPORT), report), row(&SF2_REPORT, report, &signed));
        }
        let mark = json!({ "sheet": sheet.id, "student": Uuid::from_u128(9), "code": "A" });
        let mark = row(&ATTENDANCE_MARK, Uuid::from_u128(300 + n as u128), &mark);
        known.rows.insert((index(&ATTENDANCE_MARK), mark.id), mark);
        known.rows.insert((index(&ATTENDANCE_SHEET), sheet.id), sheet);
    }
    known
}

fn change(dice: &mut Dice, known: &Known, op_no: i64) -> Change {
    let schema = Schema::product();
    let keys: Vec<_> = known.rows.keys().copied().collect();
    let (index, row_id) = *dice.pick(&keys);
    let entity = schema.entities()[index].name;
    let fields: Vec<Json> = match entity {
        "school_user" => vec![
            json!({ "role": dice.pick(&["school_admin", "teacher", "viewer"]) }),
            json!({ "disabled": dice.below(2) == 0 }),
            json!({ "verifier": verifier(9), "must_change": false }),
            json!({ "email": "a@b.ph" }),
        ],
        "sf2_report" => vec![
            json!({ "state": "reopened", "reason": "why" }),
            json!({ "state": "signed", "signed_by": user_id(dice.below(4)) }),
            json!({ "signed_by": user_id(dice.below(4)) }),
        ],
        "attendance_mark" => vec![json!({ "code": dice.pick(&["P", "L"]) })],
        _ => vec![json!({ "correction": "typed wrong" })],
    };
    let deletes = dice.below(8) == 0;
    let fields = if deletes { json!({}) } else { dice.pick(&fields).clone() };
    Change {
        id: Uuid::from_u128(1_000 + op_no.unsigned_abs() as u128),
        op_no,
        entity: entity.into(),
        row_id,
        kind: if deletes { ChangeKind::Delete } else { ChangeKind::Upsert },
        base_rev: 5,
        fields: fields.as_object().cloned().unwrap_or_default().into_iter().collect(),
        group: (dice.below(4) == 0).then(|| Uuid::from_u128(7)),
        user_id: (dice.below(5) > 0).then(|| user_id(dice.below(6))),
        at: i64::try_from(dice.below(usize::try_from(2 * NOW).expect("small"))).expect("small"),
    }
}

/// What must hold whatever was sent.
fn check(push: &Push<'_>, known: &Known, changes: &[Change], plan: &Plan) {
    let users = push.schema.index(SCHOOL_USER.name).expect("declared");
    let mut rows = known.rows.clone();
    rows.extend(plan.writes.iter().map(|(key, write)| (*key, write.after.clone())));
    assert!(rows.iter().any(|((index, _), row)| *index == users && administers(row)), "nobody administers");
    for (change, entry) in changes.iter().zip(plan.log.iter().filter(|entry| entry.op_no.is_some())) {
        let who = change.user_id.unwrap_or_default();
        // Their own key, or the one that a change of this push may have given them.
        let keys: Vec<_> = (0..5).filter(|other| user_id(*other) == who).chain([9]).map(key).collect();
        let any =
            |text: &str, proof: &String| keys.iter().any(|key| holds(&key.verifying_key().to_bytes(), text, proof));
        let text = change_text(TENANT, DEVICE, change);
        let signed = push.proofs.get(&change.op_no).is_some_and(|proof| any(&text, proof));
        let of = push.people.iter().filter(|signed| signed.user == who);
        let here = of.into_iter().any(|signed| any(&sign_in_text(TENANT, DEVICE, who), &signed.proof));
        assert!(entry.user.is_none() || entry.user == change.user_id && (here || signed), "{change:?}");
        if entry.rev.is_none() {
            continue;
        }
        let enables =
            |other: &Change| other.row_id == user_id(4) && other.fields.get("disabled") == Some(&json!(false));
        let back = changes.iter().any(enables);
        match change.entity.as_str() {
            "school_user" | "sf2_report" => assert!(signed && (who != user_id(4) || back), "{change:?}"),
            // As it stands before the push: who signs, opens and has which role may change within it.
            _ if !changes.iter().any(|other| !other.entity.starts_with("attendance")) => {
                let july = [Uuid::from_u128(200), Uuid::from_u128(300)].contains(&change.row_id);
                let named = known.users.get(&who).and_then(|person| person.role);
                let opens = |role: Role| crate::Act::ReopenMonth.allows(role);
                assert!(
                    !july || opens(push.role) && (change.user_id.is_none() || named.is_some_and(opens)),
                    "{change:?}"
                );
            }
            _ => {}
        }
    }
}

#[test]
fn whatever_a_device_says_the_rules_about_people_and_months_hold() {
    let known = school();
    let (mut taken, mut refused) = (0, 0);
    for seed in 0_u32..400 {
        let mut dice = Dice(blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof());
        let count = 1 + dice.below(6);
        let changes: Vec<Change> = (1..=count).map(|op_no| change(&mut dice, &known, op_no as i64)).collect();
        let mut proofs = BTreeMap::new();
        for change in &changes {
            // By whoever is named, by somebody else, or by nobody; sometimes of another change.
            let who = (0..6).find(|who| change.user_id == Some(user_id(*who))).unwrap_or(0);
            let signer = if dice.below(4) == 0 { dice.below(6) } else { who };
            let mut text = change_text(TENANT, DEVICE, change);
            if dice.below(6) == 0 {
                text.push('.');
            }
            if dice.below(3) > 0 {
                proofs.insert(change.op_no, sign(&key(signer), &text));
            }
        }
        let device = if dice.below(5) == 0 { Uuid::from_u128(99) } else { DEVICE };
        let people: Vec<SignedIn> = (0..4)
            .filter(|_| dice.below(2) == 0)
            .map(|who| (user_id(who), sign(&key(who), &sign_in_text(TENANT, device, user_id(who)))))
            .map(|(user, proof)| SignedIn { user, proof })
            .collect();
        let push = Push {
            schema: Schema::product(),
            tenant: TENANT,
            replica: DEVICE,
            role: *dice.pick(&Role::ALL),
            clock: ClockReading { offset: 0, last_drained: 0, now: NOW },
            rev: 10,
            people: &people,
            proofs: &proofs,
        };
        let plan = plan(&push, &known, &changes);
        assert_eq!(plan.results.len(), changes.len());
        let written = plan.log.iter().filter(|entry| entry.op_no.is_some() && entry.rev.is_some()).count();
        (taken, refused) = (taken + written, refused + changes.len() - written);
        check(&push, &known, &changes, &plan);
    }
    assert!(taken > 100 && refused > 100, "both happen: {taken} and {refused}");
}

#[test]
fn a_birth_of_next_week_and_an_enrolment_of_a_hundred_years_ago_are_refused_and_a_clock_a_day_ahead_is_not() {
    let schema = Schema::product();
    let index = |entity: &Entity| schema.index(entity.name).expect("declared");
    let (year, enrolment) = (Uuid::from_u128(400), Uuid::from_u128(401));
    let mut known = Known::default();
    let fields =
        json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-03-31", "status": "open" });
    known.rows.insert((index(&SCHOOL_YEAR), year), row(&SCHOOL_YEAR, year, &fields));
    // Ten in the evening in London is the 16th in Manila.
    let now = crate::value::parse_time("2026-07-15T22:00:00Z").expect("a moment");
    let push = Push {
        schema,
        tenant: TENANT,
        replica: DEVICE,
        role: Role::Registrar,
        clock: ClockReading { offset: 0, last_drained: 0, now },
        rev: 10,
        people: &[],
        proofs: &BTreeMap::new(),
    };
    let change = |entity: &Entity, id: Uuid, fields: Json| Change {
        id: Uuid::from_u128(1_000),
        op_no: 1,
        entity: entity.name.into(),
        row_id: id,
        kind: ChangeKind::Upsert,
        base_rev: 0,
        fields: fields.as_object().cloned().unwrap_or_default().into_iter().collect(),
        group: None,
        user_id: None,
        at: now,
    };
    let author = Author { device: Role::Registrar, person: None };
    let mut court = Court::new(&push, &known);
    let born = |court: &Court<'_>, day: &str| {
        let fields = json!({ "last_name": "Cruz", "first_name": "Ana", "birth_date": day });
        court.judge(&STUDENT, &change(&STUDENT, Uuid::from_u128(9), fields), &author)
    };
    assert_eq!(born(&court, "2026-07-16"), None, "today in Manila");
    assert_eq!(born(&court, "2026-07-17"), None, "a PC whose clock is a day ahead");
    assert_eq!(born(&court, "2026-07-18").expect("a problem").field.as_deref(), Some("birth_date"));

    // The enrolment is made by the same push.
    let made = json!({ "student": Uuid::from_u128(9), "school_year": year, "grade_level": "7", "status": "enrolled" });
    court.learn(0, &ENROLMENT, &change(&ENROLMENT, enrolment, made));
    let event = |court: &Court<'_>, day: &str| {
        let fields = json!({ "enrolment": enrolment, "kind": "enrolled", "on_date": day, "status": "enrolled" });
        court.judge(&ENROLMENT_EVENT, &change(&ENROLMENT_EVENT, Uuid::from_u128(402), fields), &author)
    };
    for day in ["2026-06-08", "2026-01-26", "2027-03-31"] {
        assert_eq!(event(&court, day), None, "{day}");
    }
    for day in ["1926-06-08", "2025-05-01", "2027-04-01"] {
        assert_eq!(event(&court, day).expect("a problem").field.as_deref(), Some("on_date"), "{day}");
    }
    let stay = |from: &str, to: Option<&str>| {
        let fields = json!({ "enrolment": enrolment, "section": SECTION, "valid_from": from, "valid_to": to });
        let stay = change(&SECTION_MEMBERSHIP, Uuid::from_u128(403), fields);
        court.judge(&SECTION_MEMBERSHIP, &stay, &author).and_then(|problem| problem.field)
    };
    for (from, to) in [("2026-06-08", None), ("2026-01-26", Some("2026-06-08")), ("2027-03-31", Some("2027-04-01"))] {
        assert_eq!(stay(from, to), None, "{from} {to:?}");
    }
    assert_eq!(stay("1926-06-08", None).as_deref(), Some("valid_from"));
    assert_eq!(stay("2026-06-08", Some("2027-04-02")).as_deref(), Some("valid_to"));
}

//! What people can prove at a PC without a network: that they typed their password there, and what they signed.

use crate::claims::{class, derived, of, push, rev_of, told};
use crate::town::{PASSWORD, Person, Town, hash_of, key_of};
use crate::world::{Device, learner, new_id, now};
use ed25519_dalek::SigningKey;
use pems_model::proof::{change_text, sign, sign_in_text};
use pems_model::wire::{Change, ChangeKind, SignedIn, SyncRequest};
use pems_model::{Code, Role};
use serde_json::json;
use uuid::Uuid;

const CHOSEN: &str = "limang ibon sa bubong";
const FORBIDDEN: Option<Code> = Some(Code::RoleForbidden);

fn signed_in(device: &Device, user: Uuid, key: &SigningKey) -> SignedIn {
    let text = sign_in_text(device.identity.tenant_id, device.identity.device_id, user);
    SignedIn { user, proof: sign(key, &text) }
}

/// Changes of somebody who is signed in at the device, each signed.
pub(crate) fn signed(device: &Device, person: Uuid, key: &SigningKey, changes: Vec<Change>) -> SyncRequest {
    let text = |change: &Change| change_text(device.identity.tenant_id, device.identity.device_id, change);
    let proofs = changes.iter().map(|change| (change.op_no, sign(key, &text(change)))).collect();
    SyncRequest { people: vec![signed_in(device, person, key)], proofs, ..device.push(0, changes) }
}

async fn send(town: &Town, device: &Device, request: &SyncRequest) -> Vec<Option<Code>> {
    told(&town.world.sync(device, request).await.expect("an answer"))
}

/// Who is named by the change log, for each change of the device.
async fn named(town: &Town, device: &Device) -> Vec<Option<Uuid>> {
    let sql =
        format!("SELECT user_id FROM change_log WHERE replica_id = '{}' ORDER BY op_no", device.identity.device_id);
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut town.world.owner().await).await.expect("a log")
}

async fn rizal(town: &Town) -> (Person, SigningKey) {
    (town.school_with_admin("rizal").await, key_of(PASSWORD))
}

#[tokio::test]
async fn an_administrator_who_is_there_changes_people_and_the_school_keeps_one() {
    let town = Town::new().await;
    let (admin, key) = rizal(&town).await;
    let device = town.world.device_as("rizal", Role::SchoolAdmin).await;
    let mine = rev_of(&town, &device, "school_user", admin.id).await;
    let other = new_id();
    let by = |op_no, id, rev, fields| of("school_user", op_no, id, rev, Some(admin.id), fields);
    let gone = |op_no| Change { kind: ChangeKind::Delete, ..by(op_no, admin.id, mine, json!({})) };
    let user = json!({ "name": "Ben", "email": "ben@rizal.ph", "role": "teacher", "verifier": hash_of(CHOSEN) });
    let changes = vec![
        by(1, admin.id, mine, json!({ "role": "school_head" })),
        by(2, admin.id, mine, json!({ "disabled": true })),
        gone(3),
        by(4, other, 0, user),
        by(5, admin.id, mine, json!({ "disabled": true })),
        by(6, other, 0, json!({ "role": "school_admin" })),
        by(7, admin.id, mine, json!({ "role": "teacher" })),
        by(8, other, 0, json!({ "disabled": true })),
    ];
    let last = Some(Code::LastAdmin);
    // The eighth is made by somebody who is no administrator any more.
    let told = send(&town, &device, &signed(&device, admin.id, &key, changes)).await;
    assert_eq!(told, [last, last, last, None, last, None, None, FORBIDDEN]);
    let ben = of("school_user", 9, other, 99, Some(other), json!({ "role": "teacher" }));
    let told = send(&town, &device, &signed(&device, other, &key_of(CHOSEN), vec![ben])).await;
    assert_eq!(told, [last]);
}

#[tokio::test]
async fn a_signature_is_of_one_person_one_device_and_one_change() {
    let town = Town::new().await;
    let (admin, key) = rizal(&town).await;
    let device = town.world.device_as("rizal", Role::SchoolAdmin).await;
    let elsewhere = town.world.device_as("rizal", Role::SchoolAdmin).await;
    let rev = rev_of(&town, &device, "school_user", admin.id).await;
    let change = |op_no| of("school_user", op_no, admin.id, rev, Some(admin.id), json!({ "name": "Ana Cruz" }));
    let right = signed(&device, admin.id, &key, vec![change(1)]);

    let stolen = SyncRequest { proofs: right.proofs.clone(), ..elsewhere.push(0, right.changes.clone()) };
    assert_eq!(send(&town, &elsewhere, &stolen).await, [FORBIDDEN], "from another PC");
    let mut altered = right.clone();
    altered.changes[0].fields.insert("role".into(), json!("teacher"));
    assert_eq!(send(&town, &device, &altered).await, [FORBIDDEN], "with another field");
    let guessed = signed(&device, admin.id, &key_of(CHOSEN), vec![change(2)]);
    assert_eq!(send(&town, &device, &guessed).await, [FORBIDDEN], "with another password");
    let only_there = SyncRequest { proofs: [].into(), ..signed(&device, admin.id, &key, vec![change(3)]) };
    assert_eq!(send(&town, &device, &only_there).await, [FORBIDDEN], "being there is not having done it");
    let garbage = SyncRequest { proofs: [(4, "?".into())].into(), ..device.push(0, vec![change(4)]) };
    assert_eq!(send(&town, &device, &garbage).await, [FORBIDDEN]);

    let mut again = right.clone();
    again.changes[0] = Change { op_no: 5, id: new_id(), ..again.changes[0].clone() };
    again.proofs = [(5, right.proofs[&1].clone())].into();
    assert_eq!(send(&town, &device, &again).await, [None], "sent again under another number it is the same change");
}

#[tokio::test]
async fn who_typed_their_password_is_named_also_after_it_changed() {
    let town = Town::new().await;
    let (admin, old) = rizal(&town).await;
    let (here, there) =
        (town.world.device_as("rizal", Role::Registrar).await, town.world.device_as("rizal", Role::SchoolAdmin).await);
    let by = |op_no, at| Change { user_id: Some(admin.id), at, ..learner(op_no, "Cruz") };
    let with = |device: &Device, keys: &[&SigningKey], changes| SyncRequest {
        people: keys.iter().map(|key| signed_in(device, admin.id, key)).collect(),
        ..device.push(0, changes)
    };
    let before = now();
    let copied = SyncRequest { people: vec![signed_in(&there, admin.id, &old)], ..here.push(0, vec![by(1, now())]) };
    let changed = of(
        "school_user",
        1,
        admin.id,
        rev_of(&town, &there, "school_user", admin.id).await,
        Some(admin.id),
        json!({ "verifier": hash_of(CHOSEN) }),
    );
    // The device here was offline for all of this: it never was level with the hub.
    let more = |request: SyncRequest| SyncRequest { more: true, ..request };
    assert_eq!(send(&town, &here, &more(copied)).await, [None]);
    assert_eq!(send(&town, &here, &more(with(&here, &[&old], vec![by(2, now())]))).await, [None]);
    assert_eq!(send(&town, &there, &signed(&there, admin.id, &old, vec![changed])).await, [None]);
    let after = now() + 1_000_000;
    let new = key_of(CHOSEN);
    let late = with(&here, &[&old], vec![by(3, before), by(4, after)]);
    assert_eq!(send(&town, &here, &more(late)).await, [None, None]);
    assert_eq!(send(&town, &here, &with(&here, &[&old, &new], vec![by(5, after)])).await, [None]);
    let me = Some(admin.id);
    assert_eq!(named(&town, &here).await, [None, me, me, None, me]);
    let kept: i64 = town.world.scalar("SELECT count(*) FROM change_log WHERE fields::text LIKE '%argon2%'").await;
    assert_eq!(kept, 0, "the log has keys, and no salt to try passwords with");
}

#[tokio::test]
async fn a_new_password_counts_from_the_change_on_that_brings_it() {
    let town = Town::new().await;
    let (admin, _) = rizal(&town).await;
    let teacher = town.person("rizal", admin.tenant, "t@rizal.ph", Role::Teacher).await;
    let office = town.world.device_as("rizal", Role::Registrar).await;
    let (section, ..) = class(&town, &office, admin.tenant).await;
    let device = town.world.device_as("rizal", Role::Teacher).await;
    let rev = rev_of(&town, &device, "school_user", teacher.id).await;
    let (old, new) = (key_of(PASSWORD), key_of(CHOSEN));
    let month = |op_no, month: &str| {
        let fields = json!({ "section": section, "month": month, "state": "signed", "signed_by": teacher.id });
        of("sf2_report", op_no, derived("sf2_report", admin.tenant, &fields), 0, Some(teacher.id), fields)
    };
    let chosen = json!({ "verifier": hash_of(CHOSEN), "must_change": false });
    let changes = vec![
        month(1, "2026-06-01"),
        of("school_user", 2, teacher.id, rev, Some(teacher.id), chosen),
        month(3, "2026-07-01"),
        month(4, "2026-08-01"),
    ];
    let mut request = signed(&device, teacher.id, &old, changes.clone());
    request.proofs.insert(4, signed(&device, teacher.id, &new, changes).proofs[&4].clone());
    assert_eq!(send(&town, &device, &request).await, [None, None, FORBIDDEN, None]);
}

#[tokio::test]
async fn a_month_is_signed_by_its_signer_and_opened_by_the_head_at_any_pc() {
    let town = Town::new().await;
    let (admin, key) = rizal(&town).await;
    let teacher = town.person("rizal", admin.tenant, "t@rizal.ph", Role::Teacher).await;
    let head = town.person("rizal", admin.tenant, "h@rizal.ph", Role::SchoolHead).await;
    let office = town.world.device_as("rizal", Role::Registrar).await;
    let (section, _, next) = class(&town, &office, admin.tenant).await;
    let month =
        |by: Option<Uuid>| json!({ "section": section, "month": "2026-07-01", "state": "signed", "signed_by": by });
    let id = derived("sf2_report", admin.tenant, &month(None));
    let open = json!({ "state": "reopened", "reason": "Ana was there" });
    let report = |op_no, by, fields| of("sf2_report", op_no, id, 0, by, fields);

    let alone = vec![
        report(next, Some(teacher.id), month(Some(teacher.id))),
        report(next + 1, None, month(None)),
        report(next + 2, None, month(Some(teacher.id))),
    ];
    assert_eq!(push(&town, &office, alone).await, [FORBIDDEN, FORBIDDEN, Some(Code::Rule)]);
    let changes = vec![
        report(next + 3, Some(teacher.id), month(Some(head.id))),
        report(next + 4, Some(teacher.id), month(None)),
        report(next + 5, Some(teacher.id), month(Some(teacher.id))),
        report(next + 6, Some(teacher.id), open.clone()),
    ];
    let rule = Some(Code::Rule);
    let told = send(&town, &office, &signed(&office, teacher.id, &key, changes)).await;
    assert_eq!(told, [rule, rule, None, FORBIDDEN]);
    let claimed = vec![report(next + 7, Some(head.id), open.clone())];
    assert_eq!(push(&town, &office, claimed).await, [FORBIDDEN], "naming the head is not being the head");
    let changes = vec![report(next + 8, Some(head.id), open)];
    assert_eq!(send(&town, &office, &signed(&office, head.id, &key, changes)).await, [None]);
}

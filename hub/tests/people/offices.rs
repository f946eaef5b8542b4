//! The people of a school at its PCs and at the hub are the same people, and what they do counts as theirs.

use crate::town::{PASSWORD, Person, Town};
use crate::world::{Answer, Device, edit, learner, new_id, now};
use pems_model::wire::{Change, ChangeKind, Outcome};
use pems_model::{Code, Entity, Role, Row, Schema, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

const CHOSEN: &str = "limang ibon sa bubong";

fn users() -> &'static Entity {
    Schema::product().entity("school_user").expect("declared")
}

fn field<'a>(row: &'a Row, name: &str) -> &'a Value {
    row.get(users(), name)
}

fn user(op_no: i64, id: Uuid, base_rev: i64, by: Option<Uuid>, fields: Json) -> Change {
    Change { entity: "school_user".into(), user_id: by, ..edit(op_no, id, base_rev, fields) }
}

fn told(answer: &Answer) -> Vec<Option<Code>> {
    let code = |outcome: &Outcome| match outcome {
        Outcome::Refused { problem } => Some(problem.code),
        _ => None,
    };
    answer.results.iter().map(|result| code(&result.outcome)).collect()
}

/// Argon2id of [`CHOSEN`], as an office makes it.
fn chosen() -> String {
    crate::town::hash_of(CHOSEN)
}

async fn pull(town: &Town, device: &Device) -> Vec<Row> {
    town.world.sync(device, &device.request(0)).await.expect("an answer").rows("school_user")
}

async fn rev_of(town: &Town, device: &Device, id: Uuid) -> i64 {
    pull(town, device).await.iter().find(|row| row.id == id).expect("the user").rev
}

async fn signs_in(town: &Town, person: &Person, password: &str) -> bool {
    town.try_sign_in(&person.school, &person.email, password).await.status.is_success()
}

#[tokio::test]
async fn an_account_of_the_hub_arrives_at_the_offices_and_changes_there_too() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let other = town.school_with_admin("luna").await;
    let device = town.world.device_as("rizal", Role::Registrar).await;
    let me = town.sign_in(&admin).await;
    let made =
        town.post("/users", &me.access, &json!({ "email": "ben@rizal.ph", "name": "Ben", "role": "teacher" })).await;
    let id: Uuid = made.data()["user"]["id"].as_str().expect("an id").parse().expect("an id");

    let rows = pull(&town, &device).await;
    assert_eq!(rows.len(), 2, "this school's two, and nobody of {}", other.school);
    let ben = rows.iter().find(|row| row.id == id).expect("Ben");
    assert_eq!(field(ben, "role"), &Value::Text("teacher".into()));
    assert_eq!(field(ben, "must_change"), &Value::Bool(true));
    assert!(field(ben, "verifier").as_text().is_some_and(|text| text.starts_with("$argon2id$")));

    town.patch(&format!("/users/{id}"), &me.access, &json!({ "disabled": true, "name": "Benjamin" })).await.data();
    let rows = pull(&town, &device).await;
    let ben = rows.iter().find(|row| row.id == id).expect("Ben");
    assert_eq!((field(ben, "name"), field(ben, "disabled")), (&Value::Text("Benjamin".into()), &Value::Bool(true)));
}

#[tokio::test]
async fn a_user_made_at_an_office_signs_in_at_the_hub() {
    let town = Town::new().await;
    let tenant = town.school("rizal").await;
    let device = town.world.device_as("rizal", Role::SchoolAdmin).await;
    let id = new_id();
    let fields = json!({ "name": "Cora", "email": "cora@rizal.ph", "role": "registrar", "verifier": chosen() });
    let answer =
        town.world.sync(&device, &device.push(0, vec![user(1, id, 0, None, fields)])).await.expect("an answer");
    assert_eq!(told(&answer), [None]);
    let cora = Person { school: "rizal".into(), tenant, id, email: "cora@rizal.ph".into() };
    assert!(signs_in(&town, &cora, CHOSEN).await);
    let kept: i64 = town.world.scalar("SELECT count(*) FROM change_log WHERE fields::text LIKE '%argon2%'").await;
    assert_eq!(kept, 0, "verifiers stay out of the change log");
}

#[tokio::test]
async fn a_password_is_ones_own_and_only_at_a_pc_that_may_as_much() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let registrar = town.person("rizal", admin.tenant, "reg@rizal.ph", Role::Registrar).await;
    let device = town.world.device_as("rizal", Role::Registrar).await;
    let (mine, hers) = (rev_of(&town, &device, registrar.id).await, rev_of(&town, &device, admin.id).await);
    let before = town.sign_in(&registrar).await;

    let set = || json!({ "verifier": chosen(), "must_change": false });
    let delete = Change { kind: ChangeKind::Delete, ..user(6, registrar.id, mine, Some(registrar.id), set()) };
    let changes = vec![
        user(1, admin.id, hers, Some(admin.id), set()),
        user(2, admin.id, hers, Some(registrar.id), set()),
        user(3, registrar.id, mine, None, set()),
        user(4, registrar.id, mine, Some(registrar.id), json!({ "role": "school_admin" })),
        user(5, registrar.id, mine, Some(registrar.id), json!({ "verifier": chosen(), "role": "school_admin" })),
        delete,
        user(7, new_id(), 0, None, json!({ "name": "Eve", "role": "school_admin", "verifier": chosen() })),
    ];
    let count = changes.len();
    // Each signed by the registrar, where it is the registrar's: being there is not being allowed.
    let changes = crate::proofs::signed(&device, registrar.id, &crate::town::key_of(PASSWORD), changes);
    let answer = town.world.sync(&device, &changes).await.expect("an answer");
    assert_eq!(told(&answer), vec![Some(Code::RoleForbidden); count]);
    assert!(signs_in(&town, &admin, PASSWORD).await && signs_in(&town, &registrar, PASSWORD).await);

    let own = user(8, registrar.id, mine, Some(registrar.id), set());
    let own = crate::proofs::signed(&device, registrar.id, &crate::town::key_of(PASSWORD), vec![own]);
    let answer = town.world.sync(&device, &own).await.expect("an answer");
    assert_eq!(told(&answer), [None]);
    assert!(signs_in(&town, &registrar, CHOSEN).await && !signs_in(&town, &registrar, PASSWORD).await);
    assert_eq!(town.refresh(&before.refresh).await.status, 401, "a new password ends what was signed in with the old");
}

#[tokio::test]
async fn what_a_user_does_counts_as_theirs_never_as_more_than_the_pcs() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let teacher = town.person("rizal", admin.tenant, "t@rizal.ph", Role::Teacher).await;
    let gone = town.person("rizal", admin.tenant, "g@rizal.ph", Role::Registrar).await;
    let me = town.sign_in(&admin).await;
    town.patch(&format!("/users/{}", gone.id), &me.access, &json!({ "disabled": true })).await.data();
    let by = |op_no, who: Option<Uuid>| Change { user_id: who, at: now(), ..learner(op_no, "Cruz") };

    let office = town.world.device_as("rizal", Role::Registrar).await;
    let changes = vec![by(1, Some(teacher.id)), by(2, Some(gone.id)), by(3, Some(admin.id)), by(4, None)];
    let answer = town.world.sync(&office, &office.push(0, changes)).await.expect("an answer");
    assert_eq!(told(&answer), [Some(Code::RoleForbidden), Some(Code::RoleForbidden), None, None]);

    let viewer = town.world.device_as("rizal", Role::Viewer).await;
    let answer = town.world.sync(&viewer, &viewer.push(0, vec![by(1, Some(admin.id))])).await.expect("an answer");
    assert_eq!(told(&answer), [Some(Code::RoleForbidden)], "an admin at a PC that may only look");
}

#[tokio::test]
async fn a_conflict_is_decided_by_those_who_may_change_its_record() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let teacher = town.person("rizal", admin.tenant, "t@rizal.ph", Role::Teacher).await;
    let (one, two) =
        (town.world.device_as("rizal", Role::Registrar).await, town.world.device_as("rizal", Role::Registrar).await);
    let made = learner(1, "Cruz");
    let id = made.row_id;
    let answer = town.world.sync(&one, &one.push(0, vec![made])).await.expect("an answer");
    let rev = answer.rows("student").iter().find(|row| row.id == id).expect("the learner").rev;
    for (device, op_no, name) in [(&one, 2, "Reyes"), (&two, 1, "Santos")] {
        let change = edit(op_no, id, rev, json!({ "last_name": name }));
        town.world.sync(device, &device.push(0, vec![change])).await.expect("an answer");
    }
    let items = town.world.sync(&two, &two.request(0)).await.expect("an answer").rows("review_item");
    let item = items.first().expect("a conflict");
    let decide = |op_no, who: Option<Uuid>| Change {
        entity: "review_item".into(),
        user_id: who,
        ..edit(op_no, item.id, item.rev, json!({ "state": "kept" }))
    };

    let classroom = town.world.device_as("rizal", Role::Teacher).await;
    let answer = town.world.sync(&classroom, &classroom.push(0, vec![decide(1, None)])).await.expect("an answer");
    assert_eq!(told(&answer), [Some(Code::RoleForbidden)], "a teacher's PC");
    let changes = vec![decide(2, Some(teacher.id)), decide(3, Some(admin.id))];
    let answer = town.world.sync(&two, &two.push(0, changes)).await.expect("an answer");
    assert_eq!(
        told(&answer),
        [Some(Code::RoleForbidden), None],
        "a teacher at the registrar's PC, then an administrator"
    );
}

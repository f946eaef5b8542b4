//! Who did what, from the password that is typed at a desk to the hub's log.

use pems_model::wire::Outcome;
use pems_model::{Code, Role};
use pems_node::app::Desk;
use pems_node::domain::made_up::MadeUp;
use pems_node::store::Actor;
use pems_tests::rig::{Rig, TestOffice, record};
use serde_json::{Value as Json, json};
use uuid::Uuid;

const OFTEN_TYPED: &str = "tatlong isda sa ilog";
const CHOSEN: &str = "limang ibon sa bubong";

fn id_of(json: &Json) -> Uuid {
    let id = json["row"].get("id").unwrap_or(&json["id"]);
    serde_json::from_value(id.clone()).expect("an id")
}

fn ask(desk: &mut Desk, request: Json) -> Json {
    desk.answer(request).expect("answered")
}

fn refused(office: &TestOffice) -> Vec<Code> {
    let code = |outcome| match outcome {
        Some(Outcome::Refused { problem }) => Some(problem.code),
        _ => None,
    };
    office.outcomes().into_iter().filter_map(code).collect()
}

async fn named(rig: &Rig, row: Uuid) -> Option<Uuid> {
    rig.value(&format!("SELECT user_id FROM change_log WHERE row_id = '{row}' ORDER BY rev DESC NULLS LAST LIMIT 1"))
        .await
}

#[tokio::test]
async fn a_school_that_begins_offline_proves_who_did_what_and_a_pc_alone_proves_nothing() {
    let rig = Rig::product().await;
    rig.school("rizal").await;
    let (office, counter) = (rig.office("rizal").await, rig.office_as("rizal", Role::Registrar).await);

    // Before the first contact: the first administrator, and by them a registrar and a head.
    let desk = &mut Desk::new(office.store());
    let first =
        json!({ "name": "Ana Reyes", "email": "ana@rizal.ph", "role": "school_admin", "password": OFTEN_TYPED });
    let ana = id_of(&ask(desk, json!({ "do": "admin.save_user", "draft": first })));
    ask(desk, json!({ "do": "session.sign_in", "id": ana, "password": OFTEN_TYPED }));
    let draft = |name: &str, role: &str| json!({ "do": "admin.save_user", "draft": { "name": name, "role": role } });
    let ben = ask(desk, draft("Ben Cruz", "registrar"));
    let cora = id_of(&ask(desk, draft("Cora Santos", "school_head")));
    office.sync().await;
    assert_eq!((refused(&office), named(&rig, cora).await), (vec![], Some(ana)));

    // At the registrar's counter: the one-time password, one of his own, and a learner.
    counter.sync().await;
    let (at_counter, ben_id) = (&mut Desk::new(counter.store()), id_of(&ben));
    ask(at_counter, json!({ "do": "session.sign_in", "id": ben_id, "password": ben["one_time"] }));
    ask(at_counter, json!({ "do": "session.password", "current": ben["one_time"], "new": CHOSEN }));
    let fields = json!({ "last_name": "Dela Cruz", "first_name": "Juan" });
    let made = ask(at_counter, json!({ "do": "save", "entity": "student", "fields": fields.clone() }));
    counter.sync().await;
    assert_eq!(refused(&counter), []);
    assert_eq!((named(&rig, ben_id).await, named(&rig, id_of(&made)).await), (Some(ben_id), Some(ben_id)));

    // The same PC, claiming to be the head without her password.
    let mut store = counter.store();
    store.sign(Some(Actor { id: cora, role: Role::SchoolHead }));
    let verifier = pems_node::domain::users::verifier::make(CHOSEN).expect("a verifier");
    store.put(&record("school_user", &json!({ "id": cora, "verifier": verifier }))).expect("here it goes");
    let colleague = store.put(&record("staff", &fields)).expect("saved").row.id;
    counter.sync().await;
    assert_eq!(refused(&counter), [Code::RoleForbidden]);
    assert_eq!(named(&rig, colleague).await, None, "the work is kept, and nobody is named");
    rig.assert_level(&counter).await;

    // What was set aside can be sent again and is no better for it; everything else goes on.
    let parked = counter.store().reviews().expect("a list");
    counter.store().resolve(parked[0].id, pems_node::store::Choice::Mine).expect("sent again");
    counter.sync().await;
    office.sync().await;
    rig.assert_level(&office).await;
    ask(desk, json!({ "do": "session.sign_in", "id": ana, "password": OFTEN_TYPED }));
    ask(desk, json!({ "do": "admin.reset_password", "id": cora }));
    office.sync().await;
    assert_eq!((refused(&office), named(&rig, cora).await), (vec![], Some(ana)));
}

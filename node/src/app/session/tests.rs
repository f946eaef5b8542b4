use super::*;
use crate::app::review::tests::pull;
use crate::domain::made_up::MadeUp;
use crate::store::{Enrolled, Save};
use crate::{Env, Store};
use pems_model::{Schema, proof};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const START: i64 = 1_800_000_000_000_000;
const PASSWORD: &str = "tatlong isda sa ilog";
const CHOSEN: &str = "limang ibon sa bubong";

#[derive(Clone)]
struct Clock(Arc<AtomicI64>);

impl Env for Clock {
    fn now(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
    fn new_id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed).unsigned_abs()))
    }
}

impl Clock {
    fn pass(&self, minutes: i64) {
        self.0.fetch_add(minutes * MINUTE, Ordering::Relaxed);
    }
}

/// A PC enrolled for `device` at which one user of the role `user` has [`PASSWORD`]; the clock and the user's id.
fn office(device: Role, user: Role) -> (Desk, Clock, Uuid) {
    let clock = Clock(Arc::new(AtomicI64::new(START)));
    let enrolled = Enrolled { device_name: "Office 1".into(), ..Enrolled::made_up(device) };
    let store = Store::in_memory(&enrolled, Schema::product(), Box::new(clock.clone())).expect("a store");
    let mut desk = Desk::new(store);
    let kept = verifier::make(PASSWORD).expect("a verifier");
    pull(&mut desk, "school_user", &[(9, json!({ "name": "Ana Cruz", "role": user.name(), "verifier": kept }))]);
    (desk, clock, Uuid::from_u128(9))
}

fn ask(desk: &mut Desk, request: Json) -> Result<Json> {
    desk.answer(request)
}

#[test]
fn the_language_is_that_of_who_signs_in_and_else_the_pcs() {
    let (mut desk, _, ana) = office(Role::Registrar, Role::Registrar);
    let language = |desk: &mut Desk| ask(desk, json!({ "do": "session.state" })).expect("a state")["language"].clone();
    let speak = |desk: &mut Desk, language: &str| ask(desk, json!({ "do": "session.language", "language": language }));
    assert_eq!(speak(&mut desk, "fil").expect_err("nobody is here").code, Code::NotSignedIn);
    sign_in(&mut desk, ana, PASSWORD).expect("in");
    assert_eq!(language(&mut desk), Json::Null, "as the PC");
    assert_eq!(speak(&mut desk, "fil").expect("chosen")["language"], json!("fil"));
    assert_eq!(speak(&mut desk, "ceb").expect_err("no such language").code, Code::BadRequest);
    ask(&mut desk, json!({ "do": "session.lock" })).expect("locked");
    assert_eq!(language(&mut desk), json!("fil"), "the lock speaks to who left");
    ask(&mut desk, json!({ "do": "session.sign_out" })).expect("out");
    assert_eq!(language(&mut desk), Json::Null);
    let kept = verifier::make(CHOSEN).expect("a verifier");
    pull(&mut desk, "school_user", &[(10, json!({ "name": "Ben Luna", "role": "registrar", "verifier": kept }))]);
    sign_in(&mut desk, Uuid::from_u128(10), CHOSEN).expect("in");
    assert_eq!(language(&mut desk), Json::Null, "another person's choice is not mine");
    sign_in(&mut desk, ana, PASSWORD).expect("in");
    assert_eq!(language(&mut desk), json!("fil"));
}

fn sign_in(desk: &mut Desk, id: Uuid, password: &str) -> Result<Json> {
    ask(desk, json!({ "do": "session.sign_in", "id": id, "password": password }))
}

fn stage(desk: &mut Desk, active: bool) -> String {
    let state = ask(desk, json!({ "do": "session.state", "active": active })).expect("a state");
    state["stage"].as_str().expect("a stage").to_owned()
}

const LIST: &str = r#"{ "do": "list", "entity": "student", "limit": 1 }"#;

fn list(desk: &mut Desk) -> Result<Json> {
    ask(desk, serde_json::from_str(LIST).expect("JSON"))
}

#[test]
fn the_right_password_opens_and_five_wrong_ones_make_wait_even_after_a_restart() {
    let (mut desk, clock, id) = office(Role::Registrar, Role::Registrar);
    assert_eq!(list(&mut desk).expect_err("nobody is here").code, Code::NotSignedIn);
    for _ in 0..5 {
        assert_eq!(sign_in(&mut desk, id, "a guess").expect_err("wrong").code, Code::WrongCredentials);
    }
    let mut desk = Desk::new(desk.store);
    assert_eq!(sign_in(&mut desk, id, PASSWORD).expect_err("too soon").code, Code::AccountLocked);
    clock.pass(1);
    sign_in(&mut desk, id, PASSWORD).expect("signed in");
    assert_eq!(stage(&mut desk, true), "open");
    list(&mut desk).expect("a list");
}

#[test]
fn a_desk_that_nobody_touches_locks_itself_however_much_the_window_asks() {
    let (mut desk, clock, id) = office(Role::Registrar, Role::Registrar);
    sign_in(&mut desk, id, PASSWORD).expect("signed in");
    for _ in 0..3 {
        clock.pass(IDLE_MINUTES - 1);
        assert_eq!(stage(&mut desk, true), "open", "somebody types");
    }
    for _ in 0..IDLE_MINUTES {
        list(&mut desk).expect("the window reads what arrived");
        clock.pass(1);
    }
    assert_eq!(stage(&mut desk, true), "locked", "touching it afterwards does not open it");
    assert_eq!(list(&mut desk).expect_err("locked").code, Code::NotSignedIn);
    sign_in(&mut desk, id, PASSWORD).expect("back again");
    assert_eq!(stage(&mut desk, false), "open");
}

#[test]
fn a_password_is_chosen_at_a_pc_that_may_do_as_much_as_its_user() {
    let change = |current: &str| json!({ "do": "session.password", "current": current, "new": CHOSEN });
    let (mut desk, _, id) = office(Role::Registrar, Role::Registrar);
    sign_in(&mut desk, id, PASSWORD).expect("signed in");
    assert_eq!(ask(&mut desk, change("a guess")).expect_err("not the password").code, Code::WrongCredentials);
    let weak = json!({ "do": "session.password", "current": PASSWORD, "new": "mabini" });
    let refused = ask(&mut desk, weak).expect_err("too easy");
    assert_eq!(refused.code, Code::PasswordWeak);
    // The window says it in its own language.
    assert_eq!(refused.details, Some(json!({ "field": "new", "weak": "short" })));
    let same = json!({ "do": "session.password", "current": PASSWORD, "new": PASSWORD });
    assert_eq!(ask(&mut desk, same).expect_err("no change").details, Some(json!({ "field": "new", "weak": "same" })));
    ask(&mut desk, change(PASSWORD)).expect("another password");
    ask(&mut desk, json!({ "do": "session.sign_out" })).expect("gone");
    assert_eq!(sign_in(&mut desk, id, PASSWORD).expect_err("the old one").code, Code::WrongCredentials);
    sign_in(&mut desk, id, CHOSEN).expect("the new one");

    let (mut desk, _, id) = office(Role::Registrar, Role::SchoolAdmin);
    sign_in(&mut desk, id, PASSWORD).expect("signed in");
    let refused = ask(&mut desk, change(PASSWORD)).expect_err("a lesser PC");
    assert_eq!(refused.code, Code::RoleForbidden);
    assert!(refused.message.contains("school_admin"), "{}", refused.message);
}

#[test]
fn a_one_time_password_is_typed_without_capitals_and_dashes_and_then_replaced() {
    let (mut desk, _, id) = office(Role::SchoolAdmin, Role::Registrar);
    let once = verifier::one_time().expect("made");
    let fields = |must_change: bool, password: &str| {
        let made = verifier::make(password).expect("a verifier");
        json!({ "name": "Ana Cruz", "role": "registrar", "verifier": made, "must_change": must_change })
    };
    pull(&mut desk, "school_user", &[(9, fields(true, &once))]);
    for typed in [once.to_lowercase(), once.replace('-', ""), once.to_lowercase().replace('-', " "), once.clone()] {
        let state = sign_in(&mut desk, id, &typed).unwrap_or_else(|error| panic!("{typed}: {error}"));
        assert_eq!(state["choose_password"], true, "another one is asked for before anything else");
        assert_eq!(list(&mut desk).expect_err("first a password").code, Code::PasswordChangeRequired);
        for new in [&once, &once.to_lowercase(), &once.replace('-', " ")] {
            let same = json!({ "do": "session.password", "current": typed, "new": new });
            let refused = ask(&mut desk, same).expect_err("the one that was read out");
            assert_eq!(refused.details, Some(json!({ "field": "new", "weak": "same" })), "{new}");
        }
        ask(&mut desk, json!({ "do": "session.sign_out" })).expect("gone");
    }
    assert!(sign_in(&mut desk, id, &once[1..]).is_err());
    let chosen = "ABCDEFGHJKLM";
    pull(&mut desk, "school_user", &[(9, fields(false, chosen))]);
    let wrong = sign_in(&mut desk, id, "abcdefghjklm").expect_err("a password of one's own is taken as it is");
    assert_eq!(wrong.code, Code::WrongCredentials);
}

#[test]
fn a_pc_that_may_less_than_who_is_here_says_so() {
    let (mut desk, _, id) = office(Role::Registrar, Role::SchoolAdmin);
    assert_eq!(sign_in(&mut desk, id, PASSWORD).expect("signed in")["limited_to"], "registrar");
    let (mut desk, _, id) = office(Role::SchoolAdmin, Role::Registrar);
    assert_eq!(sign_in(&mut desk, id, PASSWORD).expect("signed in")["limited_to"], Json::Null);
}

#[test]
fn who_is_disabled_is_out_at_the_next_question() {
    let (mut desk, _, id) = office(Role::SchoolAdmin, Role::Registrar);
    sign_in(&mut desk, id, PASSWORD).expect("signed in");
    list(&mut desk).expect("a list");
    desk.store.sign(None);
    let fields = json!({ "disabled": true }).as_object().cloned().expect("fields");
    desk.store.put(&Save { entity: "school_user".into(), id: Some(id), fields }).expect("disabled");
    assert_eq!(list(&mut desk).expect_err("out").code, Code::NotSignedIn);
    assert_eq!(sign_in(&mut desk, id, PASSWORD).expect_err("for good").code, Code::NotFound);
}

/// What travels with the next exchange to show who did what.
fn along(desk: &mut Desk) -> (Vec<pems_model::wire::SignedIn>, Vec<(pems_model::wire::Change, Option<String>)>) {
    let request = desk.store.request(0, false).expect("a request");
    let proof = |op_no| request.proofs.get(&op_no).cloned();
    let changes = request.changes.iter().map(|change| (change.clone(), proof(change.op_no))).collect();
    (request.people, changes)
}

fn kept(desk: &Desk, id: Uuid) -> proof::PublicKey {
    let verifier = people::verifier(&desk.store, id).expect("read").expect("a verifier");
    proof::public_of(&verifier).expect("a key")
}

#[test]
fn what_somebody_does_is_signed_with_their_password_and_nothing_is_once_they_are_gone() {
    let (mut desk, _, id) = office(Role::Registrar, Role::Registrar);
    let (tenant, device) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let old = kept(&desk, id);
    sign_in(&mut desk, id, PASSWORD).expect("signed in");
    let learner = json!({ "do": "save", "entity": "student", "fields": { "last_name": "Cruz", "first_name": "Ana" } });
    ask(&mut desk, learner.clone()).expect("saved");
    let chosen = json!({ "do": "session.password", "current": PASSWORD, "new": CHOSEN });
    ask(&mut desk, chosen).expect("another password");
    let new = kept(&desk, id);

    let (people, changes) = along(&mut desk);
    let here = proof::sign_in_text(tenant, device, id);
    let holds = |key| people.iter().filter(|signed| proof::holds(key, &here, &signed.proof)).count();
    assert_eq!((people.len(), holds(&old), holds(&new)), (2, 1, 1), "with the password of before and the new one");
    let [(_, unsigned), (own, Some(signature))] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(*unsigned, None, "a learner is nobody's signature");
    assert!(proof::holds(&old, &proof::change_text(tenant, device, own), signature), "the old one changed it");

    ask(&mut desk, json!({ "do": "session.lock" })).expect("locked");
    desk.store.sign(Some(crate::store::Actor { id, role: Role::Registrar }));
    let fields = json!({ "must_change": true }).as_object().cloned().expect("fields");
    desk.store.put(&Save { entity: "school_user".into(), id: Some(id), fields }).expect("saved");
    let (people, changes) = along(&mut desk);
    assert_eq!((people.len(), changes.len()), (2, 3));
    assert_eq!(changes[2].1, None, "nothing at a locked desk can sign");
}

#[test]
fn a_password_that_was_changed_elsewhere_is_asked_for() {
    let (mut desk, _, id) = office(Role::Registrar, Role::Registrar);
    sign_in(&mut desk, id, PASSWORD).expect("signed in");
    list(&mut desk).expect("a list");
    let other = verifier::make(CHOSEN).expect("a verifier");
    let fields = json!({ "name": "Ana Cruz", "role": "registrar", "verifier": other });
    pull(&mut desk, "school_user", &[(9, fields)]);
    let refused = list(&mut desk).expect_err("locked");
    assert_eq!((refused.code, stage(&mut desk, true).as_str()), (Code::NotSignedIn, "locked"));
    assert!(refused.message.contains("changed elsewhere"), "{}", refused.message);
    let state = ask(&mut desk, json!({ "do": "session.state" })).expect("a state");
    assert_eq!(state["password_changed"], true, "and the lock says so: nobody locked it");
    assert_eq!(sign_in(&mut desk, id, PASSWORD).expect_err("the old one").code, Code::WrongCredentials);
    let state = sign_in(&mut desk, id, CHOSEN).expect("the new one");
    assert_eq!(state["password_changed"], false);
    list(&mut desk).expect("a list");
    let locked = ask(&mut desk, json!({ "do": "session.lock" })).expect("locked");
    assert_eq!(
        (&locked["stage"], &locked["password_changed"]),
        (&json!("locked"), &json!(false)),
        "by hand, this time"
    );
    let fields =
        json!({ "name": "Ana Cruz", "role": "registrar", "verifier": verifier::make(PASSWORD).expect("made") });
    pull(&mut desk, "school_user", &[(9, fields)]);
    assert_eq!(ask(&mut desk, json!({ "do": "session.state" })).expect("a state")["password_changed"], true);
}

#[test]
fn a_new_password_is_not_locked_by_tries_of_the_old_one() {
    let (mut desk, _, id) = office(Role::SchoolAdmin, Role::Registrar);
    for _ in 0..5 {
        sign_in(&mut desk, id, "a guess").expect_err("wrong");
    }
    assert_eq!(sign_in(&mut desk, id, PASSWORD).expect_err("too soon").code, Code::AccountLocked);
    let fields = json!({ "name": "Ana Cruz", "role": "registrar", "verifier": verifier::make(CHOSEN).expect("made") });
    pull(&mut desk, "school_user", &[(9, fields)]);
    for _ in 0..5 {
        assert_eq!(sign_in(&mut desk, id, "a guess").expect_err("wrong").code, Code::WrongCredentials);
    }
    assert_eq!(sign_in(&mut desk, id, CHOSEN).expect_err("guessed at as well").code, Code::AccountLocked);
}

#[test]
fn the_lock_of_who_may_not_sign_in_any_more_ends() {
    let (mut desk, _, id) = office(Role::SchoolAdmin, Role::Registrar);
    sign_in(&mut desk, id, PASSWORD).expect("signed in");
    ask(&mut desk, json!({ "do": "session.lock" })).expect("locked");
    let fields = json!({ "name": "Ana Cruz", "role": "registrar", "disabled": true });
    pull(&mut desk, "school_user", &[(9, fields), (10, json!({ "name": "Ben Luna", "role": "registrar" }))]);
    let state = ask(&mut desk, json!({ "do": "session.state" })).expect("a state");
    assert_eq!((&state["stage"], &state["person"]), (&json!("sign_in"), &Json::Null), "{state}");
    assert_eq!(state["people"][0]["name"], "Ben Luna");
}

#[test]
fn whoever_sees_names_alone_neither_decides_what_needs_somebody_nor_carries_it_away() {
    for role in [Role::Cashier, Role::Viewer] {
        let (mut desk, _, id) = office(Role::SchoolAdmin, role);
        sign_in(&mut desk, id, PASSWORD).expect("signed in");
        for request in [
            json!({ "do": "review.list" }),
            json!({ "do": "review.resolve", "items": [] }),
            json!({ "do": "review.save_unsent" }),
            json!({ "do": "review.put_back", "path": "/nowhere" }),
        ] {
            assert_eq!(ask(&mut desk, request.clone()).expect_err("refused").code, Code::RoleForbidden, "{request}");
        }
    }
}

use super::*;
use crate::domain::users::verifier;
use crate::keys::Passphrase;
use crate::store::Enrolled;
use crate::{Env, SystemEnv};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pems_model::wire::{DeviceList, End, KnownDevice};
use pems_model::{Role, Schema};
use std::path::Path;

const PASSWORD: &str = "tatlong isda sa ilog";

fn enrolled(role: Role) -> Enrolled {
    Enrolled { device_name: "Office 1".into(), ..Enrolled::made_up(role) }
}

fn desk(role: Role) -> Desk {
    Desk::new(Store::in_memory(&enrolled(role), Schema::product(), Box::new(SystemEnv)).expect("a store"))
}

fn on_disk(dir: &Path) -> Desk {
    let env: Box<dyn Env> = Box::new(SystemEnv);
    let path = dir.join("records.db");
    let store = Store::create(&path, &[7; 32], &enrolled(Role::SchoolAdmin), Schema::product(), env);
    Desk::new(store.expect("a store").with_signing(&[8; 32]))
}

fn object(fields: Json) -> serde_json::Map<String, Json> {
    fields.as_object().cloned().expect("fields")
}

fn ask(desk: &mut Desk, request: Json) -> Json {
    desk.answer(request).expect("an answer")
}

fn refused(desk: &mut Desk, request: Json) -> (Code, Json) {
    let error = desk.answer(request).expect_err("refused");
    (error.code, error.details.map_or(Json::Null, |details| details["field"].clone()))
}

fn save_user(id: Option<&Json>, name: &str, role: &str) -> Json {
    let mut request = json!({ "do": "admin.save_user", "draft": { "name": name, "role": role } });
    if let Some(id) = id {
        request["id"] = id.clone();
    }
    request
}

fn sign_in(desk: &mut Desk, id: &Json, password: &str) -> Result<Json> {
    desk.answer(json!({ "do": "session.sign_in", "id": id, "password": password }))
}

/// A school with one administrator, who is signed in.
fn with_admin(mut desk: Desk) -> (Desk, Json) {
    let mut first = save_user(None, "Ana Cruz", "school_admin");
    first["draft"]["password"] = json!(PASSWORD);
    let made = ask(&mut desk, first);
    assert_eq!(made["one_time"], Json::Null);
    let id = made["id"].clone();
    sign_in(&mut desk, &id, PASSWORD).expect("signed in");
    (desk, id)
}

#[test]
fn the_first_user_chooses_a_password_and_is_an_administrator() {
    let mut desk = desk(Role::SchoolAdmin);
    let (code, field) = refused(&mut desk, save_user(None, "Ana Cruz", "teacher"));
    assert_eq!((code, field), (Code::LastAdmin, json!("role")));
    let (code, field) = refused(&mut desk, save_user(None, "Ana Cruz", "school_admin"));
    assert_eq!((code, field), (Code::PasswordWeak, json!("password")));
    let (mut desk, _) = with_admin(desk);
    assert_eq!(ask(&mut desk, json!({ "do": "admin.users" }))["users"][0]["you"], json!(true));
}

#[test]
fn a_new_user_signs_in_with_the_one_time_password_until_another_one_is_given() {
    let (mut desk, admin) = with_admin(desk(Role::SchoolAdmin));
    let made = ask(&mut desk, save_user(None, " Ben Reyes ", "teacher"));
    let (id, first) = (&made["id"], made["one_time"].as_str().expect("a password"));
    assert_eq!(made["users"]["users"][1]["name"], json!("Ben Reyes"));
    let state = sign_in(&mut desk, id, first).expect("signed in");
    assert_eq!((&state["person"]["must_change"], &state["choose_password"]), (&json!(true), &json!(true)));
    let years = json!({ "do": "enrolment.years" });
    assert_eq!(refused(&mut desk, years.clone()).0, Code::PasswordChangeRequired, "an own one comes first");
    let own = json!({ "do": "session.password", "current": first, "new": "limang ibon sa bubong" });
    assert_eq!(ask(&mut desk, own)["choose_password"], json!(false));
    ask(&mut desk, years);
    assert_eq!(refused(&mut desk, json!({ "do": "admin.users" })).0, Code::RoleForbidden, "a teacher sees none of it");

    sign_in(&mut desk, &admin, PASSWORD).expect("back");
    let reset = ask(&mut desk, json!({ "do": "admin.reset_password", "id": id }));
    let second = reset["one_time"].as_str().expect("a password");
    assert_eq!(sign_in(&mut desk, id, first).expect_err("the old one").code, Code::WrongCredentials);
    sign_in(&mut desk, id, second).expect("the new one");

    sign_in(&mut desk, &admin, PASSWORD).expect("back");
    ask(&mut desk, json!({ "do": "admin.disable_user", "id": id, "disabled": true }));
    assert_eq!(sign_in(&mut desk, id, second).expect_err("disabled").code, Code::NotFound);
    let undo = ask(&mut desk, json!({ "do": "session.undoable" }));
    assert_eq!(undo["undo"], Json::Null, "users are not undone");
}

#[test]
fn the_last_administrator_stays_one() {
    let (mut desk, ana) = with_admin(desk(Role::SchoolAdmin));
    let demote = save_user(Some(&ana), "Ana Cruz", "registrar");
    let disable = json!({ "do": "admin.disable_user", "id": ana, "disabled": true });
    assert_eq!(refused(&mut desk, demote.clone()).0, Code::LastAdmin);
    assert_eq!(refused(&mut desk, disable).0, Code::LastAdmin);
    let ben = ask(&mut desk, save_user(None, "Ben Reyes", "school_admin"))["id"].clone();
    ask(&mut desk, json!({ "do": "admin.disable_user", "id": ben, "disabled": true }));
    assert_eq!(refused(&mut desk, demote.clone()).0, Code::LastAdmin, "one who is disabled administers nothing");
    ask(&mut desk, json!({ "do": "admin.disable_user", "id": ben, "disabled": false }));
    ask(&mut desk, demote);
    assert_eq!(refused(&mut desk, json!({ "do": "admin.users" })).0, Code::RoleForbidden, "counts at once");
}

#[test]
fn an_email_belongs_to_one_user_and_a_lesser_pc_changes_nobody() {
    let (mut desk, _) = with_admin(desk(Role::SchoolAdmin));
    let with = |name: &str, email: &str| json!({ "do": "admin.save_user", "draft": { "name": name, "role": "viewer", "email": email } });
    ask(&mut desk, with("Ben Reyes", "ben@school.example"));
    assert_eq!(refused(&mut desk, with("Carla Lim", "BEN@school.example")), (Code::Conflict, json!("email")));
    assert_eq!(refused(&mut desk, with("Carla Lim", "carla")), (Code::BadFormat, json!("email")));
    assert_eq!(refused(&mut desk, with("Carla Lim", "aida@x")), (Code::BadFormat, json!("email")));

    let mut head = self::desk(Role::SchoolHead);
    assert_eq!(ask(&mut head, json!({ "do": "admin.users" }))["locked"], json!("device"));
    assert_eq!(refused(&mut head, save_user(None, "Ana", "school_admin")).0, Code::RoleForbidden);
}

#[test]
fn settings_are_kept_trimmed_a_logo_is_a_small_png_and_all_is_undone_as_one() {
    let mut desk = desk(Role::SchoolAdmin);
    let save = |fields: Json| json!({ "do": "admin.save_settings", "fields": fields });
    let png = |bytes: usize| STANDARD.encode([b"\x89PNG\r\n\x1a\n".as_slice(), &vec![1; bytes]].concat());
    let school =
        json!({ "deped_school_id": "300021", "name": " Mabini NHS ", "head_name": "Dr. Cora Lim", "phone": " " });
    let settings = ask(&mut desk, save(school));
    assert_eq!((&settings["fields"]["name"], &settings["fields"]["phone"]), (&json!("Mabini NHS"), &Json::Null));
    let settings = ask(&mut desk, save(json!({ "head_name": "Ana Cruz", "logo": png(80_000) })));
    assert_eq!(settings["fields"]["head_name"], json!("Ana Cruz"));
    assert_eq!(refused(&mut desk, save(json!({ "logo": png(90_001) }))), (Code::BadFormat, json!("logo")));
    assert_eq!(refused(&mut desk, save(json!({ "logo": "R0lGODlh" }))), (Code::BadFormat, json!("logo")));
    ask(&mut desk, json!({ "do": "session.undo" }));
    let fields = ask(&mut desk, json!({ "do": "admin.settings" }))["fields"].clone();
    assert_eq!((&fields["head_name"], &fields["logo"]), (&json!("Dr. Cora Lim"), &Json::Null));

    assert_eq!(ask(&mut desk, json!({ "do": "admin.set_idle", "minutes": 5 }))["idle_minutes"], json!(5));
    assert_eq!(refused(&mut desk, json!({ "do": "admin.set_idle", "minutes": 0 })).0, Code::OutOfRange);
}

#[test]
fn a_year_is_opened_with_its_cut_off_and_its_terms_follow_each_other() {
    let mut desk = desk(Role::SchoolAdmin);
    let year = |status: &str, cutoff: &str| {
        json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-03-31", "cutoff_date": cutoff,
            "status": status, "drop_label": "NLPA", "half_days": true })
    };
    let request = |draft: Json| json!({ "do": "admin.save_year", "draft": draft });
    assert_eq!(refused(&mut desk, request(year("open", "2027-04-01"))), (Code::Rule, json!("cutoff_date")));
    let years = ask(&mut desk, request(year("draft", "2026-07-10")));
    assert_eq!((&years["next"]["label"], &years["next"]["start_date"]), (&json!("2027-2028"), &json!("2027-06-08")));
    assert_eq!(refused(&mut desk, request(year("open", ""))), (Code::Conflict, json!("label")));
    let id = &years["years"][0]["id"];
    let opened = ask(&mut desk, json!({ "do": "admin.save_year", "id": id, "draft": year("open", "2026-07-10") }));
    assert_eq!(opened["years"][0]["status"], json!("open"));

    let terms = |list: Json| json!({ "do": "admin.save_terms", "year": id, "terms": list });
    let (one, two) = (
        json!({ "start_date": "2026-06-08", "end_date": "2026-09-04" }),
        json!({ "start_date": "2026-09-04", "end_date": "2026-12-18" }),
    );
    assert_eq!(refused(&mut desk, terms(json!([one, two]))), (Code::Rule, json!("1.start_date")));
    let two = json!({ "start_date": "2026-09-07", "end_date": "2026-12-18" });
    let years = ask(&mut desk, terms(json!([one, two])));
    assert_eq!(years["years"][0]["terms"][1]["kind"], json!("term"), "three terms from this year on");
    let years = ask(&mut desk, terms(json!([one])));
    assert_eq!(years["years"][0]["terms"].as_array().map(Vec::len), Some(1));
    ask(&mut desk, json!({ "do": "session.undo" }));
    let years = ask(&mut desk, json!({ "do": "admin.years" }));
    assert_eq!(years["years"][0]["terms"].as_array().map(Vec::len), Some(2), "back");
}

#[test]
fn ranges_never_share_a_number_and_say_which_one_is_next() {
    let mut desk = desk(Role::SchoolAdmin);
    let here = desk.store.replica();
    let other = Uuid::from_u128(0xBEEF);
    let save = |device: Uuid, from: i64, to: i64| json!({ "do": "admin.save_range", "draft": { "device": device.to_string(), "prefix": "2026-", "from_no": from, "to_no": to, "digits": 4 } });
    let ranges = ask(&mut desk, save(here, 1, 500));
    assert_eq!((&ranges["next"], &ranges["proposed"]["from_no"]), (&json!("2026-0001"), &json!(501)));
    let error = desk.answer(save(other, 500, 600)).expect_err("500 is this PC's");
    assert_eq!(error.code, Code::Conflict);
    assert!(error.message.contains("this PC has 2026-0001 to 2026-0500 already; begin at 501"), "{}", error.message);
    let ranges = ask(&mut desk, save(other, 501, 600));
    assert_eq!(ranges["ranges"][1]["called"], json!("…BEEF"));
    let learner = json!({ "last_name": "Reyes", "first_name": "Ana", "sex": "F", "student_no": "2026-0007" });
    ask(&mut desk, json!({ "do": "save", "entity": "student", "fields": learner }));
    let ranges = ask(&mut desk, json!({ "do": "admin.ranges" }));
    assert_eq!((&ranges["next"], &ranges["ranges"][0]["used"]), (&json!("2026-0008"), &json!(7)));
    let devices = ask(&mut desk, json!({ "do": "admin.devices" }));
    assert_eq!((&devices["devices"][0]["here"], &devices["devices"][1]["short"]), (&json!(true), &json!("BEEF")));
    let id = ranges["ranges"][1]["id"].clone();
    ask(&mut desk, json!({ "do": "admin.remove_range", "id": id }));
    ask(&mut desk, save(here, 501, 700));
}

#[test]
fn a_range_that_was_taken_away_comes_back_only_while_its_numbers_are_nobody_elses() {
    let mut desk = desk(Role::SchoolAdmin);
    let save = |device: u128, prefix: &str, digits: i64| {
        let device = Uuid::from_u128(device);
        json!({ "do": "admin.save_range", "draft": { "device": device, "prefix": prefix, "from_no": 1, "to_no": 999,
            "digits": digits } })
    };
    let ranges = ask(&mut desk, save(0xA, "2026-", 4));
    // As they are printed these are the same: 2026-0001.
    for device in [0xA, 0xB] {
        let error = desk.answer(save(device, "2026-0", 3)).expect_err("A prints them");
        assert_eq!(error.code, Code::Conflict, "{}", error.message);
        assert!(error.message.contains("2026-0001 to 2026-0999"), "{}", error.message);
    }
    ask(&mut desk, save(0xB, "2026-1", 3));
    ask(&mut desk, json!({ "do": "session.undo" }));
    let remove = json!({ "do": "admin.remove_range", "id": ranges["ranges"][0]["id"] });
    ask(&mut desk, remove.clone());
    ask(&mut desk, json!({ "do": "session.undo" }));
    let count = |desk: &mut Desk| ask(desk, json!({ "do": "admin.ranges" }))["ranges"].as_array().map(Vec::len);
    assert_eq!(count(&mut desk), Some(1), "back");
    ask(&mut desk, remove);
    // Another PC gives the numbers to B: what is undone here is the removal, and not that.
    let fields = json!({ "purpose": "student_no", "device": Uuid::from_u128(0xB), "prefix": "2026-", "from_no": 500,
        "to_no": 600, "digits": 4 });
    let save = crate::store::Save { entity: "number_range".into(), id: None, fields: object(fields) };
    crate::domain::made_up::MadeUp::put(&mut desk.store, &save).expect("another PC's");
    assert_eq!(refused(&mut desk, json!({ "do": "session.undo" })).0, Code::Conflict);
    assert_eq!(count(&mut desk), Some(1), "B's alone");
}

#[test]
fn the_pcs_of_the_school_are_those_that_the_hub_tells() {
    let (mut desk, _) = with_admin(desk(Role::SchoolAdmin));
    let seen = |desk: &mut Desk| {
        let answer = ask(desk, json!({ "do": "admin.devices" }));
        let devices = answer["devices"].as_array().expect("devices").clone();
        let line = |one: &Json| format!("{} {} {}", one["called"], one["role"], one["revoked"]).replace('"', "");
        (answer["told"].clone(), devices.iter().map(line).collect::<Vec<_>>())
    };
    assert_eq!(seen(&mut desk), (json!(false), vec!["Office 1 school_admin false".to_owned()]));
    let known = |id, name: &str, state: &str| KnownDevice {
        id: Uuid::from_u128(id),
        name: name.into(),
        role: "registrar".into(),
        state: state.into(),
        seen: Some("2026-11-27".into()),
    };
    let list = vec![known(7, "Guidance", "revoked"), known(5, "Registrar 2", "active"), known(2, "Office 1", "active")];
    let end = End {
        rev: 0,
        epoch: Uuid::from_u128(3),
        durable_rev: None,
        digest: None,
        more: false,
        hub_time: desk.store.now(),
        devices: Some(DeviceList { revision: "one".into(), list }),
    };
    desk.store.apply(&end).expect("applied");
    let lines = ["Office 1 school_admin false", "Registrar 2 registrar false", "Guidance registrar true"];
    assert_eq!(seen(&mut desk), (json!(true), lines.map(str::to_owned).to_vec()));
    let range = |device: u128, from: i64, to: i64| {
        let draft =
            json!({ "device": Uuid::from_u128(device), "prefix": "2026-", "from_no": from, "to_no": to, "digits": 4 });
        json!({ "do": "admin.save_range", "draft": draft })
    };
    assert_eq!(ask(&mut desk, range(5, 1, 100))["ranges"][0]["called"], json!("Registrar 2"));
    let taken = desk.answer(range(2, 50, 60)).expect_err("another PC's");
    assert!(taken.message.starts_with("PC Registrar 2 has 2026-0001 to 2026-0100"), "{}", taken.message);
}

fn wait(desk: &mut Desk, request: &Json) -> Json {
    loop {
        let state = ask(desk, request.clone());
        if state["running"] == json!(false) {
            return state;
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_backup_is_made_beside_the_desk_and_never_over_a_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = on_disk(dir.path());
    let typed = "apat na salita ito";
    let back_up =
        |path: &Path| json!({ "do": "admin.back_up", "path": path.display().to_string(), "passphrase": typed });
    let state = |desk: &mut Desk| wait(desk, &json!({ "do": "admin.backup" }));
    assert_eq!(refused(&mut desk, back_up(Path::new("copy"))), (Code::BadUsage, json!("path")));
    let short = json!({ "do": "admin.back_up", "path": dir.path().display().to_string(), "passphrase": "1234" });
    assert_eq!(refused(&mut desk, short), (Code::PasswordWeak, json!("passphrase")));
    assert_eq!(refused(&mut desk, back_up(&dir.path().join("no/copy"))), (Code::BadUsage, json!("path")));
    ask(&mut desk, back_up(dir.path()));
    let first = state(&mut desk);
    assert_eq!(first["failed"], Json::Null);
    let path = first["done"]["path"].as_str().expect("a path").to_owned();
    assert!(path.ends_with(".pems-backup") && path.contains("PEMS mabini 2"), "{path}");
    assert_eq!((&first["last_path"], &first["last_at"]), (&json!(path), &first["done"]["at"]));
    let keys = crate::store::copy::keys_of(Path::new(&path), &Passphrase::new(typed).expect("long enough"));
    assert_eq!(keys.expect("opens with the passphrase").database, [7; 32]);
    assert_eq!(refused(&mut desk, back_up(Path::new(&path))), (Code::BadUsage, json!("path")));
    ask(&mut desk, back_up(dir.path()));
    assert!(state(&mut desk)["done"]["path"].as_str().is_some_and(|path| path.ends_with(" (2).pems-backup")));
}

#[test]
fn the_proof_says_what_waits_and_what_was_tampered_with() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = on_disk(dir.path());
    let look = |desk: &mut Desk| {
        ask(desk, json!({ "do": "admin.proof", "again": true }));
        wait(desk, &json!({ "do": "admin.proof", "again": false }))["proof"].clone()
    };
    assert_eq!(look(&mut desk)["verdict"], json!("never"));
    crate::app::review::tests::pull(&mut desk, "student", &[(9, json!({ "last_name": "Reyes", "first_name": "Ana" }))]);
    let level = look(&mut desk);
    assert_eq!((&level["verdict"], &level["computed"]), (&json!("level"), &level["confirmed"]));
    let to = dir.path().join("proof.txt");
    let save = json!({ "do": "admin.save_proof", "path": to.display().to_string() });
    ask(&mut desk, save.clone());
    let page = std::fs::read_to_string(&to).expect("a page");
    assert!(page.contains("YES.") && page.contains(level["computed"].as_str().expect("a digest")), "{page}");
    assert!(!page.contains("Reyes"), "{page}");
    assert_eq!(refused(&mut desk, save), (Code::Conflict, json!("path")));

    ask(&mut desk, json!({ "do": "save", "entity": "student", "fields": { "last_name": "Lim", "first_name": "Bea" } }));
    let waiting = look(&mut desk);
    assert_eq!(
        (&waiting["verdict"], &waiting["pending"], &waiting["computed"]),
        (&json!("waiting"), &json!(1), &level["computed"])
    );
    let learners =
        waiting["counts"].as_array().and_then(|all| all.iter().find(|one| one["entity"] == json!("student")));
    let learners = learners.map(|one| (&one["records"], &one["at_hub"], &one["waiting"]));
    assert_eq!(learners, Some((&json!(2), &json!(1), &json!(1))));

    let id = Uuid::from_u128(9).into_bytes();
    desk.store
        .conn()
        .execute("UPDATE student SET first_name = 'Eva' WHERE id = ?1", [id])
        .expect("changed behind its back");
    assert_eq!(look(&mut desk)["verdict"], json!("damaged"));

    ask(&mut desk, json!({ "do": "learners.delete", "id": Uuid::from_u128(9) }));
    let deleted = look(&mut desk);
    let learners =
        deleted["counts"].as_array().and_then(|all| all.iter().find(|one| one["entity"] == json!("student")));
    let learners = learners.map(|one| (&one["records"], &one["at_hub"], &one["waiting"]));
    assert_eq!(learners, Some((&json!(1), &json!(1), &json!(2))), "the hub has it until it hears of it");
}

#[test]
fn what_is_shown_of_a_password_is_not_what_is_kept() {
    let (mut desk, _) = with_admin(desk(Role::SchoolAdmin));
    let made = ask(&mut desk, save_user(None, "Ben Reyes", "teacher"));
    let shown = made["one_time"].as_str().expect("a password");
    assert!(verifier::one_time().is_ok_and(|other| other.len() == shown.len() && other != shown));
    assert!(!made.to_string().contains("argon2"), "no verifier leaves the office");
    assert!(!ask(&mut desk, json!({ "do": "admin.users" })).to_string().contains("argon2"));
}

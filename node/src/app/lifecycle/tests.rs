use super::*;

mod waiting;

fn place(dir: &tempfile::TempDir) -> Place {
    Place { data_dir: dir.path().join("office"), key_file: Some(dir.path().join("key")) }
}

fn ask(front: &mut Front, request: Json) -> Result<Json> {
    front.answer(request)
}

#[test]
fn an_empty_folder_says_that_it_holds_no_office_and_where_it_looked() {
    let dir = tempfile::tempdir().expect("a folder");
    let place = place(&dir);
    let mut front = Front::at(place.clone());
    let error = ask(&mut front, json!({ "do": "status" })).expect_err("nothing is enrolled");
    assert_eq!(error.code, Code::NotEnrolled);
    assert_eq!(error.details, Some(json!({ "data_dir": place.data_dir, "key_file": place.key_file })));
    let state = ask(&mut front, json!({ "do": "session.state" })).expect("a stage");
    assert_eq!(state["stage"], "first_run");
}

#[test]
fn the_sample_school_is_made_used_and_thrown_away() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut front = Front::at(place(&dir));
    let state = ask(&mut front, json!({ "do": "session.sample" })).expect("a school");
    assert_eq!((&state["stage"], &state["sample"]), (&json!("sign_in"), &json!(true)));
    let refused =
        ask(&mut front, json!({ "do": "list", "entity": "student", "limit": 1 })).expect_err("nobody is here");
    assert_eq!(refused.code, Code::NotSignedIn);
    let id = state["people"][0]["id"].clone();
    let state = ask(&mut front, json!({ "do": "session.sign_in", "id": id, "password": "" })).expect("signed in");
    assert_eq!(state["stage"], "open");
    assert!(ask(&mut front, json!({ "do": "list", "entity": "student", "limit": 1 })).is_ok());
    ask(&mut front, json!({ "do": "session.discard_sample" })).expect("thrown away");
    let state = ask(&mut front, json!({ "do": "session.state" })).expect("a stage");
    assert_eq!(state["stage"], "first_run");
    assert!(!dir.path().join("office/records.db").exists() && !dir.path().join("key").exists());
}

#[test]
fn a_copy_is_put_back_on_the_first_page_and_its_users_sign_in() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut front = Front::at(place(&dir));
    ask(&mut front, json!({ "do": "session.sample" })).expect("a school");
    let (copy, typed) = (dir.path().join("stick.pems-backup"), "apat na salita ito");
    let store = &front.open().expect("open").store;
    let learners = store.count("student").expect("a count");
    let passphrase = Passphrase::new(typed).expect("long enough");
    store.file().expect("a file").copy_to(&copy, &passphrase).expect("copied");
    let elsewhere = Place { data_dir: dir.path().join("new"), key_file: Some(dir.path().join("new key")) };
    let mut front = Front::at(elsewhere);
    let restore = |typed: &str| json!({ "do": "session.restore", "file": copy, "copy_passphrase": typed });
    let refused = ask(&mut front, restore("ibang mga salita")).expect_err("another passphrase");
    assert_eq!(refused.code, Code::WrongCredentials);
    let state = ask(&mut front, restore(typed)).expect("put back");
    assert_eq!((&state["stage"], &state["school"]), (&json!("sign_in"), &json!("Sample National High School")));
    assert_eq!(front.open().expect("open").store.count("student").expect("a count"), learners);
}

#[test]
fn sealed_keys_want_their_passphrase_at_every_start() {
    let dir = tempfile::tempdir().expect("a folder");
    let place = Place { data_dir: dir.path().join("office"), key_file: None };
    let mut front = Front::at(place.clone());
    let sample = |typed: &str| json!({ "do": "session.sample", "passphrase": typed });
    assert_eq!(ask(&mut front, sample("short")).expect_err("too short").code, Code::PasswordWeak);
    ask(&mut front, sample("apat na salita ito")).expect("a school");
    let mut again = Front::at(place);
    assert_eq!(ask(&mut again, json!({ "do": "session.state" })).expect("a stage")["stage"], "sealed");
    let unseal = |typed: &str| json!({ "do": "session.unseal", "passphrase": typed });
    let refused = ask(&mut again, unseal("ibang salita naman ito")).expect_err("another passphrase");
    assert_eq!(refused.code, Code::WrongCredentials);
    assert_eq!(ask(&mut again, unseal("apat na salita ito")).expect("open")["stage"], "sign_in");
}

#[test]
fn a_windows_settings_are_kept_before_there_is_an_office_and_outlive_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut front = Front::at(place(&dir));
    assert_eq!(ask(&mut front, json!({ "do": "session.kept" })).expect("none yet"), json!({}));
    let keep = |name: &str, value: &str| json!({ "do": "session.keep", "settings": { name: value } });
    ask(&mut front, keep("language", "fil")).expect("kept");
    ask(&mut front, json!({ "do": "session.sample" })).expect("a school");
    ask(&mut front, keep("theme", "dark")).expect("kept");
    let mut again = Front::at(place(&dir));
    let kept = ask(&mut again, json!({ "do": "session.kept" })).expect("kept");
    assert_eq!(kept, json!({ "language": "fil", "theme": "dark" }));
    let much = ask(&mut again, keep("columns", &"x".repeat(3_000))).expect_err("more than settings");
    assert_eq!(much.code, Code::BadRequest);
    std::fs::write(dir.path().join("office.window.json"), "{ broken").expect("a broken file");
    assert_eq!(ask(&mut again, json!({ "do": "session.kept" })).expect("as at first"), json!({}));
}

#[test]
fn a_request_is_answered_while_the_hub_keeps_an_enrolment_waiting() {
    let dir = tempfile::tempdir().expect("a folder");
    let front = Mutex::new(Front::at(place(&dir)));
    // Takes the connection and says nothing.
    let hub = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", hub.local_addr().expect("an address"));
    let enrol = json!({ "do": "session.enrol", "hub": address, "code": "AAAA-BBBB", "name": "Registrar 1" });
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::scope(|threads| {
        let asking = threads.spawn(|| {
            let outcome = answer(&front, enrol.clone());
            tell.send(()).expect("heard");
            outcome
        });
        let (line, _) = hub.accept().expect("the office asks");
        let state = answer(&front, json!({ "do": "session.state" })).expect("a stage");
        assert_eq!(state["stage"], "first_run");
        for second in [enrol.clone(), json!({ "do": "session.sample" })] {
            assert_eq!(answer(&front, second).expect_err("one at a time").code, Code::StoreLocked);
        }
        assert!(told.try_recv().is_err(), "the enrolment still waits");
        drop((line, hub));
        let refused = asking.join().expect("ended").expect_err("no hub");
        assert_eq!(refused.code, Code::HubUnreachable);
    });
    answer(&front, json!({ "do": "session.sample" })).expect("another way to begin is open again");
}

#[test]
fn the_log_beside_the_records_is_shown_and_goes_with_the_file_for_support() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut front = Front::at(place(&dir));
    let state = ask(&mut front, json!({ "do": "session.sample" })).expect("a school");
    let people = state["people"].as_array().expect("people");
    let sign_in = |role: &str| {
        let person = people.iter().find(|one| one["role"] == role).expect("one of them");
        json!({ "do": "session.sign_in", "id": person["id"], "password": "" })
    };
    let logs = dir.path().join("office/logs");
    std::fs::create_dir(&logs).expect("made");
    let line = |second: u8, what: &str| format!("2026-11-30T08:00:0{second}.000000Z  INFO office::{what}\n");
    std::fs::write(logs.join("pems.log"), line(1, "app: started") + &line(3, "app: stopped")).expect("written");
    std::fs::write(logs.join("pems-node.log"), line(2, "sync: ended rev=7")).expect("written");
    std::fs::write(logs.join("diary.txt"), "nobody's business").expect("written");
    ask(&mut front, sign_in("school_admin")).expect("signed in");
    let log = ask(&mut front, json!({ "do": "admin.log" })).expect("shown");
    let texts: Vec<&str> =
        log["lines"].as_array().expect("lines").iter().filter_map(|line| line["text"].as_str()).collect();
    assert_eq!(texts, ["app: stopped", "sync: ended rev=7", "app: started"]);
    front.open().expect("open").printed.folder = Some(dir.path().to_owned());
    let bundle = ask(&mut front, json!({ "do": "review.bundle" })).expect("filed");
    let file = std::fs::File::open(bundle["path"].as_str().expect("a path")).expect("a file");
    let mut zip = zip::ZipArchive::new(file).expect("a zip");
    let many = zip.len();
    let name = |at: usize| zip.by_index(at).expect("an entry").name().expect("a text").into_owned();
    let mut names: Vec<String> = (0..many).map(name).collect();
    names.sort_unstable();
    assert_eq!(names, ["pems-node.log", "pems.log", "report.json"]);
    ask(&mut front, sign_in("teacher")).expect("signed in");
    assert_eq!(ask(&mut front, json!({ "do": "admin.log" })).expect_err("not theirs").code, Code::RoleForbidden);
}

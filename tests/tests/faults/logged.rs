//! What an office writes down of its work: enough to find a cause, and nothing of anybody. Everything that could slip in is planted in
//! a real office that syncs with a real hub, and then looked for in every byte of the log and of the file for support.

use pems_model::Code;
use pems_node::app::lifecycle::{Front, Place, answer};
use pems_node::log::{Level, Program, start};
use pems_tests::programs::{node, run};
use pems_tests::rig::{Rig, TestOffice};
use serde_json::{Value as Json, json};
use std::io::Read;
use std::path::Path;
use std::sync::Mutex;

/// Names, numbers, addresses and whatever else somebody types, imports or mistypes, spelled as nothing else is.
const PLANTED: [&str; 16] = [
    "Quisumbing",
    "Maximiana",
    "Dimaculangan",
    "Pantaleon",
    "136728140123",
    "136728149999",
    "09171234567",
    "zosima@example.ph",
    "allergic to santol",
    "tatlong isda sa ilog",
    "limang ibon sa bubong",
    "hulaan mo ito",
    "apat na salita ito",
    "Zosima Katigbak",
    "listahan-ni-ate",
    "sikreto",
];

const PASSWORD: &str = "tatlong isda sa ilog";

fn holds(bytes: &[u8], text: &str) -> bool {
    let wanted = text.to_lowercase().into_bytes();
    bytes.to_ascii_lowercase().windows(wanted.len()).any(|part| part == wanted)
}

/// Every file of the log, by its name.
fn logs(data: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(data.join("logs")).expect("the folder of the log");
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.expect("an entry").path();
        (path.file_name().expect("a name").to_string_lossy().into_owned(), std::fs::read(&path).expect("readable"))
    };
    entries.map(read).collect()
}

/// What is in a zip, and the zip itself.
fn unpacked(path: &Path) -> Vec<(String, Vec<u8>)> {
    let whole = std::fs::read(path).expect("the file for support");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(whole.clone())).expect("a zip");
    let mut found = vec![("the zip".to_owned(), whole)];
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).expect("an entry");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("readable");
        let name = file.name().expect("a text").into_owned();
        found.push((name, bytes));
    }
    found
}

fn command(office: &TestOffice, args: &[&str]) -> Json {
    let mut done = run(&mut node(&office.dir, &office.key_file), args, b"");
    if done.printed.is_empty() { Json::Null } else { done.printed.swap_remove(0) }
}

/// Ways of the window: a first user, right and wrong passwords, a refused name, a list, a copy.
fn in_the_window(office: &TestOffice, list: &Path, copy: &Path) {
    let place = Place { data_dir: office.dir.clone(), key_file: Some(office.key_file.clone()) };
    let front = Mutex::new(Front::at(place));
    let ask = |request: Json| answer(&front, request);
    let draft = json!({ "name": "Zosima Katigbak", "email": "zosima@example.ph", "role": "school_admin", "password": PASSWORD });
    let made = ask(json!({ "do": "admin.save_user", "draft": draft })).expect("made");
    let id = made["row"].get("id").unwrap_or(&made["id"]).clone();
    for wrong in ["hulaan mo ito", "limang ibon sa bubong"] {
        let refused = ask(json!({ "do": "session.sign_in", "id": id, "password": wrong })).expect_err("wrong");
        assert_eq!(refused.code, Code::WrongCredentials);
        let reference = refused.details.expect("details")["reference"].as_str().expect("a reference").to_owned();
        assert_eq!(reference.len(), 9, "what somebody can read out: {reference}");
    }
    ask(json!({ "do": "session.sign_in", "id": id, "password": PASSWORD })).expect("signed in");
    let learner = json!({ "last_name": "Pantaleon", "first_name": "Maximiana", "birth_date": "sikreto" });
    ask(json!({ "do": "save", "entity": "student", "fields": learner })).expect_err("no day");
    ask(json!({ "do": "Dimaculangan", "sikreto": "136728140123" })).expect_err("no request");
    ask(json!({ "do": "list", "entity": "Quisumbing" })).expect_err("no kind of record");
    ask(json!({ "do": "imports.apply", "path": list, "hash": "sikreto", "choices": [] })).expect_err("no register");
    let mut state =
        ask(json!({ "do": "admin.back_up", "path": copy, "passphrase": "apat na salita ito" })).expect("begun");
    while state["running"] == true {
        std::thread::yield_now();
        state = ask(json!({ "do": "admin.backup" })).expect("told");
    }
    assert!(state["done"].is_object(), "{state}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_tells_what_happened_and_nothing_of_anybody() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    let log = start(&office.dir, Program::Window, Level::Debug).expect("the only log of this process");

    // Records that the hub takes, one that it refuses, one that is damaged before it is sent.
    let id = office.save(
        "student",
        &json!({ "last_name": "Quisumbing", "first_name": "Maximiana", "lrn": "136728140123",
        "phone": "09171234567", "remarks": "allergic to santol" }),
    );
    office.sync().await;
    office.save("student", &json!({ "id": id, "last_name": "Dimaculangan" }));
    office.save("student", &json!({ "last_name": "Dimaculangan", "first_name": "Pantaleon", "lrn": "136728149999" }));
    office.damage(
        "UPDATE op SET fields = '{\"last_name\":null}' WHERE op_no = 2;
         UPDATE op SET fields = '{\"last_name\":\"Dimacul' WHERE op_no = 3",
    );
    office.sync().await;

    // A list with a bad row, from a file that is called after somebody.
    let list = office.dir.with_file_name("listahan-ni-ate.csv");
    let rows = "LRN,Last name,First name,Birth date\n136728149999,Dimaculangan,Pantaleon,sikreto\n,Pantaleon,Zosima Katigbak,2012-02-30\n";
    std::fs::write(&list, rows).expect("written");
    let list_name = list.to_str().expect("a path");
    command(&office, &["import", list_name, "--as", "csv"]);
    let copy = office.dir.with_file_name("listahan-ni-ate.pems-backup");
    tokio::task::block_in_place(|| in_the_window(&office, &list, &copy));

    // A panic that quotes a value.
    let panicked = std::thread::spawn(|| panic!("{} is at the counter", PLANTED[0])).join();
    assert!(panicked.is_err());
    command(&office, &["search", "student", "Quisumbing"]);
    command(&office, &["save", "student", r#"{"last_name":"Pantaleon","LRN":"136728149999"}"#]);
    drop(log);

    let zip = office.dir.with_file_name("support.zip");
    let made = command(&office, &["support-bundle", "--out", zip.to_str().expect("a path")]);
    assert_eq!(made["out"], json!(zip), "{made}");
    let files: Vec<(String, Vec<u8>)> = logs(&office.dir).into_iter().chain(unpacked(&zip)).collect();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    for wanted in ["pems.log", "pems-node.log", "report.json"] {
        assert!(names.contains(&wanted), "{wanted}: {names:?}");
    }
    let whole: String = files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
    for wanted in [
        "app: started program=\"pems\"",
        "app: started program=\"pems-node\"",
        "app: stopped",
        "sync: began",
        "sync: answered sent=1 applied=1",
        "required=1",
        "sync: received rows=",
        "sync: ended",
        "store: opened ms=",
        "store: backed up bytes=",
        "store: damaged change put aside entity=\"student\"",
        "import: ended kind=\"csv\" entity=\"student\" rows=2",
        "session: signed in user=",
        "session: not signed in user=",
        "code=wrong_credentials",
        "import: refused kind=\"sf1\"",
        "app: panicked file=\"logged.rs\"",
        "request=\"imports.apply\"",
        "request=\"unknown\"",
    ] {
        assert!(whole.contains(wanted), "{wanted} is not in\n{whole}");
    }
    let here = office.dir.parent().expect("a folder").file_name().expect("a name").to_string_lossy().into_owned();
    for (name, bytes) in &files {
        for planted in PLANTED.iter().copied().chain([here.as_str(), "mabini", &rig.url()]) {
            assert!(!holds(bytes, planted), "{planted} is in {name}:\n{}", String::from_utf8_lossy(bytes));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_cannot_be_written_is_said_by_status_and_stops_nothing() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    assert_eq!(command(&office, &["status"])["log_trouble"], Json::Null);
    std::fs::remove_dir_all(office.dir.join("logs")).expect("the log of the first command");
    std::fs::write(office.dir.join("logs"), "in the way").expect("written");
    let learner = r#"{"last_name":"Reyes","first_name":"Ana"}"#;
    let saved = run(&mut node(&office.dir, &office.key_file), ["save", "student", learner], b"");
    assert_eq!((saved.exit, saved.errors.len()), (Some(0), 0), "{saved:?}");
    assert!(command(&office, &["status"])["log_trouble"].is_string());

    // A setting with a typing mistake is no default; `off` leaves no folder behind.
    std::fs::remove_file(office.dir.join("logs")).expect("out of the way");
    let refused = run(&mut node(&office.dir, &office.key_file), ["status", "--log", "loud"], b"");
    assert_eq!((refused.exit, refused.code()), (Some(2), "bad_usage"), "{refused:?}");
    assert_eq!(command(&office, &["status", "--log", "off"])["log_trouble"], Json::Null);
    assert!(!office.dir.join("logs").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_for_support_is_made_where_the_records_do_not_open() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    std::fs::write(office.dir.join("records.db"), "Quisumbing").expect("damaged");
    assert_eq!(command(&office, &["status"]), Json::Null);
    let zip = office.dir.with_file_name("support.zip");
    let done =
        run(&mut node(&office.dir, &office.key_file), ["support-bundle", "--out", zip.to_str().expect("a path")], b"");
    assert_eq!(done.exit, Some(0), "{done:?}");
    let found = unpacked(&zip);
    let of = |name: &str| &found.iter().find(|(found, _)| found == name).expect("there").1;
    let report: Json = serde_json::from_slice(of("report.json")).expect("JSON");
    assert_eq!(report["not_opened"], json!("store_corrupt"), "{report}");
    assert!(holds(of("pems-node.log"), "store: not opened code=store_corrupt"));
    assert!(holds(of("pems-node.log"), "request=\"status\" code=store_corrupt"));
    assert!(found.iter().all(|(_, bytes)| !holds(bytes, "Quisumbing")));
}

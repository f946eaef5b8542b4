//! Lists from elsewhere in the window: LIS's register beside the records, applied and taken back; what is refused, in words; and the
//! list of the largest school, which holds up nobody.

use crate::driver::Window;
use crate::office::Folder;
use crate::{DESK, with_window};
use pems_node::domain::made_up::MadeUp;
use pems_node::keys::KeySource;
use pems_node::store::{ListQuery, Save};
use pems_node::{Office, Store};
use serde_json::{Value as Json, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use uuid::Uuid;

/// Learners of the largest school of the country.
const LARGEST: usize = 17_167;

pub(crate) struct School {
    dir: TempDir,
    pub(crate) folder: Folder,
}

impl School {
    /// With its School ID and school year, and nobody in it.
    pub(crate) fn new() -> School {
        let dir = tempfile::tempdir().expect("a folder");
        let (data, key) = (dir.path().join("office"), dir.path().join("key"));
        pems_node::sample::empty(&data, KeySource::File(key.clone())).expect("an office");
        let school = School { folder: Folder::of(&data, &key), dir };
        let mut store = school.store();
        save(&mut store, "school_profile", json!({ "deped_school_id": "300021", "name": "Mabini NHS" }));
        let year =
            json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-03-31", "status": "open" });
        save(&mut store, "school_year", year);
        school
    }

    /// One learner of each group of the reconciliation of `sf1.xls`.
    pub(crate) fn with_everybody() -> School {
        let school = School::new();
        let mut store = school.store();
        let year = store.list("school_year", &ListQuery::default()).expect("a year")[0].id;
        let mut section =
            |name: &str| save(&mut store, "section", json!({ "school_year": year, "grade_level": "7", "name": name }));
        let (rizal, luna) = (section("Rizal"), section("Luna"));
        let mut learner = |section: Uuid, fields: Json| {
            let student = save(&mut store, "student", fields);
            let fields = json!({ "student": student, "school_year": year, "grade_level": "7", "status": "enrolled" });
            let enrolment = save(&mut store, "enrolment", fields);
            let seat = json!({ "enrolment": enrolment, "section": section, "valid_from": "2026-06-08" });
            save(&mut store, "section_membership", seat);
        };
        learner(luna, json!({ "last_name": "Delgado", "first_name": "Ramon", "lrn": "300021130101" }));
        let juan = json!({ "last_name": "Dela Cruz", "first_name": "Juan", "lrn": "300021130102", "sex": "M",
            "birth_date": "2014-02-27", "religion": "Iglesia ni Cristo", "barangay": "Poblacion" });
        learner(rizal, juan);
        learner(
            rizal,
            json!({ "last_name": "Ocampo", "first_name": "Eva", "lrn": "300021130999", "sex": "F", "birth_date": "2014-01-01" }),
        );
        save(&mut store, "student", json!({ "last_name": "Bautista", "first_name": "Paolo" }));
        school
    }

    pub(crate) fn store(&self) -> Store {
        let office = Office::open(&self.folder.data, KeySource::File(self.folder.key_file.clone())).expect("an office");
        office.store().expect("a store")
    }

    pub(crate) fn total(&self, entity: &str) -> usize {
        let all = ListQuery { limit: Some(1_000_000), ..ListQuery::default() };
        self.store().list(entity, &all).expect("a list").len()
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }
}

fn save(store: &mut Store, entity: &str, fields: Json) -> Uuid {
    let Json::Object(fields) = fields else { panic!("an object") };
    store.put(&Save { entity: entity.into(), id: None, fields }).expect("saved").row.id
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/samples").join(name)
}

/// Opens the screen and reads a file whose place is typed.
pub(crate) async fn read(window: &Window, path: &Path) {
    window.run("if (location.hash !== '#/imports') location.hash = '#/imports'; return null").await;
    window.until("document.querySelector('[name=path]')").await;
    window.run("document.querySelector('[name=path]').select(); return null").await;
    window.fill("[name=path]", &path.display().to_string()).await;
    window.keys("\u{e007}").await;
}

/// Goes to one of the groups.
async fn group(window: &Window, name: &str) {
    let tab = format!("[...document.querySelectorAll('[role=tab]')].find((one) => one.innerText.startsWith('{name}'))");
    window.until(&tab).await;
    window.run(&format!("{tab}.click(); return null")).await;
    window.until(&format!("{tab}.ariaSelected === 'true'")).await;
}

const TABS: &str =
    "[...document.querySelectorAll('[role=tab]')].map((tab) => tab.innerText.replace(/\\s+/g, ' ').trim()).join(', ')";

async fn reconcile(dark: bool, size: (u32, u32), look: &str) {
    let school = School::with_everybody();
    with_window(&school.folder, dark, size, |window| {
        let school = &school;
        async move {
            window.until("document.querySelector('.frame')").await;
            window.run("location.hash = '#/imports'; return null").await;
            window.until("document.querySelector('[name=path]')").await;
            window.is_accessible().await;
            window.picture(&format!("import-{look}-file")).await;
            let before = (school.total("student"), school.total("enrolment"));

            // The shell says so when a file is dropped.
            let dropped = json!({ "over": false, "paths": [sample("sf1.xls")] });
            window
                .run(&format!("dispatchEvent(new CustomEvent('pems-files', {{ detail: {dropped} }})); return null"))
                .await;
            window.until("document.querySelector('table.import')").await;
            let tabs = window.run(&format!("return {TABS}")).await;
            assert_eq!(
                tabs,
                json!(
                    "Missing here 35, Not in LIS 1, Different 2, Wrong section 1, Not certain 1, The same 0, Notes 8"
                ),
                "{tabs}"
            );
            let told = window.text("main dl").await;
            assert!(told.contains("Grade 7, RIZAL") && told.contains("2026-2027") && told.contains("300021"), "{told}");
            window.is_accessible().await;
            window.picture(&format!("import-{look}-missing")).await;
            for (name, picture) in
                [("Not in LIS", "extra"), ("Wrong", "wrong"), ("Notes", "notes"), ("Not certain", "suspect")]
            {
                group(&window, name).await;
                window.is_accessible().await;
                window.picture(&format!("import-{look}-{picture}")).await;
            }
            // He is the one whom we have; with the keyboard.
            window.run("document.querySelector('[role=radiogroup] input').focus(); return null").await;
            window.keys(" ").await;
            window.until("document.querySelector('[role=radiogroup] input').checked").await;
            group(&window, "Different").await;
            let birth = "document.querySelector('input[aria-label*=\"Birth date of DELA CRUZ\"]')";
            assert_eq!(
                window.run(&format!("return {birth}.checked")).await,
                json!(false),
                "ours stays unless somebody says so"
            );
            let mother = "document.querySelector('input[aria-label*=\"Mother (maiden name) of DELA CRUZ\"]')";
            assert_eq!(window.run(&format!("return {mother}.checked")).await, json!(true), "what is empty is filled");
            window.run(&format!("{birth}.focus(); return null")).await;
            window.keys(" ").await;
            window.until(&format!("{birth}.checked")).await;
            window.is_accessible().await;
            window.picture(&format!("import-{look}-different")).await;

            window.keys("\u{e009}\u{e007}\u{e000}").await;
            window.until("document.body.innerText.includes('36 learners are enrolled')").await;
            // The learner whom the clerk said it is has what the register knows, and is certain from now on.
            window
                .until(&format!(
                    "{TABS}.startsWith('Missing here 0, Not in LIS 1, Different 1, Wrong section 0, The same 37')"
                ))
                .await;
            assert_eq!((school.total("student"), school.total("enrolment")), (before.0 + 35, before.1 + 36));
            assert!(school.total("enrolment_event") >= 36, "rosters of any day are right");
            window.is_accessible().await;
            window.picture(&format!("import-{look}-applied")).await;
            window.run("document.activeElement.blur(); return null").await;
            window.keys("\u{e009}z\u{e000}").await;
            window.until(&format!("{TABS}.includes('Missing here 35')")).await;
            assert_eq!(
                (school.total("student"), school.total("enrolment"), school.total("enrolment_event")),
                (before.0, before.1, 0)
            );
        }
    })
    .await;
}

#[tokio::test]
async fn imports_a_register_is_reconciled_applied_and_undone() {
    reconcile(false, DESK, "light").await;
}

#[tokio::test]
async fn imports_a_register_in_the_dark_on_a_small_screen() {
    reconcile(true, (1024, 600), "dark-small").await;
}

#[tokio::test]
async fn imports_refuse_other_schools_and_garbage_in_words() {
    let school = School::new();
    let garbage = school.file("holiday.xls", "this is no workbook at all");
    with_window(&school.folder, false, DESK, |window| {
        let school = &school;
        async move {
            window.until("document.querySelector('.frame')").await;
            for (path, title, words, picture) in [
                (sample("sf1_other_school.xls"), "another school", "300999", "other-school"),
                (garbage, "cannot be read", "holiday.xls", "garbage"),
                (sample("sf1_cut.xls"), "cannot be read", "fresh copy", "cut"),
                (PathBuf::from("/nowhere/sf1.xls"), "cannot be opened", "sf1.xls", "nowhere"),
            ] {
                read(&window, &path).await;
                let banner = "document.querySelector('.banner.bad')?.innerText";
                window.until(&format!("{banner}?.includes({title:?}) && {banner}.includes({words:?})")).await;
                window.is_accessible().await;
                window.picture(&format!("import-refused-{picture}")).await;
            }
            assert_eq!(school.total("student"), 0);
        }
    })
    .await;
}

#[tokio::test]
async fn imports_the_largest_list_while_the_window_goes_on() {
    let school = School::new();
    let mut rows = String::from("LRN,Surname,Given name,Middle name,Sex,Birthday\n");
    for i in 0..LARGEST {
        let sex = if i % 2 == 0 { "F" } else { "M" };
        writeln!(rows, "3000{i:08},Dela Cruz {i},Ana,Reyes,{sex},2013-{:02}-{:02}", 1 + i % 12, 1 + i % 28)
            .expect("a row");
    }
    let list = school.file("everybody.csv", &rows);
    with_window(&school.folder, false, DESK, |window| {
        let school = &school;
        async move {
            window.until("document.querySelector('.frame')").await;
            read(&window, &list).await;
            let button = "[...document.querySelectorAll('button')].find((one) => one.innerText.includes('Import 17,167 records'))";
            window.until(button).await;
            window.is_accessible().await;
            window.picture("import-list").await;
            // From here on every frame and every answer is timed.
            window
                .run(
                    "window.seen = { frame: 0, answer: 0, steps: new Set(), done: false };
                     let last = performance.now();
                     const frame = (now) => { seen.frame = Math.max(seen.frame, now - last); last = now; if (!seen.done) requestAnimationFrame(frame) };
                     requestAnimationFrame(frame);
                     const ask = async () => { while (!seen.done) { const from = performance.now();
                       await __TAURI_INTERNALS__.invoke('call', { request: { do: 'status' } });
                       seen.answer = Math.max(seen.answer, performance.now() - from);
                       seen.steps.add(document.querySelector('progress')?.value); await new Promise((on) => setTimeout(on, 20)); } };
                     ask(); return null",
                )
                .await;
            window.run(&format!("{button}.click(); return null")).await;
            window.until("document.querySelector('progress')?.value > 0").await;
            window.is_accessible().await;
            window.picture("import-list-progress").await;
            // An unoptimised build on a busy machine takes longer than one wait.
            for _ in 0..4 {
                let script = "const end = Date.now() + 20000; const look = setInterval(() => {
                    if (!document.querySelector('progress') || Date.now() > end) { clearInterval(look); done(null) } }, 50)";
                window.ask(script).await;
                if window.run("return document.querySelector('progress') === null").await == json!(true) {
                    break;
                }
            }
            window.until("document.body.innerText.includes('17,167 records are imported')").await;
            let seen = window.run("seen.done = true; return { frame: seen.frame, answer: seen.answer, steps: seen.steps.size }").await;
            println!("the longest frame and answer while {LARGEST} learners were saved: {seen}");
            assert!(seen["steps"].as_u64() > Some(3), "the bar moves: {seen}");
            assert!(seen["answer"].as_f64() < Some(2_000.0), "the desk answers meanwhile: {seen}");
            assert_eq!(school.total("student"), LARGEST);
            window.picture("import-list-done").await;
        }
    })
    .await;
}

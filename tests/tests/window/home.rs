//! Today, as each of the school's people meets it: what stands there is what the records say, one key or click leads to where it
//! is done, and a school in its first hour is told what to do first.

use crate::day::{enter, open_sample};
use crate::driver::Window;
use crate::office::Folder;
use crate::{DESK, with_window};
use pems_model::school_day::day_of;
use pems_model::value::format_date;
use pems_node::domain::made_up::MadeUp;
use pems_node::keys::KeySource;
use pems_node::store::{ListQuery, Save};
use pems_node::{Office, Store};
use serde_json::{Value as Json, json};
use std::path::Path;

const SMALL: (u32, u32) = (1024, 600);
const ALT: &str = "\u{e00a}";
const RELEASE: &str = "\u{e000}";

/// Asks the office as the screens do.
async fn asked(window: &Window, request: Json) -> Json {
    let script =
        format!("__TAURI_INTERNALS__.invoke('call', {{ request: {request} }}).then(done, (why) => done({{ why }}))");
    let answer = window.ask(&script).await;
    assert_eq!(answer["why"], Json::Null, "{request}");
    answer
}

async fn fact(window: &Window, name: &str) -> String {
    window.text(&format!("[data-fact='{name}']")).await
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], Vec::as_slice)
}

/// In the light, in the dark and on a small screen, and nobody is shut out of any.
async fn pictures(window: &Window, name: &str) {
    for theme in ["light", "dark"] {
        window.run(&format!("document.documentElement.dataset.theme = '{theme}'; return null")).await;
        window.is_accessible().await;
        window.picture(&format!("{name}-{theme}")).await;
    }
    window.run("document.documentElement.dataset.theme = 'light'; return null").await;
    window.page.set_window_rect(0, 0, SMALL.0, SMALL.1).await.expect("a smaller window");
    window.until(&format!("innerWidth === {}", SMALL.0)).await;
    let wide = window.run("return document.documentElement.scrollWidth - innerWidth").await;
    assert!(wide.as_i64() <= Some(0), "{name} is {wide} pixels wider than a small window");
    window.is_accessible().await;
    window.picture(&format!("{name}-1024x600")).await;
    window.page.set_window_rect(0, 0, DESK.0, DESK.1).await.expect("a larger window");
    window.until(&format!("innerWidth === {}", DESK.0)).await;
}

fn store(data: &Path, key_file: &Path) -> Store {
    let office = Office::open(data, KeySource::File(key_file.to_owned())).expect("an office");
    office.store().expect("a store")
}

fn save(store: &mut Store, entity: &str, fields: Json) {
    let fields = fields.as_object().cloned().unwrap_or_default();
    store.put(&Save { entity: entity.into(), id: None, fields }).expect("saved");
}

/// What the calendar says about today, as another program at this PC enters it.
fn tell_the_calendar(folder: &Folder, kind: &str, reason: &str) {
    let mut records = store(&folder.data, &folder.key_file);
    let only =
        |field: &str, value: &str| ListQuery { filters: vec![(field.into(), value.into())], ..ListQuery::default() };
    let year = records.list("school_year", &only("status", "open")).expect("school years")[0].id;
    let today = format_date(day_of(records.now()));
    let known = records.list("calendar_day", &only("on_date", &today)).expect("days").first().map(|day| day.id);
    let mut fields = json!({ "kind": kind, "reason": reason });
    if known.is_none() {
        fields = json!({ "school_year": year, "on_date": today, "scope": "school", "kind": kind, "reason": reason });
    }
    let fields = fields.as_object().cloned().unwrap_or_default();
    records.put(&Save { entity: "calendar_day".into(), id: known, fields }).expect("saved");
}

/// Makes today a class day, whichever day it is. On a weekend the sample took no attendance: all sections but the first, fourth,
/// seventh and tenth take it now, with the second learner late and the third absent.
async fn class_day(window: &Window, folder: &Folder) {
    let before = asked(window, json!({ "do": "attendance.today" })).await;
    if list(&before["sections"]).iter().any(|line| line["day"]["class"] == true) {
        return;
    }
    tell_the_calendar(folder, "makeup", "Made-up Saturday");
    window.until("document.querySelector('[data-fact=day]').innerText.includes('Made-up Saturday')").await;
    for (at, line) in list(&before["sections"])
        .iter()
        .enumerate()
        .filter(|(at, line)| at % 3 != 0 && line["section"]["may_take"] == true)
    {
        let class = json!({ "section": line["section"]["id"], "date": before["today"], "session": "day" });
        let mut ask = class.clone();
        ask["do"] = json!("attendance.class");
        let pupils = asked(window, ask).await["pupils"].clone();
        assert!(list(&pupils).len() > 10, "section {at} has a class");
        let mut take = class;
        let mark = |one: &Json| json!({ "student": one["id"], "code": one["code"], "note": one["note"] });
        take["seen"] = json!(list(&pupils).iter().map(mark).collect::<Vec<_>>());
        take["do"] = json!("attendance.take");
        take["marks"] =
            json!([{ "student": pupils[1]["id"], "code": "L" }, { "student": pupils[2]["id"], "code": "A" }]);
        asked(window, take).await;
    }
    // What the window itself did not do through a screen is read at the next look.
    window.run("location.hash = '#/review'; return null").await;
    window.until("document.querySelector('main h1')?.innerText === 'Needs you'").await;
    window.run("location.hash = '#/home'; return null").await;
    window.until("document.querySelector('[data-fact=sync]')").await;
}

#[tokio::test]
async fn a_school_administrator_sees_the_day_of_the_school() {
    let folder = Folder::empty();
    with_window(&folder, false, DESK, |window| {
        let folder = &folder;
        async move {
            open_sample(&window).await;
            enter(&window, "Apolinario").await;
            // The window opens on Today.
            window.until("document.querySelector('[data-fact=sync]')").await;
            window.shows("nav [aria-current]", "Today").await;
            // Before today's classes are taken, in which who was away may be there again.
            let away = asked(&window, json!({ "do": "attendance.five_days" })).await;
            let first = list(&away)[0]["listed"].as_str().unwrap_or_default().to_owned();
            window.says("main", &first).await;
            class_day(&window, folder).await;
            let day = asked(&window, json!({ "do": "attendance.today" })).await;
            let lines = list(&day["sections"]);
            let taken: Vec<&Json> = lines.iter().filter(|line| !line["taken"].is_null()).collect();
            assert_eq!((lines.len(), taken.len()), (10, 6));
            assert_eq!(fact(&window, "taken").await, "6 of 10 sections have taken attendance");
            let sum = |name: &str| taken.iter().filter_map(|line| line[name].as_i64()).sum::<i64>();
            let there = fact(&window, "present").await;
            let half = Some(sum("half")).filter(|half| *half > 0).map(|half| format!(" {half} absent half a day,")).unwrap_or_default();
            let told = format!("; {} absent,{half} {} late or cutting", sum("absent"), sum("tardy"));
            assert!(there.ends_with(&told), "{there}");
            // The first section that has not taken it stands first, one click from its class.
            let first = lines.iter().find(|line| line["taken"].is_null()).expect("one that is not taken");
            let ways = window.run("return [...document.querySelectorAll('main a')].map((one) => one.hash)").await;
            let class = format!("#/attendance/{}/{}", first["section"]["id"].as_str().unwrap_or_default(), day["today"].as_str().unwrap_or_default());
            assert!(list(&ways).contains(&json!(class)), "{class} in {ways}");

            let year = asked(&window, json!({ "do": "enrolment.years" })).await["current"].clone();
            let sections = asked(&window, json!({ "do": "enrolment.sections", "school_year": year })).await;
            let all = |name: &str| list(&sections["sections"]).iter().filter_map(|one| one[name].as_i64()).sum::<i64>();
            let told = format!("{} learners enrolled ({} M, {} F)", all("total"), all("male"), all("female"));
            assert_eq!(fact(&window, "enrolled").await, told);
            assert_eq!(fact(&window, "needs").await, "2 records need a decision");
            pictures(&window, "home-head").await;

            // One click away, and back.
            window.run("document.querySelector('[data-fact=needs]').closest('a').click(); return null").await;
            window.until("location.hash === '#/review' && document.querySelector('main h1')?.innerText === 'Needs you'").await;
            window.run("history.back(); return null").await;
            window.until("document.querySelector('[data-fact=enrolled]')").await;

            // A typhoon that another program enters while the page is open.
            tell_the_calendar(folder, "suspension", "Typhoon (made up)");
            window
                .until("document.querySelector('[data-fact=day]').innerText.trim() === 'Classes are suspended: Typhoon (made up)'")
                .await;
            assert_eq!(fact(&window, "taken").await, "", "nobody has to take attendance then");
            assert!(fact(&window, "next").await.starts_with("Next class day: "));
            window.is_accessible().await;
            window.picture("home-suspended").await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_teacher_is_led_to_the_own_class() {
    let folder = Folder::empty();
    let folder = &folder;
    with_window(folder, false, DESK, |window| async move {
        open_sample(&window).await;
        enter(&window, "Benigno").await;
        window.until("document.querySelector('[data-fact=sync]')").await;
        window.shows("nav [aria-current]", "Today").await;
        class_day(&window, folder).await;
        let day = asked(&window, json!({ "do": "attendance.today" })).await;
        let mine = &list(&day["sections"])[0];
        assert_eq!(mine["section"]["mine"], json!(true));
        let name = mine["section"]["name"].as_str().unwrap_or_default();
        assert!(window.text("main h2").await.ends_with(name), "the own section comes first");
        for nothing in ["taken", "enrolled", "unassigned", "temporary"] {
            assert_eq!(fact(&window, nothing).await, "", "{nothing} is not a teacher's");
        }
        pictures(&window, "home-teacher").await;
        assert_eq!(fact(&window, "own").await, "Attendance was not taken yet today");
        // One key leads to the class.
        window.run("document.querySelector('main').focus(); return null").await;
        window.keys(&format!("{ALT}a{RELEASE}")).await;
        let id = mine["section"]["id"].as_str().unwrap_or_default();
        window.until(&format!("location.hash === '#/attendance/{id}/' + {}", day["today"])).await;
        window.until(&format!("document.querySelector('main h1')?.innerText.includes('{name}')")).await;
        // Taken in one go; then Today says so.
        window.until("document.activeElement.getAttribute('role') === 'grid'").await;
        window.keys("\u{e009}s\u{e000}").await;
        window.until("document.querySelector('.record')?.innerText.includes('Taken')").await;
        window.keys(&format!("{ALT}1{RELEASE}")).await;
        window
            .until("document.querySelector('[data-fact=own]')?.innerText.startsWith('Attendance was taken at')")
            .await;
        assert_eq!(fact(&window, "own-exceptions").await, "All present");
        window.picture("home-teacher-taken").await;
    })
    .await;
}

#[tokio::test]
async fn a_registrar_finds_what_waits_at_the_desk() {
    let folder = Folder::empty();
    with_window(&folder, false, DESK, |window| async move {
        open_sample(&window).await;
        enter(&window, "Corazon").await;
        // Who stands at the counter begins with the search.
        window.until("document.querySelectorAll('.data').length > 0").await;
        window.shows("nav [aria-current]", "Learners").await;
        window.run("location.hash = '#/home'; return null").await;
        window.until("document.querySelector('[data-fact=sync]')").await;
        let year = asked(&window, json!({ "do": "enrolment.years" })).await["current"].clone();
        let waiting = asked(&window, json!({ "do": "enrolment.list", "school_year": year, "only": "temporary" })).await;
        let told = match list(&waiting).len() {
            1 => "1 learner is temporarily enrolled".to_owned(),
            n => format!("{n} learners are temporarily enrolled"),
        };
        assert_eq!(fact(&window, "temporary").await, told);
        assert_eq!(fact(&window, "enrolled-today").await, "Nobody was enrolled today yet.");
        pictures(&window, "home-registrar").await;

        // The list behind a figure has as many learners as the figure says.
        let owing = fact(&window, "papers").await;
        let owing = owing.split(' ').next().unwrap_or_default().to_owned();
        window.run("document.querySelector('[data-fact=papers]').closest('a').click(); return null").await;
        window
            .until(&format!(
                "location.hash === '#/learners' && document.querySelector('.count')?.innerText === '{owing} found'"
            ))
            .await;
        window.run("location.hash = '#/home'; return null").await;
        window.until("document.querySelector('[data-fact=temporary]')").await;
        window.run("document.querySelector('main').focus(); return null").await;
        window.keys(&format!("{ALT}e{RELEASE}")).await;
        window
            .until("location.hash === '#/desk' && document.querySelector('main h1')?.innerText === 'Enrolment'")
            .await;
    })
    .await;
}

const STEPS: &str = "[...document.querySelectorAll('[data-step]')].map((one) => one.dataset.step + (one.classList.contains('done') ? ' done' : '')).join()";

#[tokio::test]
async fn a_school_in_its_first_hour_is_led_step_by_step() {
    let dir = tempfile::tempdir().expect("a folder");
    let (data, key) = (dir.path().join("office"), dir.path().join("key"));
    pems_node::sample::empty(&data, KeySource::File(key.clone())).expect("an office");
    let folder = Folder::of(&data, &key);
    with_window(&folder, false, DESK, |window| {
        let (data, key) = (&data, &key);
        async move {
            window.until(&format!("{STEPS} === 'school,year,learners,sections,users'")).await;
            pictures(&window, "home-first").await;
            let mut records = store(data, key);
            save(&mut records, "school_profile", json!({ "deped_school_id": "300021", "name": "Mabini NHS" }));
            window.until(&format!("{STEPS} === 'school done,year,learners,sections,users'")).await;
            // The next one is where Enter would go.
            window.run("document.querySelector('[data-step] a.main').click(); return null").await;
            window.until("location.hash === '#/admin/years'").await;
            window.run("history.back(); return null").await;
            window.until("document.querySelector('[data-step]')").await;
            let year =
                json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-03-31", "status": "open" });
            save(&mut records, "school_year", year);
            window.until("document.querySelector('[data-step] a.main')?.hash === '#/imports'").await;
            window.picture("home-first-going").await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_pc_that_met_no_hub_yet_says_that_records_may_still_come() {
    let folder = Folder::just_enrolled();
    with_window(&folder, false, DESK, |window| async move {
        window.until("document.querySelector('.frame')").await;
        window.run("location.hash = '#/home'; return null").await;
        window.until("document.querySelector('[data-step]')").await;
        window.begins("main .banner", "The hub was not reached yet").await;
        // A registrar's PC: what an administrator does is said to be theirs.
        let ways =
            window.run("return [...document.querySelectorAll('[data-step] a')].map((one) => one.hash).join()").await;
        assert_eq!(ways, json!("#/imports,#/sections"));
        window.is_accessible().await;
        window.picture("home-first-registrar").await;
    })
    .await;
}

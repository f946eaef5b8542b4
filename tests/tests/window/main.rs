//! The office window as a clerk meets it: the app that ships, in a real web view, on a screen of its own.
//!
//! Needs `xvfb`, `webkit2gtk-driver`, the built screens (`npm ci && npm run build` in `ui/`) and the built app
//! (`cargo build --workspace`). Pictures of what was seen are kept in `artifacts/screens/`.
#![cfg(target_os = "linux")]

mod admin;
mod controls;
mod day;
mod filed_lists;
mod first_run;
mod home;
mod imports;
mod learners;
mod lists;
mod lock;
mod needs;
mod office;
mod papers;
mod screens;
mod sf1;
mod sf2;
mod sittings;
mod transferee;

use driver::{Keys, Opening, Window};
use office::{Folder, LEARNERS};
use pems_tests::rig::Rig;
use pems_tests::window as driver;
use serde_json::json;
use std::future::Future;
use std::time::Duration;

/// No window test takes a tenth of this; one that hangs ends and takes its window along.
const TEST: Duration = Duration::from_secs(120);
/// Windows open one after the other: two at once on two cores only slow each other down.
static ONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

const DESK: (u32, u32) = (1280, 800);
const NAMES: &str = "[...document.querySelectorAll('.data [data-column=\"0\"]')].map((cell) => cell.innerText)";

async fn with_window<F: Future>(folder: &Folder, dark: bool, size: (u32, u32), test: impl FnOnce(Window) -> F) {
    let _alone = ONE.lock().await;
    let opening = Opening { data: &folder.data, keys: Keys::File(&folder.key_file), dark, size };
    let run = async { test(Window::open(&opening).await).await };
    assert!(tokio::time::timeout(TEST, run).await.is_ok(), "the window did not finish within {TEST:?}");
}

#[tokio::test]
async fn a_learner_is_found_by_folded_name_with_the_keyboard_alone() {
    let folder = Folder::enrolled();
    with_window(&folder, false, DESK, |window| async move {
        window.until("document.querySelectorAll('.data').length > 0").await;
        window.shows("header strong", "Apolinario Mabini National High School").await;
        window.says("footer p", "1 item needs you").await;
        window.begins("footer p", "All work is at the hub, ").await;
        let line = window.text("footer p").await;
        assert!(line.starts_with("All work is at the hub, "), "{line}");
        assert!(line.ends_with("1 item needs you"), "{line}");
        let drawn = window.run("return document.querySelectorAll('.data').length").await.as_u64().unwrap_or(0);
        assert!((10..60).contains(&drawn), "of {LEARNERS} learners only those in sight are drawn, not {drawn}");
        window.is_accessible().await;
        window.picture("light").await;

        // The box has the keys from the start; Dela Peña is found however she is typed.
        window.keys("delapena maria").await;
        window.until(&format!("{NAMES}.join() === 'Dela Peña, Ma. Niña Corazon'")).await;
        window.shows(".count", "1 found").await;
        window.keys("\u{e00c}").await;
        window.until("document.querySelectorAll('.data').length > 10").await;

        // Down into the list, to its end and over what was fetched at first, and back to the box.
        window.keys("\u{e015}").await;
        window.until("document.activeElement.closest('.sheet')").await;
        window.keys("\u{e009}\u{e010}\u{e000}").await;
        window.until("document.querySelector('.active')?.ariaRowIndex > 300").await;
        window.until(&format!("document.querySelector('[role=grid]').ariaRowCount === '{}'", LEARNERS + 1)).await;
        window.keys("\u{e009}\u{e010}\u{e000}").await;
        window.until(&format!("{NAMES}.at(-1).startsWith('Villanueva')")).await;
        window
            .until(
                "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.closest('.active')",
            )
            .await;
        window.is_accessible().await;
        window.keys("\u{e009}k").await;
        window.until("document.activeElement.tagName === 'INPUT'").await;
    })
    .await;
}

#[tokio::test]
async fn what_another_program_saves_appears_by_itself_also_in_the_dark() {
    let folder = Folder::enrolled();
    folder.age(3);
    with_window(&folder, true, DESK, |window| {
        let folder = &folder;
        async move {
            window.until("document.querySelectorAll('.data').length > 0").await;
            assert_eq!(window.run("return matchMedia('(prefers-color-scheme: dark)').matches").await, json!(true));
            window.keys("aaa").await;
            window.until("document.querySelector('.empty h2')?.innerText === 'Nobody matches “aaa”'").await;
            window.is_accessible().await;
            window.picture("dark-nobody").await;
            folder.save_learner("Aaaron", "Bea");
            folder.save_learner("Aaaron", "Carla");
            window.until(&format!("{NAMES}.join(';') === 'Aaaron, Bea;Aaaron, Carla'")).await;
            window.shows("footer p", "2 changes wait; last contact 3 days ago 1 item needs you").await;
            window.keys("\u{e00c}").await;
            window.until("document.querySelectorAll('.data').length > 10").await;
            window.keys("\u{e015}").await;
            window.until("document.activeElement.closest('.sheet')").await;
            window.keys("\u{e015}\u{e015}").await;
            window.until("document.querySelector('.active')?.ariaRowIndex === '4'").await;
            window.is_accessible().await;
            window.picture("dark").await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_new_pc_asks_for_address_and_code_and_goes_on_by_itself() {
    let folder = Folder::empty();
    with_window(&folder, false, DESK, |window| {
        let folder = &folder;
        async move {
            window.until("document.querySelector('h1')?.innerText.startsWith('Welcome')").await;
            window.says(".folder code", &*folder.data.to_string_lossy()).await;
            window.is_accessible().await;
            window.picture("first-run").await;
            // An address that is none, and one where nobody is: a sentence each, and what was typed stays.
            window.fill("[name=hub]", "hub.example").await;
            window.fill("[name=code]", "AAAA-BBBB").await;
            window.fill("[name=name]", "Registrar 1").await;
            window.keys("\u{e007}").await;
            window.until("document.querySelector('.banner.bad')?.innerText.includes('begins with https')").await;
            window.is_accessible().await;
            window.picture("first-run-refused").await;
            // The keys of the attempt were kept; this folder gets those of the test.
            std::fs::remove_file(&folder.key_file).expect("the keys of the attempt");
            folder.enrol();
            window.until("document.querySelectorAll('.data').length > 0").await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_damaged_file_says_so_harms_nothing_and_can_be_put_right() {
    let folder = Folder::enrolled();
    let whole = std::fs::read(folder.records()).expect("the records");
    let mut damaged = whole.clone();
    damaged[16..4096].fill(0);
    std::fs::write(folder.records(), &damaged).expect("damaged");
    with_window(&folder, false, DESK, |window| {
        let folder = &folder;
        async move {
            window.until("document.querySelector('h1')?.innerText === 'The records do not open'").await;
            window.says("dl", "store_corrupt").await;
            window.is_accessible().await;
            window.picture("error").await;
            assert_eq!(std::fs::read(folder.records()).expect("the file is left as it was"), damaged);
            std::fs::write(folder.records(), whole).expect("put right");
            window.click("button").await;
            window.until("document.querySelectorAll('.data').length > 0").await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_small_screen_and_double_zoom_lose_nothing() {
    let folder = Folder::enrolled();
    with_window(&folder, false, (1024, 600), |window| async move {
        window.until("document.querySelectorAll('.data').length > 0").await;
        window.picture("small").await;
        assert_eq!(window.run("return innerWidth").await, json!(1024));
        for _ in 0..5 {
            window.keys("\u{e009}+").await;
        }
        window.until("innerWidth <= 560").await;
        // Before anybody scrolls, and each with both of its lines.
        let seen = "[...document.querySelectorAll('main .data')].filter((row) => { const own = row.getBoundingClientRect();
            return own.height > 30 && own.top >= 0 && own.bottom <= document.querySelector('footer').getBoundingClientRect().top + 1; })";
        window.until(&format!("{seen}.length >= 5")).await;
        let cut = format!("return {seen}.filter((row) => [...row.children].some((cell) => cell.getBoundingClientRect().bottom > row.getBoundingClientRect().bottom + 1)).length");
        assert_eq!(window.run(&cut).await, json!(0), "no line is cut");
        assert_eq!(
            window.run("return document.documentElement.scrollWidth <= innerWidth").await,
            json!(true),
            "no scrolling in two directions"
        );
        window.is_accessible().await;
        window.picture("small-zoomed").await;
    })
    .await;
}

#[tokio::test]
async fn a_first_day_without_learners_says_what_comes_next() {
    let folder = Folder::just_enrolled();
    with_window(&folder, false, DESK, |window| async move {
        window.until("document.querySelector('.empty h2')?.innerText === 'No learners yet'").await;
        window.shows("footer p", "The hub was not reached yet").await;
        window.is_accessible().await;
        window.picture("no-learners").await;
    })
    .await;
}

/// The whole way: another office saves, this window shows it; the device is revoked, this window says so and cannot read on.
#[tokio::test]
async fn work_of_another_office_arrives_and_a_revoked_pc_is_told() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let (here, there) = (rig.office("mabini").await, rig.office("mabini").await);
    there.save("student", &json!({ "last_name": "Reyes", "first_name": "Ana" }));
    there.sync().await;
    let folder = Folder::of(here.path(), &here.key_file);
    with_window(&folder, false, DESK, |window| {
        let (rig, here, there) = (&rig, &here, &there);
        async move {
            window.until("document.querySelector('.frame main h1')").await;
            window.run("location.hash = '#/learners'; return null").await;
            window.until(&format!("{NAMES}.join() === 'Reyes, Ana'")).await;
            window.until("document.querySelector('footer').innerText.startsWith('All work is at the hub, ')").await;
            there.save("student", &json!({ "last_name": "Aquino", "first_name": "Ben" }));
            there.sync().await;
            window.until(&format!("{NAMES}.join(';') === 'Aquino, Ben;Reyes, Ana'")).await;
            rig.hub().admin().revoke(here.id()).await.expect("revoked");
            window.until("document.querySelector('h1').innerText === 'This PC is no longer enrolled'").await;
            assert!(!here.key_file.exists(), "its keys are destroyed");
            window.is_accessible().await;
            window.picture("revoked").await;
        }
    })
    .await;
}

/// What a page that was tricked into running foreign code would try.
#[tokio::test]
async fn the_window_reaches_nothing_but_its_one_command() {
    let folder = Folder::just_enrolled();
    with_window(&folder, false, DESK, |window| async move {
        window.until("document.querySelector('.empty')").await;
        // Without the policy these would fail for want of a server, later: what is asserted is that the policy refused.
        let watched = |attempt: &str| {
            format!(
                "new Promise((done, refused) => {{ document.addEventListener('securitypolicyviolation', refused);
                 {attempt}; setTimeout(done, 3000) }})"
            )
        };
        for (code, why) in [
            ("__TAURI_INTERNALS__.invoke('plugin:webview|create_webview_window', {})".to_owned(), "not allowed"),
            ("__TAURI_INTERNALS__.invoke('plugin:path|resolve_directory', { directory: 1 })".to_owned(), "not allowed"),
            ("__TAURI_INTERNALS__.invoke('call', { request: { do: 'drop' } })".to_owned(), "no request 'drop'"),
            (watched("fetch('http://127.0.0.1:9/').catch(() => {})"), "connect-src"),
            (watched("new Image().src = 'http://127.0.0.1:9/x.png'"), "img-src"),
            (
                watched("document.head.append(Object.assign(document.createElement('script'), { text: '1' }))"),
                "script-src",
            ),
            ("Promise.resolve().then(() => new Function('return 1')())".to_owned(), "unsafe-eval"),
        ] {
            let said = window.refusal(&code).await;
            assert!(said.as_ref().is_some_and(|said| said.contains(why)), "{code}: {said:?}");
        }
        let asked = "__TAURI_INTERNALS__.invoke('call', { request: { do: 'status' } })";
        assert_eq!(window.refusal(asked).await, None, "the one command answers");
    })
    .await;
}

//! A day at the school's PC without any hub: a made-up school is opened, people sign in and lock the desk, a class is taken, and
//! the program is killed in between. Also the same with real passwords.

use crate::driver::{Keys, Opening, Window};
use crate::office::Folder;
use crate::{DESK, NAMES, with_window};
use serde_json::json;

/// Chooses a user of the sample school by name.
pub(crate) async fn enter(window: &Window, name: &str) {
    let button =
        format!("[...document.querySelectorAll('article li button')].find((one) => one.innerText.includes('{name}'))");
    window.until(&button).await;
    window.run(&format!("{button}.click(); return null")).await;
    window.until("document.querySelector('.frame')").await;
}

pub(crate) async fn open_sample(window: &Window) {
    let button = "section[aria-labelledby=sample] button";
    window.until(&format!("document.querySelector('{button}')")).await;
    window.click(button).await;
    window.until("document.querySelectorAll('article li button').length === 4").await;
}

#[tokio::test]
async fn a_teacher_takes_the_class_by_keyboard_and_undoes_it_without_any_hub() {
    let folder = Folder::empty();
    with_window(&folder, false, DESK, |window| async move {
        open_sample(&window).await;
        window.is_accessible().await;
        window.picture("sign-in").await;
        enter(&window, "Benigno").await;
        window.until("document.querySelector('footer p').innerText.includes('made-up school')").await;
        window.shows("header .sample", "Sample school: nothing here is real").await;

        // The second to last school day of the sample was taken; it is corrected, with a reason.
        window.run("location.hash = '#/attendance'; return null").await;
        window.until("document.querySelectorAll('main li a').length === 10").await;
        window.shows("main li small", "Your section").await;
        window.is_accessible().await;
        window.picture("attendance").await;
        let taken = "document.querySelector('main li .who').innerText.includes('absent')";
        for _ in 0..10 {
            if window.run(&format!("return {taken}")).await == json!(true) {
                break;
            }
            let before = window.run("return location.hash").await;
            window.click("[aria-label='Class day before']").await;
            window
                .until(&format!("location.hash !== {before} && document.querySelectorAll('main li a').length > 0"))
                .await;
            window.until("document.querySelector('main li a').hash.endsWith(location.hash.split('date=')[1])").await;
        }
        window.click("main li a").await;
        window.until("document.activeElement.getAttribute('role') === 'grid'").await;
        let seats = window.run("return document.querySelectorAll('.roll .row').length").await.as_u64().unwrap_or(0);
        assert!((30..46).contains(&seats), "a class of the sample, not {seats}");
        let marks =
            "[...document.querySelectorAll('.roll [aria-pressed=true]')].map((mark) => mark.innerText.trim()).join('')";
        let before = window.run(&format!("return {marks}")).await;
        // Everybody was there; then the first is absent, the second late, the third excused.
        window.keys(&" ".repeat(46)).await;
        window.until(&format!("{marks} === 'P'.repeat({seats})")).await;
        window.keys("\u{e011}ale").await;
        window.until(&format!("{marks} === 'ALE' + 'P'.repeat({})", seats - 3)).await;
        let told = format!("{} present, 2 absent, 1 late or cutting", seats - 2);
        window.shows("main .count strong", told).await;
        window.keys("\u{e009}s\u{e000}").await;
        window.until("document.querySelector('.reason .error')?.innerText.includes('changed with a reason')").await;
        window.is_accessible().await;
        window.fill("[name=reason]", "The list was read again").await;
        window.keys("\u{e009}s\u{e000}").await;
        window
            .until("document.querySelector('.record').innerText.includes('Corrected: The list was read again')")
            .await;
        window.picture("attendance-sheet").await;
        window.is_accessible().await;
        window.run("document.querySelector('.roll').focus(); return null").await;
        window.keys("\u{e009}z\u{e000}").await;
        window.until(&format!("{marks} === {before}")).await;
    })
    .await;
}

#[tokio::test]
async fn a_desk_is_locked_and_opened_with_a_password_and_a_killed_app_loses_nothing() {
    let folder = Folder::enrolled();
    let password = "tatlong isda sa ilog";
    folder.save_user("Corazon Reyes", "registrar", password);
    with_window(&folder, false, DESK, |window| {
        let folder = &folder;
        async move {
            window.until("document.querySelector('[name=password]')").await;
            window.fill("[name=password]", "wrong").await;
            window.keys("\u{e007}").await;
            window.until("document.querySelector('.error')?.innerText.includes('not the password')").await;
            window.is_accessible().await;
            window.picture("sign-in-refused").await;
            window.fill("[name=password]", password).await;
            window.keys("\u{e007}").await;
            window.until("document.querySelectorAll('.data').length > 0").await;
            let ask = "__TAURI_INTERNALS__.invoke('call', { request: { do: 'session.lock' } })";
            assert_eq!(window.refusal(ask).await, None);
            window.until("document.querySelector('h1')?.innerText === 'Locked by Corazon Reyes'").await;
            let peek = "__TAURI_INTERNALS__.invoke('call', { request: { do: 'list', entity: 'student', limit: 1 } })";
            assert!(
                window.refusal(peek).await.is_some_and(|said| said.contains("locked")),
                "a locked desk answers nothing"
            );
            window.is_accessible().await;
            window.picture("locked").await;
            window.fill("[name=password]", password).await;
            window.keys("\u{e007}").await;
            window.until("document.querySelector('.frame') && !document.querySelector('.work').hidden").await;
            let save = "__TAURI_INTERNALS__.invoke('call', { request: { do: 'save', entity: 'student',
                fields: { last_name: 'Zobel', first_name: 'Ana', sex: 'F' } } })";
            assert_eq!(window.refusal(save).await, None);
            // Killed the moment after it said saved; another window finds it, and nobody is signed in there.
            drop(window);
            let opening = Opening { data: &folder.data, keys: Keys::File(&folder.key_file), dark: true, size: DESK };
            let again = Window::open(&opening).await;
            again.until("document.querySelector('[name=password]')").await;
            again.fill("[name=password]", password).await;
            again.keys("\u{e007}").await;
            again.until("document.querySelectorAll('.data').length > 0").await;
            again.run("location.hash = '#/learners'; return null").await;
            again.keys("zobel").await;
            again.until(&format!("{NAMES}.join() === 'Zobel, Ana'")).await;
            again.picture("after-a-kill").await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_sample_school_is_thrown_away_and_the_pc_begins_anew_as_it_was_set() {
    let folder = Folder::empty();
    with_window(&folder, false, DESK, |window| {
        let folder = &folder;
        async move {
            open_sample(&window).await;
            enter(&window, "Apolinario").await;
            window.speaks("fil").await;
            window.until("document.documentElement.lang === 'fil' && document.querySelector('.frame main h1')").await;
            window.keys("\u{e009}k\u{e000}").await;
            window.until("document.querySelector('dialog[open] input')").await;
            window.keys("itapon").await;
            window.until("document.querySelector('dialog[open]').innerText.includes('Itapon ang halimbawang')").await;
            window.keys("\u{e007}").await;
            window.until("document.querySelector('dialog[open] h2')?.innerText.startsWith('Itatapon ba')").await;
            window.is_accessible().await;
            window.picture("discard-sample").await;
            let act = "[...document.querySelectorAll('dialog[open] button')].at(-1)";
            window.run(&format!("{act}.click(); return null")).await;
            window.until("document.querySelector('[name=hub]')").await;
            assert!(!folder.records().exists() && !folder.key_file.exists(), "records and keys are gone");
            assert_eq!(window.run("return document.documentElement.lang").await, json!("fil"));
        }
    })
    .await;
}

/// The desk is locked while another PC saves: what was on the screen and half typed there is there afterwards.
#[tokio::test]
async fn behind_a_locked_desk_the_screen_waits_as_it_was() {
    let rig = pems_tests::rig::Rig::product().await;
    rig.school("mabini").await;
    let (here, there) = (rig.office("mabini").await, rig.office("mabini").await);
    let id = there.save("student", &json!({ "last_name": "Reyes", "first_name": "Ana", "sex": "F" }));
    let password = "tatlong isda sa ilog";
    let user = json!({ "do": "admin.save_user",
        "draft": { "name": "Corazon Reyes", "role": "school_admin", "password": password } });
    pems_node::app::Desk::new(there.store()).answer(user).expect("the first user");
    there.sync().await;
    here.sync().await;
    let folder = Folder::of(here.path(), &here.key_file);
    with_window(&folder, false, DESK, |window| {
        let there = &there;
        async move {
            window.until("document.querySelector('[name=password]')").await;
            window.fill("[name=password]", password).await;
            window.keys("\u{e007}").await;
            window.until("document.querySelector('.frame main h1')").await;
            window.run(&format!("location.hash = '#/learners/{id}'; return null")).await;
            window.until("document.querySelector('main [name=religion]')").await;
            window.fill("main [name=religion]", "Roman Cath").await;
            window.keys("\u{e009}l\u{e000}").await;
            window.until("document.querySelector('h1')?.innerText === 'Locked by Corazon Reyes'").await;
            let status = "__TAURI_INTERNALS__.invoke('call', { request: { do: 'status' } })";
            let before = window.ask(&format!("{status}.then(({{ version }}) => done(version))")).await;
            there.save("student", &json!({ "id": id, "phone": "09181234567" }));
            there.sync().await;
            // Until it has arrived, and once more as long as the window takes between two looks.
            window
                .ask(&format!(
                    "const look = () => {status}.then(({{ version }}) =>
                        version === {before} ? setTimeout(look, 50) : setTimeout(() => done(null), 3500)); look()"
                ))
                .await;
            window.picture("locked-while-others-save").await;
            window.fill("[name=password]", password).await;
            window.keys("\u{e007}").await;
            window.until("document.querySelector('.work') && !document.querySelector('.work').hidden").await;
            assert_eq!(
                window.run("return document.querySelector('main [name=religion]').value").await,
                json!("Roman Cath")
            );
            window.until("document.querySelector('main [name=phone]').value.endsWith('9181234567')").await;
        }
    })
    .await;
}

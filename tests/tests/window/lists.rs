//! Lists from elsewhere that are not all well: rows that cannot be taken are read and left out; a number that somebody has is a
//! question, whether it is typed or pasted.

use crate::driver::Window;
use crate::imports::{School, read};
use crate::office::{Folder, LEARNERS};
use crate::{DESK, with_window};
use serde_json::json;

const NOTE: &str = "document.querySelector('.place > .bar')?.innerText";

/// The button of these words, wherever it is shown.
fn button(words: &str) -> String {
    format!(
        "[...(document.querySelector('dialog[open]') ?? document.querySelector('main')).querySelectorAll('button')]
            .find((one) => one.innerText.includes({words:?}) && !one.disabled)"
    )
}

async fn press(window: &Window, words: &str) {
    let button = button(words);
    window.until(&button).await;
    window.run(&format!("{button}.click(); return null")).await;
}

/// Whether anything that is read lies over anything else of the same list.
const OVER: &str = "(() => { const parts = [...document.querySelectorAll('.told > *')].map((part) => part.getBoundingClientRect());
    const inside = [...document.querySelectorAll('.told > section')].every((card) => card.scrollHeight <= card.clientHeight + 1);
    return !inside || parts.some((one, at) => parts.slice(at + 1).some((other) => other.top < one.bottom - 1 && one.top < other.bottom - 1)); })()";

#[tokio::test]
async fn a_list_with_three_bad_rows_is_read_and_imported_without_them() {
    let school = School::new();
    let mut rows = String::from("LRN,Surname,Given name,Sex,Birthday\n");
    for i in 0..40 {
        let (lrn, birthday) = match i {
            7 => ("12345".to_owned(), "2013-02-03"),
            19 => (format!("3000000000{i:02}"), "31/31/2013"),
            33 => ("30000000X033".to_owned(), "2013-05-06"),
            _ => (format!("3000000000{i:02}"), "2013-06-07"),
        };
        rows.push_str(&format!("{lrn},Dela Cruz {i},Ana,F,{birthday}\n"));
    }
    let list = school.file("grade7.csv", &rows);
    with_window(&school.folder, false, DESK, |window| {
        let school = &school;
        async move {
            window.until("document.querySelector('.frame')").await;
            read(&window, &list).await;
            window.until("document.querySelectorAll('.told li').length >= 3").await;
            let told = window.text(".told").await;
            for said in ["Rows that cannot be taken (3)", "Row 9", "Row 21", "Row 35"] {
                assert!(told.contains(said), "{said} is not said: {told}");
            }
            assert_eq!(window.run(&format!("return {OVER}")).await, json!(false), "the preview lies over itself");
            window.is_accessible().await;
            window.picture("import-bad-rows").await;
            let act = "[...document.querySelectorAll('.foot button')].at(-1)";
            assert_eq!(window.run(&format!("return {act}.disabled")).await, json!(true), "not before somebody said so");
            window.run("document.querySelector('[name=skip]').focus(); return null").await;
            window.keys(" ").await;
            window.until(&format!("document.querySelector('[name=skip]').checked && !{act}.disabled")).await;
            window.picture("import-bad-rows-left-out").await;
            window.keys("\u{e004}\u{e007}").await;
            window.until(&format!("{NOTE}?.includes('37 records are imported')")).await;
            assert_eq!(school.total("student"), 37);
            // What was left out is still there to be read, for whoever mends the file.
            window.until("document.querySelector('.told')?.innerText.includes('Row 35')").await;
            assert_eq!(window.run(&format!("return {OVER}")).await, json!(false), "nor afterwards");
            window.is_accessible().await;
            window.picture("import-bad-rows-done").await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_preview_of_a_list_is_read_in_the_smallest_window_too() {
    let school = School::new();
    let rows: String = (0..60).map(|i| format!("{i},Dela Cruz {i},Ana,F,2013-06-07\n")).collect();
    let list = school.file("bad.csv", &format!("LRN,Surname,Given name,Sex,Birthday\n{rows}"));
    with_window(&school.folder, true, (1024, 600), |window| async move {
        window.until("document.querySelector('.frame')").await;
        read(&window, &list).await;
        window.until("document.querySelectorAll('.told li').length >= 20").await;
        assert_eq!(window.run(&format!("return {OVER}")).await, json!(false), "the preview lies over itself");
        // The last refused row is reached with the keys.
        window.run("document.querySelector('.told').focus(); return null").await;
        window.keys("\u{e010}").await;
        window
            .until("document.querySelector('.told li:last-child').getBoundingClientRect().bottom <= innerHeight")
            .await;
        window.is_accessible().await;
        window.picture("import-bad-rows-small").await;
    })
    .await;
}

const LRN: &str = "136515999999";

async fn new_learner(window: &Window) {
    window.until("document.querySelectorAll('.data').length > 0").await;
    window.keys("\u{e009}n\u{e000}").await;
    window.until("document.querySelector('[name=new_last_name]')").await;
    window.fill("[name=new_last_name]", "zamora").await;
    window.fill("[name=new_first_name]", "carla").await;
    window.fill("[name=new_lrn]", LRN).await;
    window.until("document.querySelector('.suspects')?.innerText.includes('Dela Peña')").await;
}

#[tokio::test]
async fn a_learner_with_the_lrn_of_another_is_not_saved_by_the_way() {
    let folder = Folder::enrolled();
    with_window(&folder, false, DESK, |window| {
        let folder = &folder;
        async move {
            new_learner(&window).await;
            let question = "document.querySelector('.suspects')?.innerText";
            for said in
                ["This number is somebody’s already", "It is the same child: open", "Another child: keep without LRN"]
            {
                window.until(&format!("{question}?.includes({said:?})")).await;
            }
            // Enter under the warning, as often as one likes, saves nothing and presses nothing.
            for _ in 0..3 {
                window.keys("\u{e007}").await;
            }
            window.until("document.activeElement.classList.contains('suspects')").await;
            window.is_accessible().await;
            window.picture("duplicate-lrn").await;
            assert_eq!(folder.learners(), LEARNERS, "nothing is saved before somebody decided");
            // Another child: the keys reach it, and the number stays with whoever has it.
            window.keys("\u{e004}\u{e004}\u{e007}").await;
            window.until("document.querySelector('[name=new_lrn]').value === ''").await;
            window.until("document.querySelector('form').innerText.includes('which is another child’s')").await;
            window.picture("duplicate-lrn-left-out").await;
            window.keys("\u{e007}").await;
            window.until(&format!("{NOTE}?.includes('is added')")).await;
            assert_eq!(folder.learners(), LEARNERS + 1);
            let carla = folder.learner("zamora");
            assert_eq!((&carla["first_name"], carla.get("lrn")), (&json!("carla"), None));
            assert_eq!(folder.learner("Dela Peña")["lrn"], LRN);
        }
    })
    .await;
}

#[tokio::test]
async fn the_same_child_is_opened_and_names_in_small_letters_are_offered_capitals() {
    let folder = Folder::enrolled();
    with_window(&folder, false, DESK, |window| {
        let folder = &folder;
        async move {
            new_learner(&window).await;
            press(&window, "It is the same child: open").await;
            window.until("document.querySelector('main h1')?.innerText.startsWith('Dela Peña')").await;
            assert_eq!(folder.learners(), LEARNERS);
            // What was typed is still there, and its name is offered as names are written.
            window.run("location.hash = '#/learners'; return null").await;
            window.until("document.querySelector('[name=new_last_name]')?.value === 'zamora'").await;
            window.run("document.querySelector('[name=new_lrn]').select(); return null").await;
            window.fill("[name=new_lrn]", "136515888888").await;
            window.fill("[name=new_last_name]", " ").await;
            window.fill("[name=new_first_name]", " ").await;
            window.keys("\u{e004}").await;
            window.until("document.querySelector('.offer:not([hidden])')?.innerText.includes('Zamora, Carla')").await;
            window.is_accessible().await;
            window.picture("names-in-small-letters").await;
            press(&window, "Write Zamora, Carla").await;
            window.until("document.querySelector('[name=new_last_name]').value === 'Zamora'").await;
            assert_eq!(window.run("return document.activeElement.name").await, json!("new_sex"), "the keys go on");
            window.run("document.querySelector('[name=new_first_name]').focus(); return null").await;
            window.keys("\u{e007}").await;
            window.until(&format!("{NOTE}?.includes('Zamora, Carla')")).await;
            assert_eq!(folder.learner("Zamora")["lrn"], "136515888888");
        }
    })
    .await;
}

#[tokio::test]
async fn the_enrolment_desk_asks_whose_lrn_it_is() {
    let school = School::with_everybody();
    with_window(&school.folder, false, (1024, 600), |window| {
        let school = &school;
        async move {
            window.until("document.querySelector('.frame')").await;
            window.run("location.hash = '#/desk'; return null").await;
            press(&window, "New learner").await;
            let before = school.total("student");
            window.until("document.querySelectorAll('form input').length > 5").await;
            let typed = |label: &str, text: &str| {
                format!(
                    "const one = [...document.querySelectorAll('form .field')].find((field) => field.querySelector('label').innerText.startsWith({label:?})).querySelector('input');
                     one.focus(); one.value = {text:?}; one.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); one.dispatchEvent(new Event('change', {{ bubbles: true }})); return null"
                )
            };
            window.run(&typed("Last name", "Zamora")).await;
            window.run(&typed("First name", "Carla")).await;
            window.run(&typed("LRN", "300021130102")).await;
            window.until("document.querySelector('.suspects')?.innerText.includes('Dela Cruz')").await;
            window.keys("\u{e007}").await;
            window.until("document.activeElement.classList.contains('suspects')").await;
            assert_eq!(school.total("student"), before);
            window.is_accessible().await;
            window.picture("enrol-duplicate-lrn").await;
            press(&window, "Another child: keep without LRN").await;
            window.until("document.activeElement.value === '' && document.querySelector('.suspects') === null").await;
            window.until("document.querySelector('form').innerText.includes('which is another child’s')").await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_paste_over_another_child_is_a_question() {
    let folder = Folder::enrolled();
    let rows = format!(
        "LRN\tLast name\tFirst name\tBirth date\n{LRN}\tZamora\tCarla\t2014-06-07\n136515777777\tCruz\tDina\t2013-06-07"
    );
    with_window(&folder, false, DESK, |window| {
        let (folder, rows) = (&folder, &rows);
        async move {
            window.until("document.querySelectorAll('.data').length > 0").await;
            press(&window, "From Excel").await;
            window.until("document.querySelector('dialog[open] textarea')").await;
            let paste = json!(rows);
            window
                .run(&format!(
                    "const data = new DataTransfer(); data.setData('text/plain', {paste});
                     document.querySelector('dialog[open] textarea').dispatchEvent(new ClipboardEvent('paste', {{ clipboardData: data, bubbles: true, cancelable: true }}));
                     return null"
                ))
                .await;
            window.until("document.querySelector('dialog[open] tr[data-kind=suspect]')?.innerText.includes('somebody else’s')").await;
            window.until("document.querySelector('dialog[open]').innerText.includes('Add 1')").await;
            assert_eq!(
                window.run("return document.querySelector('dialog[open] tr[data-kind=suspect] select').value").await,
                json!(""),
                "nobody decided yet"
            );
            // All at once does not make two children one.
            press(&window, "All are the same children").await;
            window.until("document.querySelector('dialog[open] tr[data-kind=suspect]')").await;
            window.is_accessible().await;
            window.picture("paste-over-another-child").await;
            let pick = "const one = document.querySelector('dialog[open] td.what select'); one.value = 'new';
                one.dispatchEvent(new Event('change', { bubbles: true })); return null";
            window.run(pick).await;
            window.until("document.querySelector('dialog[open]').innerText.includes('Add 2')").await;
            window.until("document.querySelector('dialog[open] table').innerText.includes('is the number of Dela Peña')").await;
            window.is_accessible().await;
            window.picture("paste-another-child-without-lrn").await;
            press(&window, "Add 2").await;
            window.until(&format!("{NOTE}?.includes('2 learners added')")).await;
            assert_eq!(folder.learners(), LEARNERS + 2);
            assert_eq!(folder.learner("Zamora").get("lrn"), None);
            let same = folder.learner("Dela Peña");
            assert_eq!((&same["lrn"], &same["first_name"]), (&json!(LRN), &json!("Ma. Niña Corazon")));
        }
    })
    .await;
}

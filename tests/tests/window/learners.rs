//! The sheet of learners: found, changed in place and taken back; two hundred pasted from a spreadsheet; another PC's edit that
//! arrives in the middle of typing; the program killed in the middle of typing.

use crate::driver::{Keys, Opening, Window};
use crate::office::{Folder, LEARNERS};
use crate::{DESK, NAMES, with_window};
use pems_tests::rig::Rig;
use serde_json::json;
use std::fmt::Write;

const DOWN: &str = "\u{e015}";
const RIGHT: &str = "\u{e014}";
const ENTER: &str = "\u{e007}";
const UNDO: &str = "\u{e009}z\u{e000}";
const REDO: &str = "\u{e009}\u{e008}z\u{e000}";
const ON_GRID: &str = "document.activeElement.closest('.sheet')";
const NOTE: &str = "document.querySelector('.place > .bar')?.innerText";
const BOX: &str = "main label.box input";

/// What the sheet shows in a column of the first row.
fn first_cell(label: &str) -> String {
    format!(
        "(() => {{ const heads = [...document.querySelectorAll('[role=columnheader]')].map((head) => head.innerText.trim());
            const cells = document.querySelector('.data').querySelectorAll('[role=gridcell]');
            return cells[heads.indexOf({label:?})]?.innerText.trim(); }})()"
    )
}

/// Searches, and goes into the list.
async fn find(window: &Window, text: &str, name: &str) {
    window
        .run(&format!("document.querySelector('{BOX}').focus(); document.querySelector('{BOX}').select(); return null"))
        .await;
    window.keys(text).await;
    window.until(&format!("{NAMES}.join() === '{name}'")).await;
    window.keys(DOWN).await;
    window.until(ON_GRID).await;
}

#[tokio::test]
async fn a_learner_is_found_changed_in_place_and_the_change_is_taken_back() {
    let folder = Folder::enrolled();
    with_window(&folder, false, DESK, |window| {
        let folder = &folder;
        async move {
            window.until("document.querySelectorAll('.data').length > 0").await;
            find(&window, "delapena", "Dela Peña, Ma. Niña Corazon").await;
            window.keys(RIGHT).await;
            // A wrong number stays where it was typed, with the reason; the record keeps what it had.
            window.keys("1365").await;
            window.keys(ENTER).await;
            window.until("document.querySelector('[role=grid], .sheet').innerText.includes('12 digits')").await;
            window.is_accessible().await;
            window.picture("edit-refused").await;
            assert_eq!(folder.learner("Dela Peña")["lrn"], "136515999999");
            // Typing again mends it.
            window.keys("136515888888").await;
            window.keys(ENTER).await;
            window.until(&format!("{} === '136515888888'", first_cell("LRN"))).await;
            window.until(&format!("{NOTE}?.includes('LRN of Dela Peña')")).await;
            window.picture("edit-saved").await;
            assert_eq!(folder.learner("Dela Peña")["lrn"], "136515888888");
            window.keys(UNDO).await;
            window.until(&format!("{} === '136515999999'", first_cell("LRN"))).await;
            assert_eq!(folder.learner("Dela Peña")["lrn"], "136515999999");
            window.keys(REDO).await;
            window.until(&format!("{} === '136515888888'", first_cell("LRN"))).await;
            assert_eq!(folder.learner("Dela Peña")["lrn"], "136515888888");
        }
    })
    .await;
}

/// Rows as Excel puts them on the clipboard.
fn two_hundred_rows() -> String {
    let mut rows = String::from("LRN\tLast name\tFirst name\tMiddle name\tSex\tBirth date\n");
    for i in 0..200 {
        let (sex, first) = if i % 2 == 0 { ("Female", "Niña Grace") } else { ("Male", "Mark Joseph") };
        // One date that no calendar has.
        let month = if i == 41 { 13 } else { 1 + i % 12 };
        writeln!(rows, "4071{i:08}\tMagbanua {i:03}\t{first}\tReyes\t{sex}\t2013-{month:02}-{:02}", 1 + i % 28)
            .expect("a row");
    }
    rows
}

/// Puts a text on the clipboard of this screen as another program's copy would: by typing keys, not by a made-up event.
async fn copy(window: &Window, text: &str) {
    let made = "const area = document.body.appendChild(document.createElement('textarea')); area.id = 'elsewhere'";
    window.run(&format!("{made}; area.value = {}; area.focus(); area.select(); return null", json!(text))).await;
    window.keys("\u{e009}c\u{e000}").await;
    window.run("document.getElementById('elsewhere').remove(); return null").await;
}

#[tokio::test]
async fn two_hundred_rows_are_pasted_looked_at_mended_and_taken_back_in_one() {
    let folder = Folder::enrolled();
    with_window(&folder, false, DESK, |window| {
        let folder = &folder;
        async move {
            window.until("document.querySelectorAll('.data').length > 0").await;
            copy(&window, &two_hundred_rows()).await;
            window.run(&format!("document.querySelector('{BOX}').focus(); return null")).await;
            window.keys("\u{e009}v\u{e000}").await;
            window.until("document.querySelector('dialog[open]')?.innerText.includes('Add 199')").await;
            let said = window.text("dialog[open]").await;
            assert!(said.contains("One row is refused") || said.contains("1 row is refused"), "{said}");
            window.is_accessible().await;
            window.picture("paste-preview").await;
            assert_eq!(folder.learners(), LEARNERS, "nothing is written before somebody has looked");
            // The refused date is mended in its cell.
            let wrong = "dialog[open] input[aria-invalid=true]";
            window.run(&format!("document.querySelector('{wrong}').focus(); document.querySelector('{wrong}').select(); return null")).await;
            window.keys("2013-06-14\u{e004}").await;
            window.until("document.querySelector('dialog[open]')?.innerText.includes('Add 200')").await;
            let main = "[...document.querySelectorAll('dialog[open] button')].find((one) => one.innerText.includes('Add 200'))";
            window.run(&format!("{main}.click(); return null")).await;
            window.until(&format!("{NOTE}?.includes('200 learners added')")).await;
            window.until("document.querySelector('dialog[open]') === null").await;
            assert_eq!(folder.learners(), LEARNERS + 200);
            find(&window, "magbanua 041", "Magbanua 041, Mark Joseph Reyes").await;
            assert_eq!(folder.learner("Magbanua 041")["birth_date"], "2013-06-14");
            window.picture("paste-done").await;
            window.keys(UNDO).await;
            window.until("document.querySelector('.empty h2')").await;
            assert_eq!(folder.learners(), LEARNERS, "one act, one undo");
        }
    })
    .await;
}

#[tokio::test]
async fn what_another_pc_saves_arrives_without_touching_what_is_being_typed() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let (here, there) = (rig.office("mabini").await, rig.office("mabini").await);
    let id = there.save("student", &json!({ "last_name": "Reyes", "first_name": "Ana", "sex": "F" }));
    there.sync().await;
    let folder = Folder::of(here.path(), &here.key_file);
    with_window(&folder, false, DESK, |window| {
        let there = &there;
        async move {
            window.until("document.querySelector('.frame main h1')").await;
            window.run("location.hash = '#/learners'; return null").await;
            window.until("document.querySelectorAll('.data').length > 0").await;
            find(&window, "reyes", "Reyes, Ana").await;
            // In the middle of a cell: the other PC adds somebody above and changes this learner too.
            window.keys(&RIGHT.repeat(2)).await;
            window.keys(RIGHT).await;
            window.keys("2013-05").await;
            there.save("student", &json!({ "last_name": "Aquino", "first_name": "Reyes" }));
            there.save("student", &json!({ "id": id, "middle_name": "Santos" }));
            there.sync().await;
            window.until(&format!("{NAMES}.length === 2 && {NAMES}.some((name) => name.includes('Santos'))")).await;
            assert_eq!(window.run("return document.querySelector('.sheet input').value").await, json!("2013-05"));
            window.is_accessible().await;
            window.picture("typing-while-others-save").await;
            window.keys("-17").await;
            window.keys(ENTER).await;
            window.until("document.querySelector('main').innerText.includes('17 May 2013')").await;
            there.sync().await;
            assert_eq!(
                there.get("student", id).expect("the learner")["birth_date"],
                "2013-05-17",
                "on the right learner"
            );

            // On the learner's page: the very field that is being typed into.
            window.run(&format!("location.hash = '#/learners/{id}'; return null")).await;
            window.until("document.querySelector('main [name=religion]')").await;
            window.fill("main [name=religion]", "Roman Cath").await;
            there.save("student", &json!({ "id": id, "religion": "Islam", "phone": "09171234567" }));
            there.sync().await;
            window.until("document.querySelector('main [name=phone]').value.endsWith('9171234567')").await;
            assert_eq!(
                window.run("return document.querySelector('main [name=religion]').value").await,
                json!("Roman Cath")
            );
            window
                .until("document.querySelector('[data-field=religion] .elsewhere')?.innerText.includes('Islam')")
                .await;
            window.is_accessible().await;
            window.picture("field-changed-elsewhere").await;
            window.keys("olic\u{e007}").await;
            window.until("document.querySelector('[data-field=religion] .elsewhere') === null").await;
            window.until("document.querySelector('footer').innerText.startsWith('All work is at the hub, ')").await;
            there.sync().await;
            assert_eq!(there.get("student", id).expect("the learner")["religion"], "Roman Catholic");
        }
    })
    .await;
    rig.assert_level(&here).await;
}

#[tokio::test]
async fn killed_in_the_middle_of_typing_it_has_all_that_it_called_saved_and_nothing_half() {
    let folder = Folder::enrolled();
    with_window(&folder, false, DESK, |window| {
        let folder = &folder;
        async move {
            window.until("document.querySelectorAll('.data').length > 0").await;
            find(&window, "delapena", "Dela Peña, Ma. Niña Corazon").await;
            window.keys(RIGHT).await;
            window.keys("136515777777").await;
            window.keys(ENTER).await;
            window.until(&format!("{NOTE}?.includes('is saved')")).await;
            // Half a new learner, half a cell; then the power goes.
            window.keys("\u{e009}n\u{e000}").await;
            window.until("document.querySelector('[name=new_last_name]')").await;
            window.fill("[name=new_last_name]", "Halfway").await;
            window.until("document.querySelector('p.kept').dataset.kept === 'true'").await;
            window.run("document.querySelector('.sheet input').focus(); return null").await;
            window.keys("1234").await;
            window.picture("killed-while-typing").await;
            drop(window);
            let opening = Opening { data: &folder.data, keys: Keys::File(&folder.key_file), dark: false, size: DESK };
            let again = Window::open(&opening).await;
            again.until("document.querySelectorAll('.data').length > 0").await;
            find(&again, "delapena", "Dela Peña, Ma. Niña Corazon").await;
            again.until(&format!("{} === '136515777777'", first_cell("LRN"))).await;
            assert_eq!(folder.learner("Dela Peña")["lrn"], "136515777777");
            assert_eq!(folder.learners(), LEARNERS, "no half learner");
            assert!(
                again.text("footer p").await.starts_with("1 change waits"),
                "what waits for the hub is what was saved"
            );
            again.until("document.querySelector('[name=new_last_name]')?.value === 'Halfway'").await;
            again.picture("reopened-after-a-kill").await;
            // And work goes on.
            again.keys(RIGHT).await;
            again.keys("136515666666").await;
            again.keys(ENTER).await;
            again.until(&format!("{} === '136515666666'", first_cell("LRN"))).await;
        }
    })
    .await;
}

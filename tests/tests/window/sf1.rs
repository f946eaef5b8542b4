//! School Form 1 on the screen: it stands first on the shelf, is looked at as it will be printed, says what it lacks with the way
//! there, and is filed, one section or all of them at once.

use crate::day::{enter, open_sample};
use crate::office::Folder;
use crate::{DESK, with_window};
use serde_json::json;

/// A button or link by what it is called.
fn called(name: &str) -> String {
    format!("document.querySelector(`main [aria-label=\"{name}\"]`)")
}

const FILED: &str = "document.querySelector('main [role=status] .banner')?.innerText";

#[tokio::test]
async fn a_register_is_looked_at_mended_and_filed() {
    let folder = Folder::empty();
    with_window(&folder, false, DESK, |window| async move {
        open_sample(&window).await;
        enter(&window, "Apolinario").await;
        window.run("location.hash = '#/forms'; return null").await;
        window.until("document.querySelectorAll('main li a').length === 30").await;
        window.shows("main li a", "SF1").await;
        window.is_accessible().await;
        window.picture("forms-shelf").await;

        let register = called("SF1, 7-Rizal");
        window.run(&format!("{register}.click(); return null")).await;
        window.until("document.querySelector('.paper text')").await;
        window.begins("main h1", "School Form 1, 7-Rizal, 20").await;
        let paper = "[...document.querySelectorAll('.paper text')].map((one) => one.textContent).join(' ')";
        window.until(&format!("{paper}.includes('School Form 1 (SF 1) School Register')")).await;
        window.until(&format!("{paper}.includes('Page 1 of 2')")).await;
        window.is_accessible().await;
        window.picture("forms-sf1").await;
        window.keys("\u{e009}\u{e00f}\u{e000}").await;
        window.until(&format!("{paper}.includes('<=== COMBINED') && {paper}.includes('Prepared by:')")).await;
        window.picture("forms-sf1-end").await;

        window.keys("\u{e009}\u{e00e}\u{e000}").await;
        window.until(&format!("{paper}.includes('Page 1 of 2')")).await;

        // A birth date goes missing: the form says whose, and leads there. Undone, the form is whole.
        let take_away = "const call = (request) => __TAURI_INTERNALS__.invoke('call', { request });
            const lrn = [...document.querySelectorAll('.paper text')].map((one) => one.textContent).find((text) => /^[0-9]{12}$/.test(text));
            call({ do: 'search', entity: 'student', text: lrn, limit: 1 })
                .then(({ rows }) => call({ do: 'save', entity: 'student', id: rows[0].id, fields: { birth_date: null } }))
                .then(({ row }) => done(row.id))";
        let student = window.ask(take_away).await;
        let student = student.as_str().expect("a learner");
        let register = window.run("return location.hash").await;
        window.run("location.hash = '#/forms'; return null").await;
        let all = called("All sections at once: School Form 1, PDF");
        window.until(&all).await;
        window.run(&format!("{all}.click(); return null")).await;
        window.until("document.querySelector('main .banner.bad li a')?.innerText.startsWith('Birth date, ')").await;
        window.is_accessible().await;
        window.picture("forms-missing").await;
        window.click("main .banner.bad li a").await;
        window.until(&format!("location.hash === '#/learners/{student}?field=birth_date'")).await;
        window.until("document.activeElement.name === 'birth_date'").await;
        window.run(&format!("document.activeElement.blur(); location.hash = {register}; return null")).await;
        window.until("document.querySelector('.paper text') && document.querySelector('main .banner.bad')").await;
        window.picture("forms-sf1-missing").await;
        // It was done on another screen: what it is, is said first.
        window.keys("\u{e009}z\u{e000}").await;
        window.until("document.querySelector('dialog[open] .acts')").await;
        window.run("document.querySelector('dialog[open] .acts button:last-child').click(); return null").await;
        window.until("!document.querySelector('main .banner.bad')").await;

        window.keys("\u{e009}p\u{e000}").await;
        window.until(&format!("{FILED}?.startsWith('Filed, 2 pages')")).await;
        let path = window.text("main [role=status] code").await;
        assert!(std::fs::read(&path).is_ok_and(|bytes| bytes.starts_with(b"%PDF")), "{path}");
        window.run("[...document.querySelectorAll('main button')].find((one) => one.innerText.trim() === 'Excel').click(); return null").await;
        window.until(&format!("{FILED}?.startsWith('Filed as a workbook')")).await;
        let path = window.text("main [role=status] code").await;
        assert!(std::fs::read(&path).is_ok_and(|bytes| bytes.starts_with(b"PK")), "{path}");

        // All sections: a workbook for each in one folder.
        window.run("location.hash = '#/forms'; return null").await;
        let all = called("All sections at once: School Form 1, Excel");
        window.until(&all).await;
        window.run(&format!("{all}.click(); return null")).await;
        window.until(&format!("{FILED}?.startsWith('Filed, 10 workbooks')")).await;
        let path = window.text("main [role=status] code").await;
        assert_eq!(std::fs::read_dir(&path).expect("a folder").count(), 10, "{path}");
        window.is_accessible().await;
        window.picture("forms-filed").await;
        assert_eq!(window.run("return document.documentElement.scrollWidth <= innerWidth").await, json!(true));
    })
    .await;
}

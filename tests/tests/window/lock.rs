//! A desk is locked in the middle of anything: with each dialog of the window open, what is typed in it stays, nothing behind the
//! lock moves, and whoever comes back goes on where they were.

use crate::day::{enter, open_sample};
use crate::driver::Window;
use crate::office::Folder;
use crate::{DESK, with_window};
use serde_json::json;
use std::path::Path;

const LOCK: &str = "\u{e009}l\u{e000}";
const FIND: &str = "\u{e009}k\u{e000}";
const OPEN: &str = "document.querySelector('dialog[open]')";
const LOCKED: &str =
    "document.querySelector('.work')?.hidden && document.querySelector('article h1')?.innerText.startsWith('Locked')";
const BACK: &str = "document.querySelector('.frame') && !document.querySelector('.work').hidden";

/// How to come from a screen to a dialog.
#[derive(Clone, Copy)]
enum Go {
    /// A button or an entry of a menu, by its words or its label.
    Press(&'static str),
    Click(&'static str),
    Keys(&'static str),
    /// What the test does by itself.
    Run(&'static str),
    /// Waits until this is true.
    Until(&'static str),
}
use Go::{Click, Keys, Press, Run, Until};

/// A section with learners in it, and another of its grade with a single seat.
const ROSTER: &str = "const ask = (request) => __TAURI_INTERNALS__.invoke('call', { request });
    (async () => {
      const year = (await ask({ do: 'learners.years' })).find(({ status }) => status === 'open').id;
      const { sections } = await ask({ do: 'enrolment.sections', school_year: year });
      const full = sections.find((one) => sections.some((other) => other.grade_level === one.grade_level && other.id !== one.id && other.total > 0));
      const from = sections.find((other) => other.grade_level === full.grade_level && other.id !== full.id && other.total > 0);
      await ask({ do: 'enrolment.section', school_year: year, id: full.id, fields: { grade_level: full.grade_level, name: full.name, capacity: 1 } });
      window.full = full.id;
      location.hash = '#/sections/' + from.id;
    })()";
const ROWS: &str = "document.querySelectorAll('main .data .box').length > 1";
const CHOSEN: &str = "document.querySelector('main .data.chosen')";
/// Two values from elsewhere, over the LRNs of the rows that are chosen.
const COLUMN: &str = "const cell = document.querySelector('main .data.chosen [data-column=\"1\"]');
    cell.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true })); cell.click();
    setTimeout(() => {
      const data = new DataTransfer();
      data.setData('text/plain', '136515777771\\n136515777772');
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    }, 100)";
const SIGN: &str = "const ask = (request) => __TAURI_INTERNALS__.invoke('call', { request });
    (async () => {
      const year = (await ask({ do: 'learners.years' })).find(({ status }) => status === 'open').id;
      const { sections } = await ask({ do: 'enrolment.sections', school_year: year });
      const month = await ask({ do: 'attendance.month', section: sections[0].id, month: '2026-06' });
      for (const { date, session } of month.untaken)
        await ask({ do: 'attendance.take', section: sections[0].id, date, session, marks: [], seen: [] });
      location.hash = '#/attendance/' + sections[0].id + '/month/2026-06';
    })()";

/// A next year to promote into.
const PROMOTION: &str = "const ask = (request) => __TAURI_INTERNALS__.invoke('call', { request });
    (async () => {
      const year = (await ask({ do: 'learners.years' })).find(({ status }) => status === 'open').id;
      await ask({ do: 'enrolment.next_year', year });
      location.hash = '#/promotion';
    })()";

/// Every file of the screens that shows a dialog, the screen to begin at, and the way to the dialog.
const DIALOGS: &[(&str, &str, &[Go])] = &[
    ("office/Palette.svelte", "home", &[Keys(FIND)]),
    ("office/Shortcuts.svelte", "home", &[Keys("?")]),
    ("office/DiscardSample.svelte", "home", &[Click("header .menu > button"), Press("Throw the sample school away")]),
    (
        "office/UndoDialog.svelte",
        "learners",
        &[
            Until(ROWS),
            Click("main .data a"),
            Until("document.querySelector('main [name=religion]')"),
            Run("document.querySelector('main [name=religion]').focus()"),
            Keys("Aglipayan\u{e007}"),
            Until("document.querySelector('.place > .bar')?.innerText.includes('Religion')"),
            Run("location.hash = '#/forms'"),
            Until("document.querySelector('h1')?.innerText === 'Forms'"),
            Keys("\u{e009}z\u{e000}"),
        ],
    ),
    (
        "office/learners/ColumnDialog.svelte",
        "learners",
        &[
            Until(ROWS),
            Click("main .data .box"),
            Until(CHOSEN),
            Click("main .data:not(.chosen) .box"),
            Until("document.querySelectorAll('main .data.chosen').length === 2"),
            Run(COLUMN),
        ],
    ),
    ("office/learners/PasteDialog.svelte", "learners", &[Until(ROWS), Press("From Excel")]),
    (
        "office/learners/BulkDialog.svelte",
        "learners",
        &[Until(ROWS), Click("main .data .box"), Press("Change all of them")],
    ),
    (
        "office/learners/LearnerPage.svelte",
        "learners",
        &[Until(ROWS), Click("main .data a"), Press("More"), Press("Delete this learner")],
    ),
    ("office/learners/Guardians.svelte", "learners", &[Until(ROWS), Click("main .data a"), Press("Add a guardian")]),
    (
        "office/desk/LeaveDialog.svelte",
        "desk",
        &[
            Press("New learner"),
            Until("document.activeElement.closest('form .names')"),
            Keys("Reyes"),
            Keys("\u{e00c}"),
        ],
    ),
    ("office/sections/SectionDialog.svelte", "sections", &[Press("New section")]),
    (
        "office/enrolment/MoveDialog.svelte",
        "sections",
        &[Run(ROSTER), Until(ROWS), Click("main .data .box"), Until(CHOSEN), Press("Move to a section")],
    ),
    (
        "office/enrolment/OverDialog.svelte",
        "sections",
        &[
            Run(ROSTER),
            Until(ROWS),
            Click("main .data .box"),
            Until(CHOSEN),
            Press("Move to a section"),
            Until("document.querySelector('dialog[open] select')"),
            Run(
                "const one = document.querySelector('dialog[open] select'); one.value = window.full; one.dispatchEvent(new Event('change', { bubbles: true }))",
            ),
            Run("document.querySelector('dialog[open] .acts button:last-child').click()"),
            Until(
                "document.querySelectorAll('dialog[open]').length === 2 || [...document.querySelectorAll('dialog[open] h2')].some((one) => /seats|full/i.test(one.innerText))",
            ),
        ],
    ),
    (
        "office/enrolment/MovementDialog.svelte",
        "sections",
        &[Run(ROSTER), Until(ROWS), Click("main .data .box"), Until(CHOSEN), Press("More"), Press("Transfer out")],
    ),
    ("office/calendar/DaysDialog.svelte", "calendar", &[Press("Add days")]),
    ("office/admin/UserDialog.svelte", "admin/users", &[Press("Add a user")]),
    (
        "office/admin/SureDialog.svelte",
        "admin/users",
        &[Press("What to do with Benigno"), Press("New one-time password")],
    ),
    (
        "office/admin/OneTimeDialog.svelte",
        "admin/users",
        &[
            Press("What to do with Benigno"),
            Press("New one-time password"),
            Until(OPEN),
            Run("document.querySelector('dialog[open] .acts button:last-child').click()"),
            Until("document.querySelector('dialog[open] output')"),
        ],
    ),
    ("office/admin/RangeDialog.svelte", "admin/numbers", &[Press("Add a range")]),
    ("office/admin/YearDialog.svelte", "admin/years", &[Press("Add 20")]),
    ("office/admin/TermsDialog.svelte", "admin/years", &[Press("Change the terms")]),
    ("office/attendance/SignDialog.svelte", "attendance", &[Run(SIGN), Press("Sign SF2")]),
    ("office/promotion/Index.svelte", "desk", &[Run(PROMOTION), Press("Promote ")]),
];

/// What the screens have, so that no dialog is forgotten here.
fn declared() -> Vec<String> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("the screens").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, root, found);
            } else if path.extension().is_some_and(|ending| ending == "svelte") {
                let text = std::fs::read_to_string(&path).expect("a screen");
                let shows = |tag: &str| {
                    text.match_indices(tag).any(|(at, _)| text[at + tag.len()..].starts_with(char::is_whitespace))
                };
                if shows("<Dialog") || shows("<dialog") {
                    let name = path.strip_prefix(root).expect("a screen").to_string_lossy().replace('\\', "/");
                    found.push(name);
                }
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src");
    let mut found = Vec::new();
    walk(&root.join("office"), &root, &mut found);
    found.sort();
    found
}

async fn go(window: &Window, step: Go) {
    match step {
        Press(words) => {
            let button = format!(
                "[...(document.querySelector('[role=menu]') ?? document.querySelector('dialog[open]') ?? document.querySelector('main'))
                    .querySelectorAll('button, [role=menuitem]')].find((one) => !one.disabled &&
                      (one.innerText.includes({words:?}) || one.ariaLabel?.includes({words:?})))"
            );
            window.until(&button).await;
            window.run(&format!("{button}.click(); return null")).await;
        }
        Click(css) => {
            window.until(&format!("document.querySelector({css:?})")).await;
            window.click(css).await;
        }
        Keys(keys) => window.keys(keys).await,
        Run(script) => {
            window.run(&format!("{script}; return null")).await;
        }
        Until(what) => window.until(what).await,
    }
}

/// Closes what is open, for good: with Esc, each of them; what was typed is asked about first.
async fn close(window: &Window, file: &str, typed: bool) {
    let count = "document.querySelectorAll('dialog[open]').length";
    if file.ends_with("OneTimeDialog.svelte") {
        // What cannot be shown again asks first.
        window.keys("\u{e00c}").await;
        window.until("document.querySelectorAll('dialog[open] .acts button').length === 2").await;
        window.run("document.querySelector('dialog[open] .acts button:last-child').click(); return null").await;
        window.until("!document.querySelector('dialog[open]')").await;
    }
    while let Some(some @ 1..) = window.run(&format!("return {count}")).await.as_u64() {
        window.keys("\u{e00c}").await;
        let leave = "document.querySelector('dialog[open] .ask + .acts button')";
        window.until(&format!("{count} < {some} || {leave}")).await;
        let asks = window.run(&format!("return Boolean({leave})")).await == json!(true);
        // What is looked for is no work that could be lost.
        assert!(asks || !typed || file.ends_with("Palette.svelte"), "{file}: what was typed is saved nowhere");
        if asks {
            assert_eq!(window.run("return document.activeElement.innerText.trim()").await, json!("Go on"), "{file}");
            if file.ends_with("UserDialog.svelte") {
                window.is_accessible().await;
                window.picture("dialog-unsaved").await;
            }
            window.run(&format!("{leave}.click(); return null")).await;
        }
        window.until(&format!("{count} < {some}")).await;
    }
}

#[tokio::test]
async fn locked_with_each_dialog_open_it_opens_again_with_what_was_typed() {
    let mut tried: Vec<_> = DIALOGS.iter().map(|(file, ..)| (*file).to_owned()).collect();
    // Nobody has a password in the sample school; the next test has.
    tried.push("office/signin/PasswordDialog.svelte".to_owned());
    tried.sort();
    assert_eq!(tried, declared(), "each dialog of the screens is tried here");
    let folder = Folder::empty();
    with_window(&folder, false, DESK, |window| async move {
        open_sample(&window).await;
        enter(&window, "Apolinario").await;
        for (file, screen, steps) in DIALOGS {
            // A screen of its own for each: what the last one left behind is no part of this one.
            window.run(&format!("window.ui = null; location.hash = '#/{screen}'; return null")).await;
            window.until(&format!("document.querySelector('main h1') && location.hash === '#/{screen}'")).await;
            for step in *steps {
                go(&window, *step).await;
            }
            window.until(OPEN).await;
            println!("{file}");
            let field = "[...document.querySelectorAll('dialog[open]')].at(-1).querySelector('input[type=text]:not(:disabled, :read-only), textarea')";
            // What is pasted becomes a table at once; that has a test of its own below.
            let typed = !file.ends_with("PasteDialog.svelte") && window.run(&format!("return Boolean({field})")).await == json!(true);
            if typed {
                window.run(&format!("{field}.focus(); {field}.select(); return null")).await;
                window.keys("Half a wo").await;
            }
            let before = "[...document.querySelectorAll('dialog[open]')].map((one) =>
                [...one.querySelectorAll('h2, output, input, textarea, select')].map((one) => one.value ?? one.innerText)).join()";
            let shown = window.run(&format!("return {before}")).await;
            let hash = window.run("return location.hash").await;
            window.keys(LOCK).await;
            window.until(LOCKED).await;
            assert_eq!(window.run(&format!("return {OPEN}")).await, json!(null), "{file}: nothing lies over the lock");
            if file.ends_with("BulkDialog.svelte") {
                window.is_accessible().await;
                window.picture("locked-over-dialog").await;
            }
            // Whoever comes back has the keys on the way in; nothing behind the lock hears these.
            assert_eq!(window.run("return document.activeElement.closest('article') !== null").await, json!(true), "{file}");
            window.run("document.activeElement.blur(); return null").await;
            for keys in ["?", FIND, "\u{e00a}2\u{e000}", LOCK, "\u{e009}z\u{e000}"] {
                window.keys(keys).await;
            }
            assert_eq!(window.run("return location.hash").await, hash, "{file}: a key went through the lock");
            assert_eq!(window.run(&format!("return {OPEN}")).await, json!(null), "{file}: a key opened something");
            // With the mouse, as whoever comes back does.
            window.click("article li button").await;
            window.until(BACK).await;
            window.until(OPEN).await;
            assert_eq!(window.run(&format!("return {before}")).await, shown, "{file}: what was typed is there");
            if typed {
                let last = format!("document.activeElement === {field}");
                assert_eq!(window.run(&format!("return {last}")).await, json!(true), "{file}: the keys are where they were");
                window.keys("rd").await;
                window.until(&format!("{field}.value.endsWith('Half a word')")).await;
            }
            if file.ends_with("BulkDialog.svelte") {
                window.picture("dialog-after-lock").await;
            }
            close(&window, file, typed).await;
        }
        // Nothing is open now: the first key after the lock is heard, and acts.
        for _ in 0..3 {
            window.keys(LOCK).await;
            window.until(LOCKED).await;
            window.keys("\u{e007}").await;
            window.until(BACK).await;
            assert_ne!(window.run("return document.activeElement.tagName").await, json!("BODY"), "the keys are somewhere");
            window.keys("?").await;
            window.until(OPEN).await;
            window.keys("\u{e00c}").await;
            window.until(&format!("!{OPEN}")).await;
        }
    })
    .await;
}

#[tokio::test]
async fn locked_over_a_dialog_the_password_takes_the_keys() {
    let folder = Folder::enrolled();
    let password = "tatlong isda sa ilog";
    folder.save_user("Corazon Reyes", "registrar", password);
    with_window(&folder, false, DESK, |window| async move {
        window.until("document.querySelector('[name=password]')").await;
        window.fill("[name=password]", password).await;
        window.keys("\u{e007}").await;
        window.until("document.querySelectorAll('.data').length > 0").await;
        go(&window, Press("From Excel")).await;
        window.until("document.querySelector('dialog[open] textarea')").await;
        window.keys("Dela Cruz").await;
        window.until("document.querySelector('dialog[open] table')").await;
        window.keys(LOCK).await;
        window.until(LOCKED).await;
        window.until("document.activeElement.name === 'password'").await;
        window.keys("wrong\u{e007}").await;
        window.until("document.querySelector('.error')?.innerText.includes('not the password')").await;
        window.is_accessible().await;
        window.picture("locked-paste-wrong-password").await;
        window.click("[name=password]").await;
        window.keys(password).await;
        window.keys("\u{e007}").await;
        window.until(BACK).await;
        window.until("document.querySelector('dialog[open] table')").await;
        window.picture("paste-after-lock").await;
        close(&window, "office/learners/PasteDialog.svelte", true).await;
        // Also over the dialog that is about passwords itself.
        go(&window, Click("header .menu > button")).await;
        go(&window, Press("Change my password")).await;
        window.until(OPEN).await;
        window.keys(LOCK).await;
        window.until(LOCKED).await;
        window.until("document.activeElement.name === 'password'").await;
        window.keys(&format!("{password}\u{e007}")).await;
        window.until(BACK).await;
        window.until(OPEN).await;
    })
    .await;
}

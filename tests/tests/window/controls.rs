//! Every control of every form: changed, saved, and there again when the form is opened anew. The forms are walked by what is in
//! them, so a control that is added is walked too.

use crate::day::{enter, open_sample};
use crate::driver::Window;
use crate::office::Folder;
use crate::{DESK, with_window};
use serde_json::{Value as Json, json};

/// `walk.change(where, own, leave)` changes what can be changed and tells what it made of it, by the words beside it; `walk.read(where)`
/// reads the same. `own` says values where not any will do, `leave` what stays.
const WALK: &str = r#"
window.walk = {
  controls: (where) => [...document.querySelector(where).querySelectorAll('input, select, textarea')].filter((one) =>
    !one.disabled && !one.readOnly && one.type !== 'file' && one.offsetParent !== null),
  label: (one) => (one.closest('.field')?.querySelector('label')?.innerText ?? one.ariaLabel ?? one.name).split('\n')[0].trim(),
  value: (one) => (one.type === 'checkbox' ? one.checked : one.value),
  read: (where) => Object.fromEntries(walk.controls(where).map((one) => [walk.label(one), walk.value(one)])),
  wait: (what) => new Promise((done, failed) => { const end = Date.now() + 10000;
    const look = () => what() ? done() : Date.now() > end ? failed(new Error('never: ' + what)) : setTimeout(look, 20); look(); }),
  tell: (one, kind) => one.dispatchEvent(new Event(kind, { bubbles: true })),
  async set(one, text) {
    one.focus();
    if (one.type === 'checkbox') return one.click();
    if (one.getAttribute('role') === 'combobox') {
      one.click();
      const list = document.getElementById(one.getAttribute('aria-controls'));
      await walk.wait(() => list.children.length > 0);
      return [...list.children].find((option) => option.querySelector('span').firstChild.data !== one.value).click();
    }
    one.value = text;
    walk.tell(one, one.tagName === 'SELECT' ? 'change' : 'input');
    if (one.tagName !== 'SELECT') walk.tell(one, 'change');
  },
  /** Something else than is there, of the kind that goes there. */
  other: (one, at) => {
    if (one.tagName === 'SELECT') return [...one.options].find((option) => option.value !== one.value && option.value !== '')?.value;
    if (one.type === 'email') return 'walk' + at + '@example.ph';
    if (one.type === 'tel') return '+63917' + String(1000000 + at);
    if (one.inputMode === 'numeric') return one.maxLength > 0 ? String(at + 11).padStart(one.maxLength, '9') : '2013-06-' + String(10 + at % 18);
    if (one.inputMode === 'decimal') return String(30 + at);
    return 'Walk ' + String.fromCharCode(65 + at % 26);
  },
  async change(where, own, leave) {
    let at = 0;
    for (const one of walk.controls(where)) {
      const label = walk.label(one);
      if (leave.includes(label)) continue;
      const text = own[label] ?? walk.other(one, at++);
      if (text !== undefined) await walk.set(one, text);
      await new Promise((done) => requestAnimationFrame(done));
    }
    return walk.read(where);
  },
};
return null"#;

/// A form: where it is, how it is opened, and how it is saved.
struct Form {
    what: &'static str,
    screen: &'static str,
    /// Scripts, each until something is there.
    open: &'static [(&'static str, &'static str)],
    inside: &'static str,
    own: fn() -> Json,
    leave: &'static [&'static str],
    /// `None` where each control is kept as it is left.
    save: Option<&'static str>,
    /// To what it made, where that is another way than to the first.
    again: Option<&'static [(&'static str, &'static str)]>,
}

/// Always the same one: under another name they stand elsewhere in the list.
const FIRST_LEARNER: (&str, &str) = (
    "window.learner ??= document.querySelector('main .data a').hash; location.hash = window.learner",
    "document.querySelector('main [name=religion]')",
);
const ROWS: (&str, &str) = ("", "document.querySelectorAll('main .data').length > 0");
const DIALOG: &str = "document.querySelector('dialog[open] input')";
const SAVE: &str = "document.querySelector('dialog[open] .acts button:last-child').click()";

fn press(words: &str) -> String {
    format!(
        "[...document.querySelectorAll('main button, [role=menuitem]')].find((one) => one.innerText.includes({words:?}) || one.ariaLabel?.includes({words:?})).click()"
    )
}

fn forms() -> Vec<Form> {
    let mut forms = forms_of_records();
    forms.extend(forms_of_the_school());
    forms
}

fn forms_of_records() -> Vec<Form> {
    vec![
        Form {
            what: "the learner's page",
            screen: "learners",
            open: &[ROWS, FIRST_LEARNER],
            inside: "main .groups",
            own: || json!({}),
            leave: &[],
            save: None,
            again: None,
        },
        Form {
            what: "a guardian",
            screen: "learners",
            open: &[ROWS, FIRST_LEARNER, ("press:Change", DIALOG)],
            inside: "dialog[open] .body",
            own: || json!({}),
            leave: &[],
            save: Some(SAVE),
            again: Some(&[ROWS, FIRST_LEARNER, ("press:Change Walk", DIALOG)]),
        },
        Form {
            what: "a section",
            screen: "sections",
            open: &[
                ("", "document.querySelector('main a[href*=\"#/sections/\"]')"),
                (
                    "window.section ??= document.querySelector('main a[href*=\"#/sections/\"]').hash; location.hash = window.section",
                    "document.querySelector('main .data')",
                ),
                ("press:More", "document.querySelector('[role=menu]')"),
                ("press:Change the section", DIALOG),
            ],
            inside: "dialog[open] .body",
            own: || json!({}),
            // Learners sit in it.
            leave: &["Grade", "Grade level"],
            save: Some(SAVE),
            again: None,
        },
    ]
}

fn forms_of_the_school() -> Vec<Form> {
    vec![
        Form {
            what: "the school's data",
            screen: "admin/settings",
            open: &[("", "document.querySelector('[name=deped_school_id]')")],
            inside: "main form",
            own: || json!({}),
            leave: &[],
            save: Some("document.querySelector('main form button[type=submit]').click()"),
            again: None,
        },
        Form {
            what: "a school year",
            screen: "admin/years",
            open: &[("", "document.querySelector('main .facts')"), ("press:Change 2026-2027", DIALOG)],
            inside: "dialog[open] .body",
            own: || json!({ "Enrolment cut-off": "2026-06-19" }),
            leave: &["Starts", "Ends", "First day", "Last day", "Status"],
            save: Some(SAVE),
            again: None,
        },
        Form {
            what: "a number range",
            screen: "admin/numbers",
            open: &[
                ("press:Add a range", DIALOG),
                (SAVE, "!document.querySelector('dialog[open]') && document.querySelector('main table')"),
                ("press:What to do with the range", "document.querySelector('[role=menu]')"),
                ("press:Change the range", DIALOG),
            ],
            inside: "dialog[open] .body",
            own: || json!({ "Digits": "5", "Digits If there is one": "5", "Begins with": "W-", "Begins with If there is one": "W-" }),
            leave: &[],
            save: Some(SAVE),
            again: Some(&[
                ("", "document.querySelector('main table')"),
                ("press:What to do with the range from W-", "document.querySelector('[role=menu]')"),
                ("press:Change the range", DIALOG),
            ]),
        },
        Form {
            what: "a user",
            screen: "admin/users",
            open: &[
                (
                    "",
                    "document.querySelector('[aria-label=\"What to do with Benigno Reyes\"], [aria-label*=\"What to do with Benigno\"]')",
                ),
                ("press:What to do with Benigno", "document.querySelector('[role=menu]')"),
                ("press:Change the user", DIALOG),
            ],
            inside: "dialog[open] .body",
            own: || json!({ "Name": "Benigno Walk" }),
            leave: &[],
            save: Some(SAVE),
            again: None,
        },
    ]
}

async fn steps(window: &Window, screen: &str, steps: &[(&str, &str)]) {
    window.run("location.hash = '#/home'; return null").await;
    window.until("location.hash === '#/home' && document.querySelector('nav [aria-current]')?.hash === '#/home'").await;
    window.run(&format!("location.hash = '#/{screen}'; return null")).await;
    for (does, until) in steps {
        if let Some(words) = does.strip_prefix("press:") {
            let found = press(words).replace(".click()", "");
            window.until(&found).await;
            window.run(&format!("{}; return null", press(words))).await;
        } else if !does.is_empty() {
            window.run(&format!("{does}; return null")).await;
        }
        window.until(until).await;
    }
}

#[tokio::test]
async fn every_control_keeps_what_it_was_given() {
    let folder = Folder::empty();
    with_window(&folder, false, DESK, |window| async move {
        open_sample(&window).await;
        enter(&window, "Apolinario").await;
        window.run(WALK).await;
        let (mut walked, mut boxes) = (0, 0);
        for form in forms() {
            println!("{}", form.what);
            steps(&window, form.screen, form.open).await;
            let script = format!(
                "walk.change({:?}, {}, {}).then(done, (error) => done(String(error)))",
                form.inside,
                (form.own)(),
                json!(form.leave)
            );
            let given = window.ask(&script).await;
            let told = given.as_object().unwrap_or_else(|| panic!("{}: {given}", form.what));
            assert!(told.len() >= 4, "{}: these are its controls: {given}", form.what);
            walked += told.len();
            boxes += told.values().filter(|value| value.is_boolean()).count();
            window.picture(&format!("walked-{}", form.what.replace([' ', '’', '\''], "-"))).await;
            if let Some(save) = form.save {
                window.run(&format!("{save}; return null")).await;
                window.until("!document.querySelector('dialog[open]')").await;
            }
            let refused =
                window.run("return [...document.querySelectorAll('.error')].map((one) => one.innerText)").await;
            assert_eq!(refused, json!([]), "{}: {given}", form.what);
            window.until("document.querySelector('.place > .bar')").await;
            steps(&window, form.screen, form.again.unwrap_or(form.open)).await;
            let kept = window.run(&format!("return walk.read({:?})", form.inside)).await;
            assert_eq!(kept, given, "{}", form.what);
            window.keys("\u{e00c}").await;
        }
        println!("{walked} controls, {boxes} of them tick boxes");
        assert!(walked > 60 && boxes >= 5, "{walked} controls, {boxes} of them tick boxes");
    })
    .await;
}

/// What is asked once, about one event, is in the records afterwards.
#[tokio::test]
async fn an_unsettled_account_is_kept_with_the_transfer() {
    let folder = Folder::empty();
    with_window(&folder, false, DESK, |window| async move {
        open_sample(&window).await;
        enter(&window, "Apolinario").await;
        let roster = [
            ("", "document.querySelector('main a[href*=\"#/sections/\"]')"),
            ("document.querySelector('main a[href*=\"#/sections/\"]').click()", "document.querySelector('main .data .box')"),
        ];
        for ticked in [true, false] {
            steps(&window, "sections", &roster).await;
            window.click("main .data .box").await;
            window.until("document.querySelector('main .data.chosen')").await;
            steps_here(&window, &[("press:More", "document.querySelector('[role=menu]')"), ("press:Transfer out", DIALOG)]).await;
            window.fill("dialog[open] input[type=text]", "Rizal High School").await;
            if ticked {
                window.run("document.querySelector('dialog[open] [type=checkbox]').focus(); return null").await;
                window.keys(" ").await;
                window.until("document.querySelector('dialog[open] [type=checkbox]').checked").await;
                window.is_accessible().await;
                window.picture("unsettled-account").await;
            }
            window.run(&format!("{SAVE}; return null")).await;
            window.until("!document.querySelector('dialog[open]')").await;
            let ask = "__TAURI_INTERNALS__.invoke('call', { request: { do: 'list', entity: 'enrolment', limit: 100000 } }).then(({ rows }) =>
                done(rows.filter((row) => row.to_school === 'Rizal High School').map((row) => row.unsettled_account === true)), (error) => done(error))";
            let events = window.ask(ask).await;
            let events = events.as_array().unwrap_or_else(|| panic!("{events}"));
            assert_eq!(events.iter().filter(|one| **one == json!(true)).count(), 1, "{events:?}");
            assert_eq!(events.len(), if ticked { 1 } else { 2 });
        }
    })
    .await;
}

async fn steps_here(window: &Window, all: &[(&str, &str)]) {
    for (does, until) in all {
        let words = does.strip_prefix("press:").expect("a button");
        let found = press(words).replace(".click()", "");
        window.until(&found).await;
        window.run(&format!("{}; return null", press(words))).await;
        window.until(until).await;
    }
}

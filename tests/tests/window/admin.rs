//! The school's own affairs in the window: users with a password that is shown once, the school's data, years, number ranges, a
//! copy of the records and the proof that the hub has them; with the sample school, and with a hub that is really there.

use crate::day::{enter, open_sample};
use crate::driver::Window;
use crate::office::Folder;
use crate::{DESK, with_window};
use pems_tests::rig::Rig;
use serde_json::json;
use std::path::Path;

/// Each page with something of it that is there once it was read.
const PAGES: [(&str, &str); 8] = [
    ("users", "table.affairs, .empty"),
    ("devices", "main ol li"),
    ("settings", "[name=deped_school_id]"),
    ("years", "main .facts"),
    ("numbers", "table.affairs, .empty"),
    ("backup", "[name=path]"),
    ("proof", "table.affairs"),
    ("support", "main ol li code"),
];

/// Goes to a page and waits until it has shown what it has.
async fn open(window: &Window, page: &str) {
    let (_, there) = PAGES.iter().find(|(name, _)| *name == page).expect("a page");
    window.run(&format!("location.hash = '#/admin/{page}'; return null")).await;
    window.until(&format!("document.querySelector('main nav [aria-current]')?.hash === '#/admin/{page}'")).await;
    window.until(&format!("document.querySelector({there:?})")).await;
}

/// Presses the button with this text, in the dialog if one is open.
async fn press(window: &Window, text: &str) {
    let button = format!(
        "[...(document.querySelector('dialog[open]') ?? document.querySelector('main')).querySelectorAll('button')]
            .find((one) => one.innerText.includes({text:?}) && !one.disabled)"
    );
    window.until(&button).await;
    window.run(&format!("{button}.click(); return null")).await;
}

/// Chooses from the menu of a row.
async fn choose(window: &Window, menu: &str, item: &str) {
    window.click(&format!("[aria-label={menu:?}]")).await;
    let item =
        format!("[...document.querySelectorAll('[role=menuitem]')].find((one) => one.innerText.includes({item:?}))");
    window.until(&item).await;
    window.run(&format!("{item}.click(); return null")).await;
}

/// Types over what a field has.
async fn retype(window: &Window, css: &str, text: &str) {
    window.until(&format!("document.querySelector({css:?})")).await;
    window.run(&format!("document.querySelector({css:?}).select(); return null")).await;
    window.fill(css, text).await;
}

async fn pick(window: &Window, css: &str, value: &str) {
    let set = format!(
        "const one = document.querySelector({css:?}); one.value = {value:?};
         one.dispatchEvent(new Event('change', {{ bubbles: true }})); return one.value"
    );
    assert_eq!(window.run(&set).await, json!(value), "{css} offers it");
}

async fn seen(window: &Window, picture: &str) {
    window.is_accessible().await;
    window.picture(picture).await;
}

async fn look_at(window: &Window, look: &str, pages: &[&str]) {
    for page in pages {
        open(window, page).await;
        let wide = window.run("return document.documentElement.scrollWidth - innerWidth").await;
        assert!(wide.as_i64() <= Some(0), "{page} ({look}) is {wide} pixels wider than the window");
        seen(window, &format!("admin-{look}-{page}")).await;
    }
}

async fn in_the_sample(dark: bool, size: (u32, u32), look: &str, pages: &[&str]) {
    let folder = Folder::empty();
    with_window(&folder, dark, size, |window| async move {
        open_sample(&window).await;
        enter(&window, "Apolinario").await;
        look_at(&window, look, pages).await;
    })
    .await;
}

#[tokio::test]
async fn every_page_of_the_school_is_whole_in_the_light() {
    in_the_sample(false, DESK, "light", &PAGES.map(|(page, _)| page)).await;
}

#[tokio::test]
async fn pages_of_the_school_are_whole_in_the_dark() {
    in_the_sample(true, DESK, "dark", &["settings", "proof"]).await;
}

#[tokio::test]
async fn pages_of_the_school_are_whole_on_a_small_screen() {
    in_the_sample(false, (1024, 600), "1024x600", &["users", "numbers", "settings"]).await;
}

#[tokio::test]
async fn every_page_of_the_school_is_whole_in_filipino_at_double_size() {
    let folder = Folder::empty();
    with_window(&folder, false, DESK, |window| async move {
        open_sample(&window).await;
        enter(&window, "Apolinario").await;
        window.speaks("fil").await;
        window.until("document.documentElement.lang === 'fil' && document.querySelector('.frame main h1')").await;
        for _ in 0..5 {
            window.keys("\u{e009}+\u{e000}").await;
        }
        window.until("innerWidth <= 700").await;
        look_at(&window, "fil-zoomed", &PAGES.map(|(page, _)| page)).await;
    })
    .await;
}

/// Adds a user and gives the password that is shown once.
async fn add_user(window: &Window, name: &str, role: &str) -> String {
    press(window, "Add a user").await;
    window.until("document.querySelector('dialog[open] [name=name]')").await;
    window.fill("dialog [name=name]", name).await;
    pick(window, "dialog [name=role]", role).await;
    window.is_accessible().await;
    press(window, "Add a user").await;
    window.until("document.querySelector('dialog[open] output')").await;
    let shown = window.text("dialog output").await;
    assert!(shown.len() >= 10, "a password: {shown}");
    assert_eq!(window.text("dialog h2").await, format!("One-time password of {name}"));
    shown
}

#[tokio::test]
async fn the_sample_school_is_administered_and_its_records_are_copied() {
    let folder = Folder::empty();
    with_window(&folder, false, DESK, |window| {
        let folder = &folder;
        async move {
            open_sample(&window).await;
            enter(&window, "Apolinario").await;
            window.until("document.querySelector('.frame main h1')").await;
            // Ctrl+K leads to a page by its name.
            window.keys("\u{e009}k\u{e000}").await;
            window.until("document.activeElement.getAttribute('role') === 'combobox'").await;
            window.keys("users").await;
            window.until("document.querySelector('dialog [role=option] .text')?.innerText === 'Users'").await;
            window.keys("\u{e007}").await;
            window.until("location.hash === '#/admin/users' && document.querySelector('table.affairs')").await;
            add_user(&window, "Ben Reyes", "teacher").await;
            seen(&window, "admin-one-time").await;
            press(&window, "I have it").await;
            window.until("!document.querySelector('dialog[open]')").await;
            choose(&window, "What to do with Ben Reyes", "Disable").await;
            press(&window, "Disable").await;
            window
                .until("[...document.querySelectorAll('tr.off')].some((row) => row.innerText.includes('Disabled'))")
                .await;
            // One cannot shut oneself out.
            choose(&window, "What to do with Apolinario Cruz", "Change the user").await;
            window.until("document.querySelector('dialog[open] [name=role]')").await;
            pick(&window, "dialog [name=role]", "teacher").await;
            press(&window, "Save").await;
            window.until("document.querySelector('dialog .error')?.innerText.includes('last administrator')").await;
            seen(&window, "admin-last-administrator").await;
            press(&window, "Cancel").await;

            school_data(&window).await;
            numbers(&window).await;
            years(&window).await;
            backup(&window, folder.data.parent().expect("a folder")).await;
            open(&window, "proof").await;
            assert_eq!(window.text(".banner strong").await, "A made-up school has no hub.");
        }
    })
    .await;
}

/// A form that lacks the head's name leads to the field; what is wrong is said there.
async fn school_data(window: &Window) {
    window.run("location.hash = '#/admin/settings?field=head_name'; return null").await;
    window.until("document.activeElement.name === 'head_name'").await;
    retype(window, "[name=head_name]", "Dr. Cora Lim").await;
    retype(window, "[name=deped_school_id]", "123").await;
    window.until("document.querySelector('.foot p')?.innerText.startsWith('2 fields are changed')").await;
    window.keys("\u{e009}s\u{e000}").await;
    let wrong = "document.querySelector('[name=deped_school_id]').closest('.field').querySelector('.error')";
    window.until(wrong).await;
    seen(window, "admin-settings-refused").await;
    retype(window, "[name=deped_school_id]", "300021").await;
    // A picture from the disk, as the system's dialog hands it over: larger than a logo may be, and no PNG.
    let choose = "const canvas = document.createElement('canvas'); [canvas.width, canvas.height] = [1200, 900];
        const pen = canvas.getContext('2d'); pen.fillStyle = '#0b6b55'; pen.fillRect(100, 100, 1000, 700);
        canvas.toBlob((blob) => { const held = new DataTransfer(); held.items.add(new File([blob], 'logo.jpg', { type: 'image/jpeg' }));
            const input = document.querySelector('[name=logo]'); input.files = held.files;
            input.dispatchEvent(new Event('change', { bubbles: true })); done(null) }, 'image/jpeg')";
    window.ask(choose).await;
    window.until("document.querySelector('.logo canvas')?.width === 600").await;
    press(window, "Save the school").await;
    window.until("document.querySelector('.foot p').innerText === ''").await;
    let ask = "__TAURI_INTERNALS__.invoke('call', { request: { do: 'admin.settings' } }).then((answer) => done(answer.fields))";
    let fields = window.ask(ask).await;
    assert_eq!((&fields["head_name"], &fields["deped_school_id"]), (&json!("Dr. Cora Lim"), &json!("300021")));
    assert!(fields["logo"].as_str().is_some_and(|logo| logo.starts_with("iVBORw0KGgo")), "a PNG");
    seen(window, "admin-settings-logo").await;
}

async fn numbers(window: &Window) {
    open(window, "numbers").await;
    press(window, "Add a range").await;
    window.until("document.querySelector('dialog[open] [name=from_no]')").await;
    retype(window, "dialog [name=from_no]", "9000").await;
    retype(window, "dialog [name=to_no]", "12000").await;
    window.until("document.querySelector('dialog p[role=status]').innerText === '2026-9000 to 2026-12000'").await;
    window.keys("\u{e007}").await;
    let said = "document.querySelector('dialog [name=from_no]').closest('.field').querySelector('.error')?.innerText";
    window.until(&format!("{said}?.includes('This PC has 2026-0001 to 2026-9999 already; begin at 10000')")).await;
    seen(window, "admin-numbers-overlap").await;
    retype(window, "dialog [name=from_no]", "10000").await;
    window.keys("\u{e007}").await;
    window.until("document.querySelectorAll('table.affairs tbody tr').length === 2").await;
}

async fn years(window: &Window) {
    // From a form that lacks the cut-off.
    window.run("location.hash = '#/admin/years?field=cutoff_date'; return null").await;
    window.until("document.activeElement.name === 'cutoff_date'").await;
    retype(window, "dialog [name=cutoff_date]", "1999-01-01").await;
    press(window, "Save").await;
    let said = "document.querySelector('dialog [name=cutoff_date]').closest('.field').querySelector('.error')";
    window.until(said).await;
    seen(window, "admin-years-refused").await;
    press(window, "Cancel").await;
    window.until("!document.querySelector('dialog[open]')").await;
    press(window, "Add 20").await;
    window.until("document.querySelector('dialog[open] [name=label]')").await;
    let before = window.run("return document.querySelectorAll('main .facts').length").await.as_u64().expect("years");
    press(window, "Save").await;
    window.until(&format!("document.querySelectorAll('main .facts').length === {}", before + 1)).await;
    press(window, "Change the terms").await;
    window.until("document.querySelectorAll('dialog[open] input').length === 6").await;
    seen(window, "admin-terms").await;
    press(window, "Save").await;
    window.until("document.querySelector('main ol').innerText.includes('Term 3')").await;
}

/// The copy lies where it was to go, whole and unreadable without its passphrase.
async fn backup(window: &Window, folder: &Path) {
    open(window, "backup").await;
    retype(window, "[name=path]", "copy").await;
    press(window, "Make the copy").await;
    window.until("document.querySelector('main .field .error')?.innerText.includes('whole path')").await;
    seen(window, "admin-backup-refused").await;
    retype(window, "[name=path]", &folder.display().to_string()).await;
    retype(window, "[name=passphrase]", "apat na salita ito").await;
    press(window, "Make the copy").await;
    window.until("document.querySelector('main .field .error')?.innerText.includes('differ')").await;
    retype(window, "[name=again]", "apat na salita ito").await;
    press(window, "Make the copy").await;
    window.until("document.querySelector('.banner.good')").await;
    seen(window, "admin-backup-made").await;
    let path = window.text(".banner.good code").await;
    assert!(path.ends_with(".pems-backup") && Path::new(&path).parent() == Some(folder), "{path}");
    let copy = std::fs::read(&path).expect("the copy");
    assert!(copy.len() > 100_000, "all records");
    let holds = |text: &[u8]| copy.windows(text.len()).any(|part| part == text);
    assert!(!copy.starts_with(b"SQLite format 3") && !holds(b"Dr. Cora Lim") && !holds(b"student"), "encrypted");
}

/// A school from its first user on, at a hub: who was added signs in with what was shown once, and the proof says yes.
#[tokio::test]
async fn a_first_user_lets_another_in_and_the_hub_has_it_all() {
    let password = "tatlong isda sa ilog";
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let here = rig.office("mabini").await;
    here.save("student", &json!({ "last_name": "Reyes", "first_name": "Ana" }));
    let folder = Folder::of(here.path(), &here.key_file);
    with_window(&folder, false, DESK, |window| {
        let (rig, here) = (&rig, &here);
        async move {
            window.until("document.querySelector('.frame')").await;
            window.run("location.hash = '#/admin'; return null").await;
            window.until("document.querySelector('.empty h2')?.innerText === 'Nobody signs in yet'").await;
            seen(&window, "admin-no-users").await;
            press(&window, "Make the first user").await;
            window.until("document.querySelector('dialog[open] [name=password]')").await;
            window.fill("dialog [name=name]", "Ana Cruz").await;
            window.fill("dialog [name=password]", "short").await;
            window.keys("\u{e007}").await;
            window.until("document.querySelector('dialog .error')").await;
            seen(&window, "admin-first-user").await;
            retype(&window, "dialog [name=password]", password).await;
            window.keys("\u{e007}").await;
            // From now on this PC asks.
            window.until("document.querySelector('article [name=password]')").await;
            window.fill("article [name=password]", password).await;
            window.keys("\u{e007}").await;
            window.until("document.querySelector('.frame')").await;
            open(&window, "users").await;
            let shown = add_user(&window, "Ben Reyes", "registrar").await;
            press(&window, "Copy the password").await;
            window.until("document.querySelector('dialog .told').innerText !== ''").await;
            press(&window, "I have it").await;
            seen(&window, "admin-users-two").await;
            window.until("document.querySelector('footer').innerText.startsWith('All work is at the hub, ')").await;
            rig.assert_level(here).await;
            proven(&window, here.path().parent().expect("a folder")).await;

            let leave = "__TAURI_INTERNALS__.invoke('call', { request: { do: 'session.sign_out' } })";
            assert_eq!(window.refusal(leave).await, None);
            let ben = "[...document.querySelectorAll('article li button')].find((one) => one.innerText.includes('Ben Reyes'))";
            window.until(ben).await;
            window.run(&format!("{ben}.click(); return null")).await;
            window.until("document.querySelector('article [name=password]')").await;
            window.fill("article [name=password]", &shown).await;
            window.keys("\u{e007}").await;
            window.until("document.querySelector('h1')?.innerText === 'Choose a password of your own'").await;
            window.fill("[name=fresh]", "limang bangka sa dagat").await;
            window.keys("\u{e007}").await;
            window.until("document.querySelector('.frame')").await;
            // A registrar does not find the screen, nor a way around it.
            window.run("location.hash = '#/admin/users'; return null").await;
            window.until("document.querySelector('main .empty h2')?.innerText === 'This screen is for other roles'").await;
            let ask = "__TAURI_INTERNALS__.invoke('call', { request: { do: 'admin.users' } })";
            assert!(window.refusal(ask).await.is_some(), "nor an answer");
        }
    })
    .await;
}

/// The hub has it all, and the page says so to whoever reads it later.
async fn proven(window: &Window, folder: &Path) {
    open(window, "proof").await;
    window.until("document.querySelector('.banner strong').innerText === 'Yes. Everything is at the hub.'").await;
    let row = "[...document.querySelectorAll('table.affairs tr')].find((row) => row.innerText.startsWith('Learner'))";
    let cells = window.run(&format!("return [...{row}.querySelectorAll('td')].map((cell) => cell.innerText)")).await;
    assert_eq!(cells, json!(["1", "1", "none"]));
    let sums = window.run("return [...document.querySelectorAll('main dd code')].map((sum) => sum.innerText)").await;
    assert!(sums[0].as_str().is_some_and(|sum| sum.len() > 10) && sums[0] == sums[1], "{sums}");
    let page = folder.join("proof.txt");
    retype(window, "[name=path]", &page.display().to_string()).await;
    press(window, "Keep as a page").await;
    window.until("document.querySelector('form .banner.good')").await;
    seen(window, "admin-proof-level").await;
    let text = std::fs::read_to_string(&page).expect("the page");
    assert!(text.contains("YES.") && text.contains(sums[0].as_str().unwrap_or_default()), "{text}");
}

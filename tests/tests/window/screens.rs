//! Every screen of the office, one after the other, as it is looked at: light, dark, on a small screen, enlarged and in
//! Filipino; by a school admin, who sees them all. What a screen does is tested beside it; here is what holds for all of them:
//! it is there, nobody is shut out of it (axe), and nothing of it is out of reach.

use crate::day::{enter, open_sample};
use crate::driver::Window;
use crate::office::Folder;
use crate::{DESK, with_window};
use serde_json::json;

/// The screens are those that the window itself declares.
const ROUTES: &str = include_str!("../../../ui/src/office/routes.ts");

fn screens() -> Vec<&'static str> {
    let named = |line: &'static str| line.trim().trim_start_matches("{ ").strip_prefix("id: \"")?.split('"').next();
    let found: Vec<&str> = ROUTES.lines().filter_map(named).collect();
    assert!(found.len() > 10 && found.contains(&"learners"), "{found:?}");
    found
}

/// Goes to a screen and waits until it has shown what it has. The one that the window opened with is there already.
async fn visit(window: &Window, screen: &str) {
    let there = format!("document.querySelector('nav [aria-current]')?.hash === '#/{screen}'");
    let go = "document.querySelector('main h1')?.setAttribute('data-left', ''); location.hash = '#/'";
    window.run(&format!("if (!({there})) {{ {go} + '{screen}' }} return null")).await;
    window.until("document.querySelector('main h1:not([data-left])')").await;
    let quiet = "let quiet; const end = () => { watch.disconnect(); done(null) };
        const watch = new MutationObserver(() => { clearTimeout(quiet); quiet = setTimeout(end, 300) });
        watch.observe(document.querySelector('main'), { subtree: true, childList: true, attributes: true, characterData: true });
        quiet = setTimeout(end, 300); setTimeout(end, 5000)";
    window.ask(quiet).await;
}

/// To 200 %, as its keys do. Each step is waited for: what has the keys may be laid out anew, or out of sight.
async fn enlarge(window: &Window) {
    for _ in 0..5 {
        let wide = window.run("return innerWidth").await;
        window.keys("\u{e009}+\u{e000}").await;
        window.until(&format!("innerWidth < {wide} && document.activeElement.checkVisibility()")).await;
    }
    window.until("innerWidth <= 700").await;
}

/// What holds for every screen in every look.
async fn look_at_all(window: &Window, look: &str) {
    for screen in screens() {
        visit(window, screen).await;
        let wide = window.run("return document.documentElement.scrollWidth - innerWidth").await;
        assert!(wide.as_i64() <= Some(0), "{screen} ({look}) is {wide} pixels wider than the window");
        let title = window.text("main h1").await;
        assert!(!title.is_empty(), "{screen} ({look}) has no name");
        window.is_accessible().await;
        window.picture(&format!("{look}-{screen}")).await;
    }
}

async fn in_the_sample(size: (u32, u32), look: &str, before: &str) {
    let folder = Folder::empty();
    with_window(&folder, look == "dark", size, |window| async move {
        open_sample(&window).await;
        enter(&window, "Apolinario").await;
        window.run(&format!("{before}; return null")).await;
        window.until("document.querySelector('.frame main h1')").await;
        look_at_all(&window, look).await;
    })
    .await;
}

#[tokio::test]
async fn every_screen_is_whole_in_the_light() {
    in_the_sample(DESK, "screen", "").await;
}

#[tokio::test]
async fn every_screen_is_whole_in_the_dark() {
    in_the_sample(DESK, "dark", "").await;
}

#[tokio::test]
async fn every_screen_is_whole_on_a_small_screen() {
    in_the_sample((1024, 600), "1024x600", "").await;
}

#[tokio::test]
async fn every_screen_is_whole_in_filipino_at_double_size() {
    let folder = Folder::empty();
    with_window(&folder, false, DESK, |window| async move {
        open_sample(&window).await;
        enter(&window, "Apolinario").await;
        window.speaks("fil").await;
        window.until("document.documentElement.lang === 'fil' && document.querySelector('.frame main h1')").await;
        enlarge(&window).await;
        assert_eq!(window.run("return document.documentElement.lang").await, json!("fil"));
        look_at_all(&window, "fil-zoomed").await;
        // Below its filters the list is there too, for whoever scrolls to it.
        visit(&window, "learners").await;
        let seen = "const list = document.querySelector('.sheet'); list.scrollIntoView();
            const [own, room] = [list, document.querySelector('main')].map((it) => it.getBoundingClientRect());
            return Math.min(own.bottom, room.bottom) - Math.max(own.top, room.top)";
        assert!(window.run(seen).await.as_f64() > Some(150.0), "the list is squeezed away");
        window.picture("fil-zoomed-learners-list").await;
    })
    .await;
}

/// The list at double size shows learners before anybody scrolls, and grades are told apart in Filipino.
#[tokio::test]
async fn the_list_of_learners_is_seen_at_once_at_double_size_in_filipino() {
    let folder = Folder::empty();
    with_window(&folder, false, DESK, |window| async move {
        open_sample(&window).await;
        enter(&window, "Apolinario").await;
        window.speaks("fil").await;
        window.until("document.documentElement.lang === 'fil' && document.querySelector('.frame main h1')").await;
        visit(&window, "learners").await;
        // At usual size: no grade is cut, and neither is a name while a column beside it is empty.
        let cut = "[...document.querySelectorAll('main .data span[data-column]')].filter((cell) => /^Baitang/.test(cell.innerText.trim()) && cell.scrollWidth > cell.clientWidth).length";
        assert_eq!(window.run(&format!("return {cut}")).await, json!(0), "Baitang 10, 11 and 12 are told apart");
        window.picture("fil-learners").await;
        window.click("[data-filter=grade] .menu > button").await;
        let seen = "const list = document.querySelector('[role=menu]').getBoundingClientRect();
            return [...document.querySelectorAll('[role=menu] button')].filter((one) => { const own = one.getBoundingClientRect();
              return own.bottom > Math.min(list.bottom, innerHeight) + 1; }).map((one) => one.innerText)";
        assert_eq!(window.run(seen).await, json!([]), "all grades are seen");
        window.is_accessible().await;
        window.picture("fil-grades").await;
        window.keys("\u{e00c}").await;
        // The keys are at the filter that was open, and find another place when the filters fold.
        window.until("document.activeElement.closest('[data-filter=grade]') && !document.querySelector('[role=menu]')").await;
        enlarge(&window).await;
        window.until("document.activeElement.closest('.fold')").await;
        let rows = "[...document.querySelectorAll('main .data')].filter((row) => { const own = row.getBoundingClientRect();
            return own.height > 0 && own.bottom <= document.querySelector('footer').getBoundingClientRect().top + 1; }).length";
        window.until(&format!("{rows} >= 2")).await;
        window.is_accessible().await;
        window.picture("fil-double-learners-at-once").await;
        // The driver's mouse does not know of the zoom.
        window.run("document.querySelector('.fold button').click(); return null").await;
        window.until("document.querySelector('.fold button').getAttribute('aria-expanded') === 'true' && document.querySelector('[data-filter=grade]').offsetParent").await;
        window.is_accessible().await;
    })
    .await;
}

/// A column is made wider by keyboard and by mouse, and is as wide in the next window.
#[tokio::test]
async fn columns_are_made_wider_and_stay_so() {
    let folder = Folder::enrolled();
    let width = "document.querySelectorAll('[role=columnheader]')[2].offsetWidth";
    with_window(&folder, false, DESK, |window| async move {
        window.until("document.querySelectorAll('.data').length > 0").await;
        let first = window.run(&format!("return {width}")).await.as_f64().expect("a width");
        // Enter the list from the box, go to the LRN.
        window.run("document.querySelector('.sheet input').focus(); return null").await;
        window.keys("\u{e014}").await;
        window.keys("\u{e00a}\u{e008}\u{e014}\u{e014}\u{e000}").await;
        window.until(&format!("{width} === {first} + 32")).await;
        let drag = "const grip = document.querySelectorAll('[role=columnheader]')[2].querySelector('.grip');
            grip.setPointerCapture = () => {}; const from = grip.getBoundingClientRect().right - 2;
            const at = (kind, x) => grip.dispatchEvent(new PointerEvent(kind, { bubbles: true, cancelable: true, clientX: x, button: 0, pointerId: 1 }));
            at('pointerdown', from); at('pointermove', from + 48); at('pointerup', from + 48); return null";
        window.run(drag).await;
        window.until(&format!("{width} === {first} + 80")).await;
        window.is_accessible().await;
        window.picture("columns-wider").await;
        window.run("location.reload(); return null").await;
        window.until(&format!("document.querySelectorAll('.data').length > 0 && {width} === {first} + 80")).await;
    })
    .await;
}

/// Each screen is in the sheet of shortcuts once, whatever the role sees; and the keys go along to another screen.
#[tokio::test]
async fn the_sheet_of_shortcuts_names_each_screen_once() {
    let folder = Folder::empty();
    with_window(&folder, false, DESK, |window| async move {
        open_sample(&window).await;
        enter(&window, "Benigno").await;
        window.until("document.querySelector('.frame main h1')").await;
        window.run("document.querySelector('nav a').focus(); return null").await;
        window.keys("\u{e00a}2\u{e000}").await;
        window.until("document.querySelector('nav [aria-current]') === document.querySelectorAll('nav a')[1]").await;
        window.until("!document.activeElement.closest('nav')").await;
        window.run("document.activeElement.blur(); return null").await;
        window.keys("?").await;
        window.until("document.querySelector('dialog[open] dl')").await;
        let names = window.run("return [...document.querySelectorAll('dialog[open] dt')].map((one) => one.innerText).filter((one) => one.startsWith('Go to '))").await;
        let names: Vec<String> = serde_json::from_value(names).expect("names");
        let mut once = names.clone();
        once.sort();
        once.dedup();
        let shown = window.run("return document.querySelectorAll('nav[aria-label] > a').length").await.as_u64();
        assert_eq!((names.len(), shown), (once.len(), u64::try_from(names.len()).ok()), "{names:?}");
        window.is_accessible().await;
        window.picture("shortcuts-teacher").await;
    })
    .await;
}

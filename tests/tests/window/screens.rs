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
    let found: Vec<&str> =
        ROUTES.lines().filter_map(|line| line.trim().strip_prefix("{ id: \"")?.split('"').next()).collect();
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
        for _ in 0..5 {
            window.keys("\u{e009}+\u{e000}").await;
        }
        window.until("innerWidth <= 700").await;
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

//! One PC, one person after the other: whoever comes next begins at their own start, changes their own password, and takes back what
//! they did and not what somebody looked at last.

use crate::driver::Window;
use crate::office::{Folder, LEARNERS};
use crate::{DESK, NAMES, with_window};
use serde_json::json;

const ANA: (&str, &str) = ("Ana Cruz", "tatlong isda sa ilog");
const BEN: (&str, &str) = ("Ben Lim", "apat na ibon sa puno");
const CHOSEN: &str = "limang kahon ng mangga";
const ENTER: &str = "\u{e007}";
const UNDO: &str = "\u{e009}z\u{e000}";

async fn sign_in(window: &Window, name: &str, password: &str) {
    let person =
        format!("[...document.querySelectorAll('article li button')].find((one) => one.innerText.includes('{name}'))");
    window.until(&person).await;
    window.run(&format!("{person}.click(); return null")).await;
    window.until("document.querySelector('[name=password]')").await;
    window.fill("[name=password]", password).await;
    window.keys(ENTER).await;
}

async fn choose(window: &Window, item: &str) {
    window.click("header .menu > button").await;
    let item =
        format!("[...document.querySelectorAll('[role=menuitem]')].find((one) => one.innerText.includes('{item}'))");
    window.until(&item).await;
    window.run(&format!("{item}.click(); return null")).await;
}

#[tokio::test]
async fn the_next_one_begins_at_their_own_start_and_a_password_is_changed_by_oneself() {
    let folder = Folder::enrolled();
    folder.save_user(ANA.0, "registrar", ANA.1);
    folder.save_user(BEN.0, "registrar", BEN.1);
    with_window(&folder, false, DESK, |window| async move {
        sign_in(&window, ANA.0, ANA.1).await;
        window.until("document.querySelectorAll('.data').length > 0").await;
        window.run("location.hash = '#/sections'; return null").await;
        window.until("document.querySelector('h1')?.innerText === 'Sections'").await;
        choose(&window, "Change my password").await;
        window.until("document.querySelector('dialog[open] [name=current]')").await;
        window.fill("[name=current]", "not this one").await;
        window.fill("[name=fresh]", CHOSEN).await;
        window.keys(ENTER).await;
        window.until("document.querySelector('dialog[open] .error')?.innerText.includes('not the password')").await;
        window.is_accessible().await;
        window.picture("own-password").await;
        window.run("document.querySelector('[name=current]').select(); return null").await;
        window.fill("[name=current]", ANA.1).await;
        window.keys(ENTER).await;
        window.until("document.querySelector('dialog[open]') === null").await;
        choose(&window, "Switch user").await;
        sign_in(&window, BEN.0, BEN.1).await;
        window.until("document.querySelectorAll('.data').length > 0 && location.hash !== '#/sections'").await;
        choose(&window, "Switch user").await;
        sign_in(&window, ANA.0, ANA.1).await;
        window.until("document.querySelector('.error')?.innerText.includes('not the password')").await;
        window.fill("[name=password]", CHOSEN).await;
        window.keys(ENTER).await;
        window.until("document.querySelector('.frame')").await;
    })
    .await;
}

#[tokio::test]
async fn what_was_done_elsewhere_is_named_before_it_is_taken_back() {
    let folder = Folder::enrolled();
    with_window(&folder, false, DESK, |window| {
        let folder = &folder;
        async move {
            window.until("document.querySelectorAll('.data').length > 0").await;
            let first = window.run(&format!("return {NAMES}[0]")).await;
            window.run("document.querySelector('.data a').click(); return null").await;
            window.until("document.querySelector('main [name=religion]')").await;
            window.run("document.querySelector('main [name=religion]').focus(); return null").await;
            window.keys(&format!("Aglipayan{ENTER}")).await;
            window.until("document.querySelector('.place > .bar')?.innerText.includes('Religion')").await;
            window.run("location.hash = '#/forms'; return null").await;
            window.until("document.querySelector('h1')?.innerText === 'Forms'").await;
            window.keys(UNDO).await;
            window.until("document.querySelector('dialog[open]')?.innerText.includes('Religion: Abdul-Rahman')").await;
            window.is_accessible().await;
            window.picture("undo-asked").await;
            // Esc: nothing is taken back.
            window.keys("\u{e00c}").await;
            window.until("document.querySelector('dialog[open]') === null").await;
            window.run("location.hash = '#/learners'; return null").await;
            window.until("document.querySelectorAll('.data').length > 0").await;
            assert_eq!(window.run(&format!("return {NAMES}[0]")).await, first);
            // Where it was done, it is taken back at once.
            window.run("document.querySelector('main').focus(); return null").await;
            window.keys(UNDO).await;
            window.until("document.querySelector('.place > .bar')?.innerText.includes('Undone')").await;
            assert_eq!(folder.learners(), LEARNERS);
            assert_ne!(first, json!(null));
        }
    })
    .await;
}

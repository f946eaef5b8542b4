//! What a person feels in the open window: from the key that is pressed to the frame that shows its effect.

use super::super::report::Report;
use super::{line, millis};
use crate::window::Window;
use anyhow::Result;
use serde_json::Value as Json;
use std::time::Duration;

/// How a hand types: a key, and time to see what it did.
const BETWEEN_KEYS: Duration = Duration::from_millis(180);
/// Halves of names as clerks type them, each letter measured.
const TYPED: [&str; 4] = ["delacruz", "maria san", "penaflor", "reyes jo"];

/// From now on the page notes, for every key or click, when what it changed was painted: the frame after the last change of
/// rows before the next key. The frame is over when a task that was queued inside it runs.
const WATCH: &str = "
    window.painted = []; let began = null, last = null;
    const note = () => { if (began !== null && last !== null) window.painted.push(last - began); began = last = null; };
    for (const kind of ['keydown', 'pointerdown'])
        document.addEventListener(kind, () => { note(); began = performance.now(); }, { capture: true });
    window.noted = note;
    new MutationObserver(() => {
        const of = began;
        if (of !== null) requestAnimationFrame(() => setTimeout(() => { if (of === began) last = performance.now(); }));
    }).observe(document.querySelector('main'), { childList: true, subtree: true, characterData: true });
    done(null);";

pub(super) async fn search(window: &Window, rounds: usize, report: &mut Report) -> Result<()> {
    window.run("document.querySelector('main input').focus()").await;
    window.ask(WATCH).await;
    for text in TYPED.iter().cycle().take(TYPED.len().max(rounds)) {
        for key in text.chars().map(String::from).chain(["\u{e00c}".to_owned()]) {
            window.keys(&key).await;
            tokio::time::sleep(BETWEEN_KEYS).await;
        }
    }
    let mut times = painted(window).await;
    line(report, "search as you type: key to painted list", &mut times, "  aim 50 ms");
    Ok(())
}

async fn painted(window: &Window) -> Vec<Duration> {
    let found = window.run("window.noted(); const all = window.painted; window.painted = []; return all").await;
    times(&found)
}

fn times(list: &Json) -> Vec<Duration> {
    list.as_array().into_iter().flatten().filter_map(Json::as_f64).map(millis).collect()
}

/// A hand on the wheel (four rows a frame), then one that drags the bar from the top to the end. `work` is how long a frame kept
/// the page busy; `gaps` the time from frame to frame, which the screen's own beat sets when the page is quick enough.
const SCROLL: &str = "
    const grid = document.querySelector('[role=grid]');
    grid.scrollTop = 0;
    const work = [], gaps = [], end = grid.scrollHeight, frames = FRAMES, step = STEP ?? end / frames;
    let before = null, at = 0;
    const frame = (now) => {
        if (before !== null) gaps.push(now - before);
        before = now;
        const began = performance.now();
        grid.scrollTop = Math.min(end, step * ++at);
        const channel = new MessageChannel();
        channel.port1.onmessage = () => work.push(performance.now() - began);
        channel.port2.postMessage(null);
        if (at < frames) requestAnimationFrame(frame);
        else setTimeout(() => { const rows = grid.getAttribute('aria-rowcount'); grid.scrollTop = 0; done({ work, gaps, rows }); }, 200);
    };
    requestAnimationFrame(frame);";

pub(super) async fn scroll(window: &Window, report: &mut Report) -> Result<()> {
    for (what, step, frames) in [("wheel, 4 rows a frame", "160", 600), ("bar dragged over all of it", "null", 400)] {
        let script = SCROLL.replace("STEP", step).replace("FRAMES", &frames.to_string());
        let found = window.ask(&script).await;
        let rows = found["rows"].as_str().unwrap_or("?");
        line(
            report,
            &format!("scroll, {what} ({rows} rows): frame to frame"),
            &mut times(&found["gaps"]),
            "  aim 16 ms",
        );
        let mut work = times(&found["work"]);
        line(report, &format!("scroll, {what}: work of the page in a frame"), &mut work, "");
        let late = times(&found["gaps"]).into_iter().filter(|gap| *gap > Duration::from_millis(25)).count();
        let longest = work.iter().max().copied().unwrap_or_default();
        report.line(
            &format!("scroll, {what}: frames missed"),
            &late.to_string(),
            &format!("longest work {}", super::show(longest)),
        );
    }
    Ok(())
}

/// Opens one section after the other on the last day on which there were classes.
const CLASSES: &str = "
    const links = () => [...document.querySelectorAll('main ul a.taken, main ul a.untaken')];
    const when = (there, then) => { const look = () => there() ? setTimeout(then) : requestAnimationFrame(look); requestAnimationFrame(look); };
    const opened = [];
    const step = (i) => {
        if (i >= ROUNDS) return done(opened);
        const began = performance.now();
        links()[(i * 7) % links().length].click();
        when(() => document.querySelector('main .taking'), () => {
            opened.push(performance.now() - began);
            history.back();
            when(() => links().length, () => setTimeout(() => step(i + 1), 300));
        });
    };
    if (!links().length) document.querySelector('main .bar button').click();
    when(() => links().length, () => setTimeout(() => step(0), 300));";

pub(super) async fn attendance(window: &Window, rounds: usize, report: &mut Report) -> Result<()> {
    open_screen(window, "attendance", "main .bar button").await;
    let found = window.ask(&CLASSES.replace("ROUNDS", &(rounds * 4).to_string())).await;
    line(report, "attendance of a section: click to painted class", &mut times(&found), "  aim 100 ms");
    Ok(())
}

/// Opens School Form 2 of one section after the other, and files it.
const SF2: &str = "
    const links = () => [...document.querySelectorAll(\"main a[href*='forms/sf2/']\")];
    const when = (there, then) => { const look = () => there() ? setTimeout(then) : requestAnimationFrame(look); requestAnimationFrame(look); };
    const one = (css) => document.querySelector(css), shown = [], filed = [], refused = [];
    const step = (i) => {
        if (i >= ROUNDS) return done({ shown, filed, refused });
        let began = performance.now();
        links()[(i * 7) % links().length].click();
        when(() => one('.paper svg'), () => {
            shown.push(performance.now() - began);
            began = performance.now();
            [...document.querySelectorAll('main button')].find((it) => it.innerText.startsWith('PDF')).click();
            when(() => one('.banner.good code') || one('.banner.bad'), () => {
                if (one('.banner.bad')) refused.push(one('.banner.bad').innerText);
                else filed.push(performance.now() - began);
                location.hash = '#/forms';
                when(() => links().length, () => setTimeout(() => step(i + 1), 100));
            });
        });
    };
    step(0);";

pub(super) async fn sf2(window: &Window, rounds: usize, report: &mut Report) -> Result<()> {
    open_screen(window, "forms", "main a[href*='forms/sf2/']").await;
    let found = window.ask(&SF2.replace("ROUNDS", &(rounds * 2).to_string())).await;
    anyhow::ensure!(found["refused"] == serde_json::json!([]), "SF2 is refused: {}", found["refused"]);
    let (mut shown, mut filed) = (times(&found["shown"]), times(&found["filed"]));
    line(report, "SF2 of a section: click to the painted paper", &mut shown, "  aim 1 s");
    line(report, "SF2 of a section: click to the filed PDF", &mut filed, "  aim 1 s");
    Ok(())
}

/// The screens with the largest school on them, for people to look at.
pub(super) async fn pictures(window: &Window) {
    for screen in ["home", "learners", "sections", "attendance", "forms"] {
        open_screen(window, screen, "main h1").await;
        window.ask("setTimeout(() => done(null), 1500)").await;
        window.picture(&format!("large-{screen}")).await;
    }
}

async fn open_screen(window: &Window, screen: &str, ready: &str) {
    window.run(&format!("location.hash = '#/{screen}'")).await;
    window.until(&format!("document.querySelector({ready:?})")).await;
}

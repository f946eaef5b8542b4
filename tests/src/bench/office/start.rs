//! From the click on the icon to a list that can be worked with.

use super::super::report::Report;
use super::folder::Folder;
use super::{line, millis};
use crate::window::Window;
use anyhow::{Context, Result};
use std::process::Command;
use std::time::Duration;

/// Waits frame by frame until the page shows something that can be used; says when, on the wall clock, that was painted. Where
/// it was there before we could ask, it says when it was asked: never too early.
const USABLE: &str = "
    const look = () => document.querySelector(WHAT)
        ? requestAnimationFrame(() => done(performance.timeOrigin + performance.now())) : requestAnimationFrame(look);
    look();";
const PEOPLE: &str = "'li button, [role=grid] [role=row][aria-rowindex]'";
const ROWS: &str = "[role=grid] [role=row][aria-rowindex]:not([aria-rowindex=\"1\"])";

pub(super) async fn measure(folder: &Folder, rounds: usize, report: &mut Report) -> Result<()> {
    let cold = forget_files();
    let (mut to_sign_in, mut to_rows) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        forget_files();
        let window = folder.open().await;
        let usable = window.ask(&USABLE.replace("WHAT", PEOPLE)).await.as_f64().context("a moment")?;
        let (app, _) = window.processes().into_iter().find(|(_, name)| name == "pems").context("the app's process")?;
        to_sign_in.push(millis(usable - started(app)?));
        to_rows.push(sign_in(&window).await);
    }
    let how = if cold { "  aim 2 s; file cache dropped" } else { "  aim 2 s; files still in the cache" };
    line(report, "start of the process to its first screen (who is here)", &mut to_sign_in, how);
    line(report, "from the click on one's name to the learners painted", &mut to_rows, "");
    let mut both: Vec<Duration> = to_sign_in.iter().zip(&to_rows).map(|(a, b)| *a + *b).collect();
    line(report, "both", &mut both, "  aim 2 s");
    Ok(())
}

/// Signs the registrar in; from the click until rows are painted.
pub(super) async fn sign_in(window: &Window) -> Duration {
    window.until("document.querySelector('li button')").await;
    let script = format!(
        "const began = performance.now();
         [...document.querySelectorAll('li button')].find((one) => one.innerText.includes('Corazon'))?.click();
         const look = () => document.querySelector('{ROWS}')
             ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - began))) : requestAnimationFrame(look);
         look();"
    );
    millis(window.ask(&script).await.as_f64().unwrap_or_default())
}

/// As after a restart of the PC: whether the machine let us.
pub(super) fn forget_files() -> bool {
    let _ = Command::new("sync").status();
    std::fs::write("/proc/sys/vm/drop_caches", "3").is_ok()
}

/// When a process began, in milliseconds since 1970, to a hundredth of a second. Source: proc(5), field 22 of `stat`.
fn started(process: u32) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let rest = stat.rsplit_once(')').context("a name")?.1;
    let ticks: f64 = rest.split_whitespace().nth(19).context("field 22")?.parse()?;
    let uptime: f64 = std::fs::read_to_string("/proc/uptime")?.split_whitespace().next().context("uptime")?.parse()?;
    #[expect(clippy::disallowed_methods, reason = "a measurement is against the machine's clock")]
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs_f64();
    Ok((now - uptime + ticks / 100.0) * 1_000.0)
}

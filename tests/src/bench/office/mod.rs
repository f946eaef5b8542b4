//! `cargo xtask bench --office`: the office app with the largest school of the country, measured in the real window where a person
//! would feel it, and beneath it the office alone and SQLite alone, as the least that these questions can cost.
//!
//! Aims (`docs/office-speed.md`): usable in 2 s, a search in 50 ms, a frame in 16 ms, a section's attendance in 100 ms, a form in 1 s.

mod folder;
mod memory;
mod node;
mod screens;
mod start;

use super::report::{Report, percentile, show};
use crate::window::{Keys, Opening, Window};
use anyhow::Result;
use folder::Folder;
use std::time::Duration;

/// A desktop of an old PC.
const SCREEN: (u32, u32) = (1366, 768);

/// Measures everything of the office and prints the table.
///
/// # Errors
/// If the school cannot be made or a window cannot be opened.
pub async fn run(rounds: usize) -> Result<()> {
    let folder = Folder::large()?;
    let mut report = Report::default();
    folder.describe(&mut report)?;
    node::measure(&folder, rounds, &mut report)?;
    start::measure(&folder, rounds, &mut report).await?;
    let window = folder.open().await;
    start::sign_in(&window).await;
    screens::search(&window, rounds, &mut report).await?;
    screens::scroll(&window, &mut report).await?;
    screens::attendance(&window, rounds, &mut report).await?;
    screens::sf2(&window, rounds, &mut report).await?;
    memory::measure(&window, &mut report)?;
    screens::pictures(&window).await;
    drop(window);
    report.print();
    Ok(())
}

impl Folder {
    async fn open(&self) -> Window {
        let opening = Opening { data: &self.data, keys: Keys::File(&self.key_file), dark: false, size: SCREEN };
        Window::open(&opening).await
    }
}

/// One line: p50, and p95 with the aim beside it.
fn line(report: &mut Report, what: &str, times: &mut [Duration], aim: &str) {
    if times.is_empty() {
        return report.line(what, "-", "not measured");
    }
    let (p50, p95) = (percentile(times, 50), percentile(times, 95));
    report.line(what, &show(p50), &format!("p95 {}  of {}{aim}", show(p95), times.len()));
}

fn millis(ms: f64) -> Duration {
    Duration::from_secs_f64(ms.max(0.0) / 1_000.0)
}

//! What the open app takes of the PC's memory.

use super::super::report::Report;
use crate::window::Window;
use anyhow::Result;

/// Kilobytes of a line of `/proc/ID/smaps_rollup`.
fn kilobytes(text: &str, name: &str) -> u64 {
    let line = text.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

/// `Rss` counts what processes share once for each of them, `Pss` once in all: the sum of `Pss` is what closing the app gives back.
pub(super) fn measure(window: &Window, report: &mut Report) -> Result<()> {
    let (mut rss, mut pss) = (0, 0);
    for (id, name) in window.processes() {
        let text = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?;
        let (own_rss, own_pss) = (kilobytes(&text, "Rss:"), kilobytes(&text, "Pss:"));
        if own_rss == 0 {
            continue;
        }
        report.line(&format!("memory: {name}"), &format!("{} MB", own_pss >> 10), &format!("RSS {} MB", own_rss >> 10));
        rss += own_rss;
        pss += own_pss;
    }
    report.line(
        "memory of the app with the school open (PSS)",
        &format!("{} MB", pss >> 10),
        &format!("RSS {} MB", rss >> 10),
    );
    Ok(())
}

//! `cargo xtask bench`: the system against a hand-written minimum, side by side in one run. Only the ratios mean anything;
//! they are printed, never asserted.

mod idle;
mod latency;
mod minimum;
#[cfg(target_os = "linux")]
pub mod office;
mod parties;
mod push;
mod report;
mod round_trips;
mod school;
mod transfer;
mod wall;

pub use parties::{hub_process, office_process};

use anyhow::Result;
use report::Report;

/// What can be measured alone.
pub const PARTS: [&str; 5] = ["transfer", "push", "latency", "idle", "wall"];

/// Runs everything, or one part of [`PARTS`], and prints the table.
///
/// # Errors
/// If a part cannot run at all.
pub async fn run(rounds: usize, only: Option<&str>) -> Result<()> {
    let wanted = |part: &str| only.is_none_or(|only| only == part);
    let dir = tempfile::tempdir()?;
    let mut report = Report::default();
    let home = dir.path().join("hub");
    let hub = parties::Hub::start(&home).await?;
    let school = school::fill(&hub, "bench-school").await?;
    println!("school filled: {} rows; {rounds} rounds of each, medians", school::ROWS);
    if wanted("transfer") {
        transfer::measure(&hub, &school, dir.path(), rounds, &mut report).await?;
    }
    if wanted("push") {
        push::measure(&hub, &school, dir.path(), rounds, &mut report).await?;
    }
    if wanted("latency") {
        latency::measure(&hub, &school, dir.path(), &mut report).await?;
    }
    if wanted("idle") {
        idle::measure(&hub, &school, dir.path(), &mut report).await?;
    }
    if wanted("wall") {
        wall::measure(&hub, &school, &home, rounds, &mut report).await?;
    }
    report.line("memory of the hub after all of it (peak, without PostgreSQL)", &hub.peak_memory(), "");
    hub.stop().await?;
    report.print();
    Ok(())
}

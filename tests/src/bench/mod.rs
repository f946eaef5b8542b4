//! `cargo xtask bench`: the system against a hand-written minimum, side by side in one run. Only the ratios mean anything;
//! they are printed, never asserted.

mod idle;
mod latency;
mod minimum;
mod parties;
mod push;
mod report;
mod school;
mod transfer;

pub use parties::{hub_process, office_process};

use anyhow::Result;
use report::Report;

/// Runs everything and prints the table.
///
/// # Errors
/// If a part cannot run at all.
pub async fn run(rounds: usize) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut report = Report::default();
    let hub = parties::Hub::start(&dir.path().join("hub")).await?;
    let school = school::fill(&hub, "bench-school").await?;
    println!("school filled: {} rows; {rounds} rounds of each, medians", school::ROWS);
    transfer::measure(&hub, &school, dir.path(), rounds, &mut report).await?;
    push::measure(&hub, &school, dir.path(), rounds, &mut report).await?;
    latency::measure(&hub, &school, dir.path(), &mut report).await?;
    idle::measure(&hub, &school, dir.path(), &mut report).await?;
    report.line("memory of the hub after all of it (peak, without PostgreSQL)", &hub.peak_memory(), "");
    hub.stop().await?;
    report.print();
    Ok(())
}

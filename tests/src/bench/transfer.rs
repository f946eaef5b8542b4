//! First sync of the whole school, against the hand-written minimum.

use super::parties::{Hub, sync_apart};
use super::report::{Report, median};
use super::school::School;
use super::{minimum, school};
use anyhow::{Result, ensure};
use std::path::Path;
use std::time::Duration;

pub async fn measure(hub: &Hub, school: &School, dir: &Path, rounds: usize, report: &mut Report) -> Result<()> {
    let (mut ours, mut least, mut last) = (Vec::new(), Vec::new(), serde_json::Value::Null);
    for round in 0..rounds {
        let home = dir.join(format!("first-{round}"));
        drop(hub.office(&school.slug, &home).await?);
        last = sync_apart(&home)?;
        ensure!(last["received"] == school::ROWS, "not all rows came: {last}");
        ours.push(Duration::from_secs_f64(last["seconds"].as_f64().unwrap_or(0.0)));
        least.push(minimum::first_sync(hub, school, &dir.join(format!("least-{round}.db"))).await?);
    }
    report.ratio("first sync of 164,001 rows into the encrypted file", median(ours), median(least));
    let bytes = last["bytes"].as_u64().unwrap_or(0);
    report.line("  on the wire", &format!("{:.1} MB", bytes as f64 / 1e6), &format!("({} B a row)", bytes / 164_001));
    report.line("  memory of the office (peak)", last["memory"].as_str().unwrap_or("?"), "");
    report.line("  memory of the hub (peak)", &hub.peak_memory(), "");
    Ok(())
}

//! One row from office to office while both are watching.

use super::minimum;
use super::parties::{Hub, driver};
use super::report::{Report, percentile, show};
use super::school::School;
use anyhow::{Context, Result};
use pems_model::engine::Mode;
use pems_node::store::Save;
use pems_node::sync::Happening;
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

const TIMES: usize = 200;
const PATIENCE: Duration = Duration::from_secs(20);

pub async fn measure(hub: &Hub, school: &School, dir: &Path, report: &mut Report) -> Result<()> {
    let here = hub.office(&school.slug, &dir.join("here")).await?;
    let there = hub.office(&school.slug, &dir.join("there")).await?;
    let (level, mut levels) = mpsc::unbounded_channel();
    let (seen, mut arrivals) = mpsc::unbounded_channel();
    let mut threads = Vec::new();
    let mut signal = None;
    for (office, is_here) in [(&here, true), (&there, false)] {
        let (driver, saved) = driver(office, office.store()?)?;
        let (level, seen) = (level.clone(), seen.clone());
        let mut driver = driver.on_happening(move |happening| match happening {
            Happening::Level => drop(level.send(())),
            Happening::Applied(_) if !is_here => drop(seen.send(Instant::now())),
            _ => {}
        });
        if is_here {
            signal = Some(saved);
        }
        threads.push(std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(driver.run(Mode::Watch)).map_err(anyhow::Error::from)
        }));
    }
    let signal = signal.context("no office here")?;
    for _ in 0..2 {
        tokio::time::timeout(PATIENCE, levels.recv()).await?;
    }
    let mut store = here.store()?;
    let mut took = Vec::new();
    while arrivals.try_recv().is_ok() {}
    for n in 0..TIMES {
        let fields = json!({ "last_name": format!("Latency {n}"), "first_name": "Row" });
        let save = Save { entity: "student".into(), id: None, fields: fields.as_object().cloned().unwrap_or_default() };
        let started = Instant::now();
        store.save(&save)?;
        signal.notify_one();
        let arrived = tokio::time::timeout(PATIENCE, arrivals.recv()).await?.context("the other office stopped")?;
        took.push(arrived - started);
        tokio::time::timeout(PATIENCE, levels.recv()).await?;
    }
    let mut least = minimum::one_row(hub, dir, TIMES).await?;
    let (p50, p99) = (percentile(&mut took, 50), percentile(&mut took, 99));
    report.ratio("one row, office to office, p50", p50, percentile(&mut least, 50));
    report.ratio("one row, office to office, p99", p99, percentile(&mut least, 99));
    report.line(
        "  p50 / p99",
        &format!("{} / {}", show(p50), show(p99)),
        "(save on disk at one office to visible at the other)",
    );
    // The watching threads end with the process.
    drop(threads);
    Ok(())
}

//! A stranger who brings files: lists, registers and rosters made up or spoiled from real ones. What it wants to hold of any file:
//! there is an answer, and soon; the dry run promises what the import does; what is refused leaves nothing behind; the second
//! time changes nothing.

pub mod equal;
mod made;
mod nasty;
mod spoiled;

use super::Stay;
use crate::sim::Rng;
use pems_model::{Role, Schema};
use pems_node::import::{Format, Options};
use pems_node::store::{Enrolled, Store};
use pems_node::{NodeError, SystemEnv};
use spoiled::Samples;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// An office takes in so many files before the next one begins empty.
const FILES_OF_OFFICE: u64 = 20;
/// Far more than any file within the limits takes; a chain that bites its tail takes for ever.
const SLOW: Duration = Duration::from_secs(60);
/// Memory of the whole process that no file within the limits needs.
const MUCH: u64 = 1_500_000;

/// # Errors
/// If the samples cannot be read or the disk is full.
pub fn visit(stay: &mut Stay) -> anyhow::Result<()> {
    let samples = Samples::load()?;
    let folder = tempfile::tempdir()?;
    let mut office = store()?;
    while stay.goes_on() {
        let number = stay.tries();
        if number % FILES_OF_OFFICE == 1 {
            office = store()?;
        }
        let file = samples.next(&mut stay.rng, folder.path())?;
        let started = Instant::now();
        let tried = catch_unwind(AssertUnwindSafe(|| equal::check(&mut office, &file.path, file.options.as_ref())));
        let took = started.elapsed();
        let wrong = match tried {
            Ok(Ok(())) if took > SLOW => Some(format!("it took {} s", took.as_secs())),
            Ok(Ok(())) => {
                memory().filter(|kilobytes| *kilobytes > MUCH).map(|kilobytes| format!("{kilobytes} kB of memory"))
            }
            Ok(Err(why)) => Some(why),
            Err(_) => Some("it panicked".to_owned()),
        };
        if let Some(why) = wrong {
            let kept = keep(&file.path, &format!("{}-{number}", stay.seed()))?;
            stay.found(format!("{}: {why} (kept as {})", file.what, kept));
            office = store()?;
        }
        remove(&file.path)?;
    }
    Ok(())
}

/// A file to import, and how; without options it is a register.
#[derive(Debug)]
struct Brought {
    path: std::path::PathBuf,
    options: Option<Options>,
    /// What it is made of, for whoever looks into a finding.
    what: String,
}

/// An empty office in memory, which knows its School ID.
fn store() -> Result<Store, NodeError> {
    let enrolled = Enrolled {
        tenant_id: Uuid::from_u128(0x5c),
        device_id: Uuid::from_u128(0xd0),
        device_name: "Registrar".into(),
        role: Role::SchoolAdmin,
        school_name: "School".into(),
        school_slug: "school".into(),
        hub_url: String::new(),
        epoch: Uuid::from_u128(0xe),
    };
    let mut store = Store::in_memory(&enrolled, Schema::product(), Box::new(SystemEnv))?;
    equal::prepare(&mut store);
    Ok(store)
}

/// Options that a clerk might choose.
fn options(rng: &mut Rng, format: Format) -> Options {
    use pems_node::import::{DateOrder, Duplicates};
    let order = [None, None, Some(DateOrder::DayMonthYear), Some(DateOrder::MonthDayYear)];
    Options {
        date_order: order[rng.below(order.len())],
        duplicates: if rng.chance(30) { Duplicates::Import } else { Duplicates::Skip },
        school_year: rng.chance(30).then(|| "2026-2027".to_owned()),
        ..Options::new(format)
    }
}

/// Kilobytes that the process holds, where the system tells.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Puts a file aside for whoever looks into a finding.
fn keep(path: &Path, of: &str) -> std::io::Result<String> {
    let kept = std::env::temp_dir().join(format!("pems-stranger-files-{of}"));
    if path.is_dir() {
        std::fs::create_dir_all(&kept)?;
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            std::fs::copy(entry.path(), kept.join(entry.file_name()))?;
        }
    } else {
        std::fs::copy(path, &kept)?;
    }
    Ok(kept.display().to_string())
}

fn remove(path: &Path) -> std::io::Result<()> {
    if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }
}

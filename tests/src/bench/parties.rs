//! The two sides as processes of their own, so that memory can be told apart: this program starts itself again as a hub or as
//! an office.

use super::school;
use anyhow::{Context, Result};
use pems_hub::Admin;
use pems_model::Role;
use pems_model::engine::Mode;
use pems_node::keys::KeySource;
use pems_node::sync::{Driver, HubClient};
use pems_node::{Office, Store};
use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

/// A hub in a process of its own.
#[derive(Debug)]
pub struct Hub {
    child: Child,
    pub url: String,
    pub admin: Admin,
}

impl Hub {
    pub async fn start(dir: &Path) -> Result<Hub> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["hub", &dir.display().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let ready: Json = serde_json::from_str(&line).context("the hub did not start")?;
        let admin = Admin::open(&config(dir)).await?;
        Ok(Hub { child, url: ready["url"].as_str().unwrap_or_default().to_owned(), admin })
    }

    pub fn peak_memory(&self) -> String {
        peak(self.child.id())
    }

    /// A new office of a school, enrolled and empty.
    pub async fn office(&self, slug: &str, dir: &Path) -> Result<Office> {
        let code = self.admin.device_code(slug, 30, Role::SchoolAdmin).await?;
        let keys = KeySource::File(dir.join("key"));
        std::fs::create_dir_all(dir)?;
        Ok(Office::enrol(dir, keys, &self.url, &code, "Bench PC", school::schema()).await?)
    }

    pub async fn stop(mut self) -> Result<()> {
        drop(self.child.stdin.take());
        self.child.wait()?;
        self.admin.close().await;
        Ok(())
    }
}

fn config(dir: &Path) -> pems_hub::Config {
    pems_hub::Config { schema: school::schema(), extra_sql: Some(school::extra_sql()), ..pems_hub::Config::new(dir) }
}

/// The hub's process: serves until its standard input closes.
///
/// # Errors
/// If it cannot start.
pub async fn hub_process(dir: &Path) -> Result<()> {
    let running = pems_hub::start(config(dir)).await?;
    println!("{}", json!({ "url": running.url() }));
    std::io::stdout().flush()?;
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink())).await??;
    running.stop().await;
    Ok(())
}

/// An office's process: one sync of the office in `dir`; prints how long it took and the peak memory.
///
/// # Errors
/// If the office cannot be opened or does not get level.
pub async fn office_process(dir: &Path) -> Result<()> {
    let office = Office::open_with(dir, KeySource::File(dir.join("key")), school::schema())?;
    let store = office.store()?;
    let (mut driver, _) = driver(&office, store)?;
    let started = Instant::now();
    let summary = driver.run(Mode::Once).await?;
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{}",
        json!({ "seconds": seconds, "received": summary.received, "sent": summary.sent, "memory": peak(std::process::id()), "bytes": driver.bytes_received() })
    );
    Ok(())
}

pub fn driver(office: &Office, store: Store) -> Result<(Driver, Arc<tokio::sync::Notify>)> {
    let client = HubClient::new(&store.status()?.hub)?;
    let saved = Arc::new(tokio::sync::Notify::new());
    Ok((Driver::new(store, client, office.signing_key(), Arc::clone(&saved)), saved))
}

/// Runs [`office_process`] as a process of its own.
pub fn sync_apart(dir: &Path) -> Result<Json> {
    let out = Command::new(std::env::current_exe()?).args(["office", &dir.display().to_string()]).output()?;
    anyhow::ensure!(out.status.success(), "the office failed: {}", String::from_utf8_lossy(&out.stderr));
    Ok(serde_json::from_slice(&out.stdout)?)
}

/// Peak resident memory of a process on Linux, in MiB.
fn peak(pid: u32) -> String {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    let kib: u64 = line.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0);
    format!("{} MiB", kib / 1024)
}

//! The office that is measured: the largest school of the country, four years of it, in an encrypted file. Made once a day and
//! version, then kept for the next run.

use super::super::report::Report;
use anyhow::{Context, Result};
use pems_node::keys::KeySource;
use pems_node::sample::{self, Plan};
use pems_node::{Env, Office, Store, SystemEnv};
use std::path::PathBuf;
use std::time::Instant;

#[derive(Debug)]
pub(super) struct Folder {
    pub(super) data: PathBuf,
    pub(super) key_file: PathBuf,
}

impl Folder {
    /// The kept school, or a new one: a minute or two.
    pub(super) fn large() -> Result<Folder> {
        let plan = Plan::largest(SystemEnv.now());
        let kept = std::env::temp_dir().join("pems-bench-office");
        let folder =
            |name: String| Folder { data: kept.join(&name).join("office"), key_file: kept.join(&name).join("key") };
        let name = format!("{}-{}-{}", env!("CARGO_PKG_VERSION"), sample::VERSION, plan.today);
        let ready = folder(name.clone());
        if ready.data.exists() {
            println!("the school of an earlier run: {}", ready.data.display());
            return Ok(ready);
        }
        // Schools of other days are of no use any more.
        let _ = std::fs::remove_dir_all(&kept);
        let new = folder(format!("{name}.new"));
        std::fs::create_dir_all(kept.join(format!("{name}.new")))?;
        let started = Instant::now();
        sample::large(&new.data, KeySource::File(new.key_file.clone()), &plan)?;
        std::fs::rename(kept.join(format!("{name}.new")), kept.join(&name))?;
        println!("school made in {:.0} s: {}", started.elapsed().as_secs_f64(), ready.data.display());
        Ok(ready)
    }

    pub(super) fn store(&self) -> Result<Store> {
        Ok(Office::open(&self.data, KeySource::File(self.key_file.clone()))?.store()?)
    }

    pub(super) fn describe(&self, report: &mut Report) -> Result<()> {
        let store = self.store()?;
        for (entity, what) in [
            ("student", "learners ever"),
            ("enrolment", "enrolments of four years"),
            ("attendance_sheet", "sheets"),
            ("attendance_mark", "attendance marks"),
        ] {
            report.line(what, &store.count(entity)?.to_string(), "");
        }
        let bytes = std::fs::metadata(self.data.join("records.db")).context("the records")?.len();
        report.line("encrypted file", &format!("{} MB", bytes >> 20), "");
        Ok(())
    }
}

//! A hub on this machine with schools and offices, in a folder that is thrown away afterwards.

use crate::roster;
use anyhow::{Context, Result};
use pems_hub::{Config, Running};
use pems_model::engine::Mode;
use pems_model::{Role, Schema};
use pems_node::import::{Format, Options, Report, run};
use pems_node::keys::KeySource;
use pems_node::sync::{Driver, HubClient, Summary};
use pems_node::{Office, Store};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

pub struct Division {
    pub hub: Running,
    pub dir: TempDir,
}

/// One office PC of the demo.
pub struct Desk {
    pub dir: PathBuf,
    pub office: Office,
    pub store: Store,
}

impl Division {
    pub async fn start() -> Result<Division> {
        let dir = tempfile::Builder::new().prefix("pems-demo-").tempdir()?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // PostgreSQL runs as somebody else when the demo is started by root, and must be able to pass through.
            std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o711))?;
        }
        let hub = pems_hub::start(Config::new(dir.path().join("hub"))).await.context("the hub did not start")?;
        Ok(Division { hub, dir })
    }

    pub async fn school(&self, name: &str, slug: &str, school_id: &str) -> Result<()> {
        self.hub.admin().add_school(name, slug, school_id, "Asia/Manila").await?;
        Ok(())
    }

    /// Enrols an office PC with a one-time code.
    pub async fn desk(&self, slug: &str, name: &str) -> Result<Desk> {
        let code = self.hub.admin().device_code(slug, 30, Role::SchoolAdmin).await?;
        let dir = self.dir.path().join(format!("{slug}-{}", name.to_lowercase().replace(' ', "-")));
        let keys =
            KeySource::File(self.dir.path().join(format!("{slug}-{}.key", name.to_lowercase().replace(' ', "-"))));
        let office = Office::enrol(&dir, keys, &self.hub.url(), &code, name, Schema::product()).await?;
        let store = office.store()?;
        Ok(Desk { dir, office, store })
    }

    /// A OneRoster bundle of a made-up school.
    pub fn bundle(&self, seed: u64, students: usize) -> Result<PathBuf> {
        let dir = self.dir.path().join(format!("oneroster-{seed}"));
        std::fs::create_dir_all(&dir)?;
        roster::generate(&dir, seed, students)?;
        Ok(dir)
    }
}

impl Desk {
    pub async fn sync(&self) -> Result<Summary> {
        let store = self.office.store()?;
        let client = HubClient::new(&store.status()?.hub)?;
        let mut driver = Driver::new(store, client, self.office.signing_key(), Arc::default());
        Ok(driver.run(Mode::Once).await?)
    }

    /// Takes the national holidays of the school year over, as the registrar does with one press.
    pub fn add_holidays(&self) -> Result<()> {
        let mut desk = pems_node::app::Desk::new(self.office.store()?);
        let calendar = desk.answer(json!({ "do": "attendance.calendar" }))?;
        desk.answer(json!({ "do": "attendance.add_holidays", "school_year": calendar["year"]["id"] }))?;
        Ok(())
    }

    pub fn import(&mut self, bundle: &Path) -> Result<Report> {
        Ok(run(&mut self.store, bundle, &Options::new(Format::OneRoster))?)
    }
}

//! `enrol` and `sync`.

use super::Session;
use crate::keys::Passphrase;
use crate::sync::{Driver, Happening, HubClient};
use crate::{NodeError, Office, Result};
use clap::Args;
use pems_model::engine::Mode;
use pems_model::{Code, Schema};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Args)]
pub(super) struct Enrol {
    /// Address of the hub, https://…
    #[arg(long)]
    hub: String,
    /// One-time code, from `pems-hub device code`.
    #[arg(long)]
    code: String,
    /// What this machine is called at the hub.
    #[arg(long, default_value = "Office PC")]
    device_name: String,
}

#[derive(Debug, Args)]
pub(super) struct SyncArgs {
    /// Stay, and follow the hub as it changes.
    #[arg(long)]
    watch: bool,
}

pub(super) fn enrol(session: &Session, args: &Enrol) -> Result<()> {
    let dir = session.config.data()?;
    let enrolling =
        Office::enrol(&dir, session.config.keys(), &args.hub, &args.code, &args.device_name, Schema::product());
    let office = runtime()?.block_on(enrolling)?;
    session.out.object(&office.reader()?.status()?);
    Ok(())
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    file: PathBuf,
    /// File with the copy's passphrase in its first line; else PEMS_NODE_PASSPHRASE, else standard input.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

pub(super) fn restore(session: &Session, args: &Restore) -> Result<()> {
    let dir = session.config.data()?;
    let passphrase = Passphrase::new(&typed(args.password_file.as_deref())?)?;
    let office = Office::restore(&dir, session.config.keys(), &args.file, &passphrase)?;
    session.out.object(&office.reader()?.status()?);
    Ok(())
}

fn typed(file: Option<&Path>) -> Result<String> {
    if let Some(path) = file {
        return crate::files::secret(path);
    }
    if let Ok(text) = std::env::var("PEMS_NODE_PASSPHRASE") {
        return Ok(text);
    }
    // On stderr, so that what is piped stays clean.
    eprint!("Passphrase of the copy: ");
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map_err(|error| NodeError::new(Code::BadUsage, format!("no passphrase came in: {error}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

pub(super) fn sync(session: &Session, args: &SyncArgs) -> Result<()> {
    let office = session.office()?;
    let store = office.store()?;
    let client = HubClient::new(&store.status()?.hub)?;
    let mut driver = Driver::new(store, client, office.signing_key(), Arc::default());
    let mode = if args.watch { Mode::Watch } else { Mode::Once };
    if args.watch {
        let out = session.out;
        driver = driver.on_happening(move |happening| match happening {
            Happening::Applied(applied) => out.lines(&[json!({ "rows": applied.rows, "changed": applied.entities })]),
            Happening::Level => out.lines(&[json!({ "level": true })]),
            Happening::Failed(reason) => out.lines(&[json!({ "waiting": reason })]),
            Happening::Answered | Happening::Elsewhere => {}
        });
    }
    match runtime()?.block_on(driver.run(mode)) {
        Ok(summary) => {
            session.out.object(&summary);
            Ok(())
        }
        Err(error) if error.code == Code::DeviceRevoked => {
            office.destroy_keys()?;
            let message =
                "the hub revoked this device; its keys were destroyed, and the records on it can no longer be read";
            Err(NodeError::new(Code::DeviceRevoked, message))
        }
        Err(error) => Err(error),
    }
}

/// One thread: the driver's durable steps block it on purpose.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| NodeError::new(Code::Internal, format!("no event loop: {error}")))
}

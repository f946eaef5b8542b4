//! `pems-hub school export | import | erase`.

use super::out::Out;
use super::secret::PASSPHRASE;
use super::{Failed, secret};
use crate::archive::Passphrase;
use crate::server::admin::Admin;
use clap::Args;
use pems_model::text;
use serde_json::json;
use std::path::PathBuf;

/// Shortest passphrase of a file that may travel on a USB stick: 12 characters.
const PASSPHRASE_MIN: usize = 12;

#[derive(Debug, Args)]
pub(super) struct Export {
    slug: String,
    /// File to write; it must not exist
    #[arg(long)]
    out: PathBuf,
    /// Holds the passphrase that encrypts the file (else PEMS_HUB_PASSPHRASE, or a prompt)
    #[arg(long)]
    password_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Import {
    file: PathBuf,
    /// Make another school of it, with this slug, beside the living one
    #[arg(long = "as", requires = "school_id")]
    as_slug: Option<String>,
    /// The other school's DepEd School ID
    #[arg(long, requires = "as_slug")]
    school_id: Option<String>,
    /// Holds the passphrase of the file (else PEMS_HUB_PASSPHRASE, or a prompt)
    #[arg(long)]
    password_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Erase {
    slug: String,
    /// The slug once more: nothing can be brought back except from an export
    #[arg(long, default_value = "")]
    confirm: String,
}

pub(super) async fn export(admin: &Admin, job: Export, out: &Out) -> Result<(), Failed> {
    let passphrase = secret::chosen("Passphrase of the file", job.password_file.as_deref(), Some(PASSPHRASE))?;
    if text::identity(&passphrase).chars().count() < PASSPHRASE_MIN {
        return Err(Failed::usage(format!(
            "a passphrase has {PASSPHRASE_MIN} characters at least: whoever has it can read the school"
        )));
    }
    let done = admin.export_school(&job.slug, &job.out, &Passphrase(passphrase)).await?;
    out.object(&done, |done| {
        let rows: i64 = done.rows.values().sum();
        format!(
            "{}: {rows} rows, rev {}, digest {}, {} bytes in {}",
            done.slug,
            done.rev,
            done.digest,
            done.bytes,
            job.out.display()
        )
    })
}

pub(super) async fn import(admin: &Admin, job: Import, out: &Out) -> Result<(), Failed> {
    let passphrase = secret::known("Passphrase of the file", job.password_file.as_deref(), Some(PASSPHRASE))?;
    let beside = job.as_slug.as_deref().zip(job.school_id.as_deref());
    let done = admin.import_school(&job.file, &Passphrase(passphrase), beside).await?;
    out.object(&done, |done| {
        let rows: i64 = done.rows.values().sum();
        let unset = match done.without_password.len() {
            0 => String::new(),
            n => format!("\n{n} users came without a password: what the file had for theirs was not made by this program"),
        };
        format!(
            "{}  {}: {rows} rows, rev {}, digest {}{unset}\nnext: an administrator (`pems-hub user add`) and codes for its devices (`pems-hub device code`)",
            done.slug, done.id, done.rev, done.digest
        )
    })
}

pub(super) async fn erase(admin: &Admin, job: Erase, out: &Out) -> Result<(), Failed> {
    let rows = admin.erase_school(&job.slug, &job.confirm).await?;
    out.object(&json!({ "slug": job.slug, "erased_rows": rows }), |_| format!("{}: {rows} rows erased", job.slug))
}

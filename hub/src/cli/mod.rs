//! The command line of `pems-hub`.
//!
//! Invariants: exit code 0 for done, 1 for refused or failed, 2 for bad usage; under `--json` every answer is one JSON object
//! (JSON lines for lists) on stdout and every error `{"error":{"code","message","details"}}` on stderr.

mod archive;
mod jobs;
mod keys;
mod out;
mod people;
mod secret;
mod settings;

use crate::Refusal;
use crate::server::database;
use crate::server::start_error::StartError;
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use pems_model::{Code, Role};
use serde_json::{Value as Json, json};
use settings::Flags;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;
use uuid::Uuid;

#[derive(Debug, Parser)]
#[command(name = "pems-hub", version, about = "Keeps the records of many schools and syncs their offices")]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    job: Option<Job>,
}

#[derive(Debug, Subcommand)]
enum Job {
    /// Run the hub until it is told to stop (SIGTERM, Ctrl-C)
    Serve,
    /// Bring the database up to date
    Migrate,
    /// Compare the database with what this program needs; exit 1 if anything is off
    Verify {
        /// Recompute the audit log instead, and compare it with how far it had come at the last verification
        #[arg(long)]
        audit: bool,
    },
    /// Print the token that opens /metrics
    MetricsToken,
    /// Those who run the hub
    #[command(subcommand)]
    Operator(people::Operator),
    /// Ways into a school for those who have none
    #[command(subcommand)]
    User(people::User),
    /// Keys that sign contexts
    #[command(subcommand)]
    Key(keys::Key),
    /// Schools of this hub
    #[command(subcommand)]
    School(School),
    /// Devices of a school
    #[command(subcommand)]
    Device(Device),
}

#[derive(Debug, Subcommand)]
enum School {
    /// Add a school
    Add {
        #[arg(long)]
        name: String,
        /// Short name for addresses and commands: lower case letters, digits, hyphens
        #[arg(long)]
        slug: String,
        /// DepEd's School ID, six digits
        #[arg(long)]
        school_id: String,
        #[arg(long, default_value = "Asia/Manila")]
        timezone: String,
        /// Also adds the school's first administrator, and prints a one-time password
        #[arg(long, value_name = "EMAIL")]
        admin_email: Option<String>,
        #[arg(long, requires = "admin_email", value_name = "NAME")]
        admin_name: Option<String>,
    },
    /// All schools
    List,
    /// One school: revision, digest, rows of each kind
    Show { slug: String },
    /// Say where a school is, as the scopes of operators say it; what is left out stays
    Place {
        slug: String,
        #[command(flatten)]
        place: Whereabouts,
    },
    /// Shut a school out at once; its records stay
    Suspend { slug: String },
    /// Let a suspended school in again
    Resume { slug: String },
    /// Write a school into an encrypted file
    Export(archive::Export),
    /// Make a school of an exported file: itself again, or another one beside it
    Import(archive::Import),
    /// Destroy every record of a suspended school at this hub
    Erase(archive::Erase),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Whereabouts {
    #[arg(long)]
    region: Option<String>,
    #[arg(long, requires = "region")]
    division: Option<String>,
    /// Legislative district, cluster or whatever the division is parted into
    #[arg(long)]
    area: Option<String>,
    #[arg(long)]
    municipality: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Device {
    /// Print a one-time enrolment code
    Code {
        #[arg(long)]
        school: String,
        /// How long the code is good for
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=i64::from(crate::server::admin::CODE_MINUTES_MAX)))]
        minutes: u32,
        /// What the device's user is: school_admin, school_head, registrar, teacher, cashier or viewer
        #[arg(long, default_value = "registrar", value_parser = role)]
        role: Role,
    },
    /// All devices of a school
    List {
        #[arg(long)]
        school: String,
    },
    /// Give a device another name; its school's PCs show it from their next exchange on
    Rename { id: Uuid, name: String },
    /// Take a device's right to speak
    Revoke { id: Uuid },
}

fn role(name: &str) -> Result<Role, String> {
    Role::parse(name).ok_or_else(|| format!("a role is one of: {}", Role::ALL.map(Role::name).join(", ")))
}

/// Why a job was not done.
#[derive(Debug)]
struct Failed {
    code: Code,
    message: String,
    details: Option<Json>,
}

impl Failed {
    fn usage(message: impl Into<String>) -> Failed {
        Failed { code: Code::BadUsage, message: message.into(), details: None }
    }
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Failed {
        Failed { code: refusal.0.code, message: refusal.0.message, details: refusal.0.details }
    }
}

impl From<StartError> for Failed {
    fn from(error: StartError) -> Failed {
        let message = error.to_string();
        let (code, details) = match error {
            StartError::Refused(refusal) => return refusal.into(),
            StartError::Prepare(database::PrepareError::Schema(findings)) => {
                (Code::Conflict, Some(json!({ "findings": findings })))
            }
            StartError::Prepare(database::PrepareError::Epoch { .. }) => (Code::EpochChanged, None),
            StartError::Serving(_) => (Code::Conflict, None),
            StartError::Pg(_)
            | StartError::Prepare(_)
            | StartError::Database(_)
            | StartError::Audit(_)
            | StartError::Io { .. } => (Code::Io, None),
        };
        Failed { code, message, details }
    }
}

/// Runs one command; `args` as the process got them.
pub async fn run(args: Vec<OsString>) -> ExitCode {
    let json = args.iter().any(|arg| arg == "--json");
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            // A closed pipe (`| head`) is no reason to fail.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) if json => return tell(&Failed::usage(error.to_string().trim_end()), true),
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(2);
        }
    };
    match jobs::run(cli).await {
        Ok(code) => code,
        Err(failed) => tell(&failed, json),
    }
}

fn tell(failed: &Failed, json: bool) -> ExitCode {
    if json {
        let body = json!({ "error": { "code": failed.code, "message": failed.message, "details": failed.details } });
        let _ = writeln!(io::stderr(), "{body}");
    } else {
        let _ = writeln!(io::stderr(), "pems-hub: {} ({})", failed.message, failed.code);
    }
    ExitCode::from(if failed.code == Code::BadUsage { 2 } else { 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_can_be_said() {
        // What clap finds wrong with a command it says only when that command is typed.
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}

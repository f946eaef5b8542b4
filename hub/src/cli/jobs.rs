//! What each command does and prints.

use super::out::{Out, moment};
use super::settings::{Flags, ResolvedConfig};
use super::{Cli, Device, Failed, Job, School, archive, keys, people};
use crate::schools::NewSchool;
use crate::server::admin::{self, Admin};
use crate::server::start_error::StartError;
use serde_json::json;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

pub(super) async fn run(cli: Cli) -> Result<ExitCode, Failed> {
    let resolved = cli.flags.settle()?;
    let out = Out { json: cli.flags.json };
    if cli.flags.print_config {
        out.object(&resolved.shown(), |config| serde_json::to_string_pretty(config).unwrap_or_default())?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(job) = cli.job else {
        return Err(Failed::usage("say what to do: serve, migrate, verify, key, school or device; --help explains"));
    };
    start_log(&resolved, &cli.flags, matches!(job, Job::Serve))?;
    match job {
        Job::Serve => serve(resolved, &out).await?,
        Job::Verify { audit: false } => return verify(&resolved, &out).await,
        Job::Verify { audit: true } => return verify_audit(&resolved, &out).await,
        Job::MetricsToken => metrics_token(&resolved, &out)?,
        Job::Migrate => {
            Admin::open(&resolved.config).await?.close().await;
            out.object(&json!({ "migrated": true }), |_| "the database is up to date".into())?;
        }
        Job::Operator(job) => with_admin(&resolved, async |admin| people::operator(admin, job, &out).await).await?,
        Job::User(job) => with_admin(&resolved, async |admin| people::user(admin, job, &out).await).await?,
        Job::Key(job) => with_admin(&resolved, async |admin| keys::key(admin, job, &out).await).await?,
        Job::School(job) => with_admin(&resolved, async |admin| school(admin, job, &out).await).await?,
        Job::Device(job) => with_admin(&resolved, async |admin| device(admin, job, &out).await).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn start_log(resolved: &ResolvedConfig, flags: &Flags, serving: bool) -> Result<(), Failed> {
    let default = if serving { "info,sqlx=warn" } else { "warn" };
    let filter = resolved.log.as_deref().unwrap_or(default);
    let filter = EnvFilter::try_new(filter).map_err(|error| Failed::usage(format!("log: {error}")))?;
    // Colours are for people; in a file they are noise.
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    let started = if flags.json { log.json().try_init() } else { log.try_init() };
    started.map_err(|error| Failed::usage(error.to_string()))
}

/// Runs a job and leaves the database, whether it succeeded or not.
async fn with_admin(
    resolved: &ResolvedConfig,
    job: impl AsyncFnOnce(&Admin) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let admin = Admin::open(&resolved.config).await?;
    let done = job(&admin).await;
    admin.close().await;
    done
}

async fn serve(resolved: ResolvedConfig, out: &Out) -> Result<(), Failed> {
    let stopped = |error: io::Error| Failed::from(StartError::Io { what: "signals".into(), source: error });
    let mut terminate = signal(SignalKind::terminate()).map_err(stopped)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(stopped)?;
    let running = crate::server::start(resolved.config).await?;
    let ready = json!({ "address": running.address().to_string(), "url": running.url() });
    out.object(&ready, |_| format!("pems-hub listens on {}", running.url()))?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

async fn verify(resolved: &ResolvedConfig, out: &Out) -> Result<ExitCode, Failed> {
    let report = Admin::verify(&resolved.config).await?;
    out.object(&report, |report| {
        let context = report.context.as_deref().map_or("context: none yet".into(), |form| format!("context: {form}"));
        match report.findings.as_slice() {
            [] => format!("{context}\nnothing is off"),
            findings => {
                format!("{context}\n{}", findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
            }
        }
    })?;
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn verify_audit(resolved: &ResolvedConfig, out: &Out) -> Result<ExitCode, Failed> {
    let report = Admin::verify_audit(&resolved.config).await?;
    out.object(&report, |report| match report.broken.as_slice() {
        [] => format!("{} chains with {} entries are whole", report.chains, report.entries),
        broken => broken.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    })?;
    Ok(if report.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn metrics_token(resolved: &ResolvedConfig, out: &Out) -> Result<(), Failed> {
    let token = crate::metrics_token(&resolved.config)?;
    out.object(&json!({ "token": token }), |_| token.clone())
}

async fn school(admin: &Admin, job: School, out: &Out) -> Result<(), Failed> {
    let line = |school: &admin::School| {
        let state = if school.suspended_at.is_some() { "  suspended" } else { "" };
        format!("{}  {}  {}  {}{state}", school.slug, school.school_id, school.id, school.name)
    };
    match job {
        School::Add { name, slug, school_id, timezone, admin_email, admin_name } => {
            let none = serde_json::Map::new();
            let new =
                NewSchool { name: &name, slug: &slug, school_id: &school_id, timezone: &timezone, metadata: &none };
            let first = admin_email.map(|email| people::FirstAdmin { email, name: admin_name });
            people::add_school(admin, &new, first, out, line).await
        }
        School::List => admin.schools().await?.iter().try_for_each(|school| out.object(school, line)),
        School::Show { slug } => out.object(&admin.school(&slug).await?, |shown| {
            let mut text = format!(
                "{}\nrev {}  digest {}  devices {}",
                line(&shown.school),
                shown.rev,
                shown.digest,
                shown.devices
            );
            for (entity, rows) in &shown.rows {
                text.push_str(&format!("\n  {entity:<22}{rows:>9}"));
            }
            text
        }),
        School::Place { slug, place } => {
            let place = admin::Place {
                region: place.region,
                division: place.division,
                area: place.area,
                municipality: place.municipality,
            };
            out.object(&admin.place(&slug, place).await?, |place| {
                let said = [&place.municipality, &place.area, &place.division, &place.region];
                format!("{slug} is in {}", said.into_iter().flatten().cloned().collect::<Vec<_>>().join(", "))
            })
        }
        School::Suspend { slug } => {
            admin.suspend(&slug).await?;
            out.object(&json!({ "slug": slug, "suspended": true }), |_| format!("{slug} is suspended"))
        }
        School::Resume { slug } => {
            admin.resume(&slug).await?;
            out.object(&json!({ "slug": slug, "suspended": false }), |_| format!("{slug} is let in again"))
        }
        School::Export(job) => archive::export(admin, job, out).await,
        School::Import(job) => archive::import(admin, job, out).await,
        School::Erase(job) => archive::erase(admin, job, out).await,
    }
}

async fn device(admin: &Admin, job: Device, out: &Out) -> Result<(), Failed> {
    match job {
        Device::Code { school, minutes, role } => {
            let code = admin.device_code(&school, minutes, role).await?;
            out.object(&json!({ "code": code, "school": school, "role": role, "minutes": minutes }), |_| code.clone())
        }
        Device::List { school } => admin.devices(&school).await?.iter().try_for_each(|device| {
            out.object(device, |device| {
                let seen = device.last_seen_at.map_or("never".into(), moment);
                let state = if device.revoked_at.is_some() { "  revoked" } else { "" };
                format!("{}  {}  {}  last seen {seen}{state}", device.id, device.role.name(), device.name)
            })
        }),
        Device::Rename { id, name } => {
            let name = admin.rename_device(id, &name).await?;
            out.object(&json!({ "device": id, "name": name }), |_| format!("{id} is called {name}"))
        }
        Device::Revoke { id } => {
            admin.revoke(id).await?;
            out.object(&json!({ "device": id, "revoked": true }), |_| format!("{id} is revoked"))
        }
    }
}

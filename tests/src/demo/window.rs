//! The demo with a window: a few schools with records, a hub that stays, and one office to click through.

use super::division::Division;
use anyhow::{Context, Result, ensure};
use pems_model::Role;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const SCHOOLS: [(&str, &str, &str, usize); 3] = [
    ("Nagrebcan National High School", "nagrebcan", "300021", 395),
    ("San Isidro National High School", "san-isidro", "300022", 900),
    ("Bacarra National High School", "bacarra", "300002", 2_900),
];

/// For a hub that is thrown away with the demo.
const OPERATOR_PASSWORD: &str = "only for this demo";

/// Fills the schools, opens the window and stays until Ctrl-C.
///
/// # Errors
/// If the hub or the window cannot be started.
pub async fn open() -> Result<()> {
    let division = Division::start().await?;
    println!("hub        {}", division.hub.url());
    let mut first = None;
    for (seed, (name, slug, school_id, learners)) in (1..).zip(SCHOOLS) {
        division.school(name, slug, school_id).await?;
        let mut desk = division.desk(slug, "Registrar PC").await?;
        let report = desk.import(&division.bundle(seed, learners)?)?;
        ensure!(report.written, "the roster of {name} was not imported: {report:?}");
        desk.add_holidays()?;
        let summary = desk.sync().await?;
        println!("school     {name}: {} records, digest {}", report.new, summary.digest);
        println!(
            "           enrol another PC: pems-node --data DIR --key-file FILE enrol --hub {} --code {}",
            division.hub.url(),
            division.hub.admin().device_code(slug, 120, Role::Registrar).await?
        );
        let head = format!("head@{slug}.example");
        let made = division.hub.admin().add_user(slug, &head, Some("School head"), Role::SchoolAdmin).await?;
        println!(
            "           its administrator: {} (school {slug}), one-time password {}",
            head, made.one_time_password
        );
        first.get_or_insert(desk);
    }
    operator(&division).await?;
    let desk = first.context("no school")?;
    let key = desk.dir.with_extension("key");
    let program = program()?;
    println!("window     the office of {} opens; the records are in {}", SCHOOLS[0].0, desk.dir.display());
    let mut window = Command::new(&program)
        .env("PEMS_NODE_DATA", &desk.dir)
        .env("PEMS_NODE_KEY_FILE", &key)
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    println!("Ctrl-C stops it all.");
    tokio::signal::ctrl_c().await?;
    window.kill().and_then(|()| window.wait())?;
    division.hub.stop().await;
    Ok(())
}

/// Somebody who runs this hub.
async fn operator(division: &Division) -> Result<()> {
    let made = division.hub.admin().add_operator("ops@demo.example", Some("Demo operator"), OPERATOR_PASSWORD).await?;
    println!("operator   {}, password '{OPERATOR_PASSWORD}', second factor {}", made.email, made.otpauth);
    println!("API        {}/api/v1/openapi.json; sign in with POST /api/v1/auth/sign-in", division.hub.url());
    Ok(())
}

fn program() -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let program = here.with_file_name(if cfg!(windows) { "pems.exe" } else { "pems" });
    ensure!(program.exists(), "the office app is not built; run: cargo build --package pems-shell");
    Ok(program)
}

//! Brings a fresh Debian 12 machine with Rust and Node to where everything builds and every test runs. Whatever is there
//! already is left alone, so running it again costs a second.

use crate::beside::shown;
use crate::root;
use crate::steps::{must, output, step};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tauri's libraries, the system's OpenSSL for SQLCipher, a C compiler.
const TO_BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "libgtk-3-dev",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libxdo-dev",
];
/// A screen, a browser driver, a keyring and a reader of PDF for tests; PostgreSQL as an unprivileged user wants `setpriv` (util-linux).
const TO_TEST: &[&str] = &[
    "xvfb",
    "xauth",
    "webkit2gtk-driver",
    "dbus-daemon",
    "dbus-x11",
    "gnome-keyring",
    "fonts-dejavu-core",
    "poppler-utils",
    "util-linux",
];
/// Oldest PostgreSQL that will do.
const POSTGRES: u32 = 15;
/// Keeps Debian's package from starting a server of its own: PEMS starts its private ones.
const NO_CLUSTER: &str = "/etc/postgresql-common/createcluster.d/pems.conf";

/// # Errors
/// What is missing, with the command that would bring it.
pub(crate) fn run() -> Result<()> {
    step("system packages", packages)?;
    step("user interface", user_interface)
}

fn packages() -> Result<()> {
    let mut missing: Vec<&str> = match output(
        Command::new("dpkg-query").args(["-W", "-f=${Package} ${db:Status-Status}\n"]),
    ) {
        Some(list) => {
            let installed: BTreeSet<&str> = list.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
            TO_BUILD.iter().chain(TO_TEST).copied().filter(|package| !installed.contains(package)).collect()
        }
        None => {
            println!(
                "   this is no Debian: packages are not looked at. Needed to build: {TO_BUILD:?}; to test: {TO_TEST:?}"
            );
            Vec::new()
        }
    };
    if !has_postgres() {
        missing.push("postgresql");
    }
    if missing.is_empty() {
        return Ok(());
    }
    println!("   installing {}", missing.join(" "));
    let mut install = vec!["apt-get", "install", "-y", "--no-install-recommends"];
    install.extend(&missing);
    if missing.contains(&"postgresql") && !Path::new(NO_CLUSTER).exists() {
        let script =
            format!("mkdir -p \"$(dirname {NO_CLUSTER})\" && echo 'create_main_cluster = false' > {NO_CLUSTER}");
        must(&mut as_root(&["sh", "-c", &script])?)?;
    }
    must(&mut as_root(&["apt-get", "update", "-q"])?)?;
    must(&mut as_root(&install)?)
}

/// PostgreSQL's programs, where the hub looks for them.
fn has_postgres() -> bool {
    let named = std::env::var_os("PEMS_PG_BIN").map(PathBuf::from);
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        (version >= POSTGRES).then(|| entry.path().join("bin"))
    });
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    named.into_iter().chain(debian).chain(on_path).any(|dir| dir.join("initdb").exists())
}

/// A command as root: as we are, or through sudo if it asks for no password.
fn as_root(words: &[&str]) -> Result<Command> {
    let is_root = output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    let mut command = if is_root {
        let mut command = Command::new("env");
        command.arg("DEBIAN_FRONTEND=noninteractive");
        command
    } else if output(Command::new("sudo").args(["-n", "true"])).is_some() {
        let mut command = Command::new("sudo");
        command.args(["-n", "env", "DEBIAN_FRONTEND=noninteractive"]);
        command
    } else {
        let mut plain = Command::new("sudo");
        plain.args(words);
        bail!("this needs root, and sudo asks for a password here; run `{}`, then this again", shown(&plain));
    };
    command.args(words);
    Ok(command)
}

/// Packages of `ui/` as its lock file says, and `ui/dist` built from its sources: the app's crate embeds it.
fn user_interface() -> Result<()> {
    let ui = root().join("ui");
    if output(Command::new("npm").arg("--version")).is_none() {
        bail!("there is no npm; install Node 20.19 or newer, then run this again");
    }
    let lock = digest(&[ui.join("package.json"), ui.join("package-lock.json")])?;
    // Both notes lie in node_modules: without it nothing is taken for granted.
    let (installed, built) = (ui.join("node_modules/.pems-installed"), ui.join("node_modules/.pems-built"));
    if !says(&installed, &lock) {
        step("npm ci", || must(npm(&["ci", "--no-audit", "--no-fund"]).current_dir(&ui)))?;
        fs::write(&installed, &lock).context("cannot note what was installed")?;
    }
    let mut sources = files_under(&ui)?;
    sources.sort();
    let sources = digest(&sources)?;
    if !says(&built, &sources) || !ui.join("dist/office.html").exists() {
        step("npm run build", || must(npm(&["run", "--silent", "build"]).current_dir(&ui)))?;
        fs::write(&built, &sources).context("cannot note what was built")?;
    }
    Ok(())
}

pub(crate) fn npm(args: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(args).current_dir(root().join("ui"));
    command
}

fn says(note: &Path, digest: &str) -> bool {
    fs::read_to_string(note).is_ok_and(|text| text == digest)
}

fn files_under(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_file() {
            files.push(path);
        } else if name != "node_modules" && name != "dist" {
            files.extend(files_under(&path)?);
        }
    }
    Ok(files)
}

/// Changes when a file's content or name does. Times are of no use: a fresh clone makes everything new.
fn digest(files: &[PathBuf]) -> Result<String> {
    let mut hash = DefaultHasher::new();
    for file in files {
        file.strip_prefix(root()).unwrap_or(file).hash(&mut hash);
        fs::read(file).with_context(|| format!("cannot read {}", file.display()))?.hash(&mut hash);
    }
    Ok(format!("{:016x}", hash.finish()))
}

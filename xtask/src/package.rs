//! `cargo xtask package`: the office app as a `.deb`. Packed by Debian's own tools, so that what the program needs is read from
//! the program itself. The installers of Windows and macOS are made on those systems by Tauri (`docs/packaging.md`).

use crate::steps::{cargo, must, output, step};
use crate::{programs, root, setup};
use anyhow::{Context, Result};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Loaded while running, so no tool can find it in the program: a keyring to ask, where the desktop brings none.
const RECOMMENDS: &str = "gnome-keyring | kwalletmanager | keepassxc";
/// Pixel sizes of the icons, each a file of `node/shell/icons`.
const ICONS: &[(&str, &str)] = &[
    ("32x32", "32x32.png"),
    ("64x64", "64x64.png"),
    ("128x128", "128x128.png"),
    ("256x256", "icon.png"),
    ("512x512", "512x512.png"),
];

/// # Errors
/// What is missing on this machine, or what failed.
pub(crate) fn run() -> Result<()> {
    setup::run()?;
    step("build", || must(&mut cargo(&["build", "--release", "--workspace", "--bin", "pems"])))?;
    let arch = output(Command::new("dpkg").arg("--print-architecture"))
        .context("packages are made on Debian or Ubuntu: there is no dpkg here")?;
    let name = format!("pems_{VERSION}_{}", arch.trim());
    let folder = programs("release")?.join("package");
    let tree = folder.join(&name);
    let _ = fs::remove_dir_all(&tree);
    step("files", || lay_out(&tree))?;
    step("control", || control(&folder, &tree, arch.trim()))?;
    let deb = folder.join(format!("{name}.deb"));
    step("deb", || {
        must(Command::new("dpkg-deb").args(["--root-owner-group", "-Zxz", "--build"]).arg(&tree).arg(&deb))
    })?;
    println!("{}: {:.1} MB, installed {:.1} MB", deb.display(), megabytes(&deb)?, size_of(&tree)? as f64 / 1e6);
    Ok(())
}

fn lay_out(tree: &Path) -> Result<()> {
    let source = root().join("node/shell");
    put(&programs("release")?.join("pems"), &tree.join("usr/bin/pems"), 0o755)?;
    put(
        &source.join("linux/ph.pems.office.desktop"),
        &tree.join("usr/share/applications/ph.pems.office.desktop"),
        0o644,
    )?;
    let metainfo = "ph.pems.office.metainfo.xml";
    put(&source.join("linux").join(metainfo), &tree.join("usr/share/metainfo").join(metainfo), 0o644)?;
    put(&source.join("linux/copyright"), &tree.join("usr/share/doc/pems/copyright"), 0o644)?;
    let icons = tree.join("usr/share/icons/hicolor");
    for (size, file) in ICONS {
        put(&source.join("icons").join(file), &icons.join(size).join("apps/pems.png"), 0o644)?;
    }
    put(&source.join("icons/icon.svg"), &icons.join("scalable/apps/pems.svg"), 0o644)
}

fn put(from: &Path, to: &Path, mode: u32) -> Result<()> {
    let folder = to.parent().context("a folder")?;
    fs::create_dir_all(folder)?;
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(fs::set_permissions(to, fs::Permissions::from_mode(mode))?)
}

/// Who makes it, what it needs (from the libraries that the program names), and how large it is.
fn control(folder: &Path, tree: &Path, arch: &str) -> Result<()> {
    let debian = folder.join("debian");
    fs::create_dir_all(&debian)?;
    fs::write(debian.join("control"), "Source: pems\n\nPackage: pems\nArchitecture: any\n")?;
    let mut ask = Command::new("dpkg-shlibdeps");
    let needs = output(ask.current_dir(folder).arg("-O").arg("--ignore-missing-info").arg(tree.join("usr/bin/pems")))
        .context("dpkg-shlibdeps does not answer: install dpkg-dev")?;
    let needs = needs.trim().strip_prefix("shlibs:Depends=").context("dpkg-shlibdeps names no libraries")?.to_owned();
    let text = format!(
        "Package: pems
Version: {VERSION}
Architecture: {arch}
Maintainer: PEMS maintainers <maintainers@pems.example>
Installed-Size: {}
Depends: {needs}
Recommends: {RECOMMENDS}
Section: education
Priority: optional
Description: School records on the office's PC, with or without internet
 PEMS keeps a Philippine school's records where the school is: learners,
 enrolment, attendance and DepEd's school forms. Everything is in an encrypted
 file on this PC and answers at once; what changes goes to the school's hub
 whenever there is a network.
",
        size_of(tree)? / 1024
    );
    let meta = tree.join("DEBIAN");
    fs::create_dir_all(&meta)?;
    println!("   needs: {needs}");
    Ok(fs::write(meta.join("control"), text)?)
}

fn size_of(path: &Path) -> Result<u64> {
    let mut bytes = 0;
    let mut folders: Vec<PathBuf> = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let about = entry.metadata()?;
            if about.is_dir() {
                folders.push(entry.path());
            } else {
                bytes += about.len();
            }
        }
    }
    Ok(bytes)
}

fn megabytes(file: &Path) -> Result<f64> {
    Ok(fs::metadata(file)?.len() as f64 / 1e6)
}

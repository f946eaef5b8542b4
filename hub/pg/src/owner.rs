//! As which user PostgreSQL runs. It refuses to run as root, so root lends it to `postgres` (or `nobody`).

use crate::{PgError, io_at};
use std::ffi::{OsStr, OsString};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// `None` where we are an ordinary user and stay that.
#[derive(Debug)]
pub(super) struct Owner {
    uid: u32,
    lent: Option<Lent>,
}

#[derive(Debug)]
struct Lent {
    name: String,
    gid: u32,
}

impl Owner {
    pub(super) fn choose() -> Result<Owner, PgError> {
        let uid = fs::metadata("/proc/self").map_err(io_at("/proc/self"))?.uid();
        if uid != 0 {
            return Ok(Owner { uid, lent: None });
        }
        let users = fs::read_to_string("/etc/passwd").map_err(io_at("/etc/passwd"))?;
        let find = |name: &str| {
            let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
            let mut ids = line.split(':').skip(2);
            Some((ids.next()?.parse().ok()?, ids.next()?.parse().ok()?))
        };
        for name in ["postgres", "nobody"] {
            if let Some((uid, gid)) = find(name) {
                return Ok(Owner { uid, lent: Some(Lent { name: name.into(), gid }) });
            }
        }
        Err(PgError::Failed(
            "PostgreSQL does not run as root and there is no user 'postgres' or 'nobody'; make one".into(),
        ))
    }

    pub(super) fn uid(&self) -> u32 {
        self.uid
    }

    /// Makes `path` the owner's.
    pub(super) fn give(&self, path: &Path) -> Result<(), PgError> {
        let Some(lent) = &self.lent else { return Ok(()) };
        chown(path, Some(self.uid), Some(lent.gid)).map_err(io_at(path.display().to_string()))
    }

    /// Sees to it that the owner can pass through the data directory; says which directory above it is closed.
    pub(super) fn reach(&self, data_dir: &Path) -> Result<(), PgError> {
        let Some(lent) = &self.lent else { return Ok(()) };
        let open = |path: &Path| -> io::Result<bool> {
            let found = fs::metadata(path)?;
            let mode = found.mode();
            Ok(mode & 0o001 != 0
                || (found.uid() == self.uid && mode & 0o100 != 0)
                || (found.gid() == lent.gid && mode & 0o010 != 0))
        };
        if !open(data_dir).map_err(io_at(data_dir.display().to_string()))? {
            // The data directory is the hub's own; what is secret in it has modes of its own.
            fs::set_permissions(data_dir, fs::Permissions::from_mode(0o711))
                .map_err(io_at(data_dir.display().to_string()))?;
        }
        for above in data_dir.ancestors().skip(1) {
            if !open(above).map_err(io_at(above.display().to_string()))? {
                return Err(PgError::Failed(format!(
                    "PostgreSQL runs as the user {}, who cannot pass through {}; run `chmod o+x {}` or choose another data directory",
                    lent.name,
                    above.display(),
                    above.display()
                )));
            }
        }
        Ok(())
    }

    /// What to put before a command so that it runs as the owner.
    pub(super) fn prefix(&self) -> Vec<OsString> {
        let Some(lent) = &self.lent else { return Vec::new() };
        ["setpriv".into(), format!("--reuid={}", self.uid), format!("--regid={}", lent.gid), "--clear-groups".into()]
            .into_iter()
            .map(OsString::from)
            .collect()
    }

    pub(super) fn command(&self, program: &Path) -> Command {
        let mut words = self.prefix();
        words.push(program.into());
        Command { words }
    }
}

/// A command as the owner, away from our own directory (which the owner may not enter) and our keyboard.
pub(super) struct Command {
    words: Vec<OsString>,
}

impl Command {
    pub(super) fn arg(mut self, arg: impl AsRef<OsStr>) -> Command {
        self.words.push(arg.as_ref().into());
        self
    }

    pub(super) fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        self.words.extend(args.into_iter().map(|arg| arg.as_ref().into()));
        self
    }

    pub(super) async fn output(self) -> io::Result<std::process::Output> {
        let program = self.words.first().map(PathBuf::from).unwrap_or_default();
        tokio::process::Command::new(program)
            .args(&self.words[1..])
            .current_dir("/")
            .stdin(std::process::Stdio::null())
            .output()
            .await
    }
}

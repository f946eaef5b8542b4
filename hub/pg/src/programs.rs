//! Where PostgreSQL's programs are: in the directory that was named, in Debian's place (the newest), or on the path.

use crate::PgError;
use std::path::{Path, PathBuf};

/// Oldest version whose parameters can be granted, which the context rests on.
const OLDEST: u32 = 15;

#[derive(Debug)]
pub(super) struct Programs(PathBuf);

impl Programs {
    pub(super) fn find() -> Result<Programs, PgError> {
        if let Some(named) = std::env::var_os("PEMS_PG_BIN").map(PathBuf::from) {
            return match named.join("initdb").exists() {
                true => Ok(Programs(named)),
                false => Err(PgError::NoPrograms(format!("{} has no initdb", named.display()))),
            };
        }
        let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .filter_map(|entry| Some((entry.as_ref().ok()?.file_name().to_str()?.parse().ok()?, entry.ok()?.path())))
            .filter(|(version, path)| *version >= OLDEST && path.join("bin/initdb").exists())
            .collect();
        versions.sort();
        if let Some((_, path)) = versions.pop() {
            return Ok(Programs(path.join("bin")));
        }
        std::env::var_os("PATH")
            .and_then(|path| std::env::split_paths(&path).find(|dir| dir.join("initdb").exists()))
            .map(Programs)
            .ok_or_else(|| PgError::NoPrograms("looked in PEMS_PG_BIN, /usr/lib/postgresql/*/bin and PATH".into()))
    }

    pub(super) fn path(&self, program: &str) -> PathBuf {
        Path::new(&self.0).join(program)
    }
}

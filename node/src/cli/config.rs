//! Settings: flags, then environment, then a TOML file. Unknown keys are errors, so a typing mistake is not a default.

use crate::keys::KeySource;
use crate::log::Level;
use crate::{NodeError, Result};
use pems_model::Code;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

/// Names the level of the log in the environment.
const LEVEL: &str = "PEMS_NODE_LOG";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    data: Option<PathBuf>,
    key_file: Option<PathBuf>,
    /// A [`Level`].
    log: Option<String>,
}

impl Config {
    pub(super) fn read(
        file: Option<PathBuf>,
        data: Option<PathBuf>,
        key_file: Option<PathBuf>,
        log: Option<String>,
    ) -> Result<Config> {
        let from_env = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let below = match file.or_else(|| from_env("PEMS_NODE_CONFIG")) {
            Some(path) => parse(&path)?,
            None => Config::default(),
        };
        Ok(Config {
            data: data.or_else(|| from_env("PEMS_NODE_DATA")).or(below.data),
            key_file: key_file.or_else(|| from_env("PEMS_NODE_KEY_FILE")).or(below.key_file),
            log: log.or_else(|| std::env::var(LEVEL).ok().filter(|level| !level.is_empty())).or(below.log),
        })
    }

    pub(super) fn data(&self) -> Result<PathBuf> {
        self.data.clone().ok_or_else(|| NodeError::new(Code::BadUsage, "say which folder holds the office: --data DIR"))
    }

    pub(super) fn keys(&self) -> KeySource {
        self.key_file.clone().map_or(KeySource::Keyring, KeySource::File)
    }

    /// # Errors
    /// `bad_usage` for a level that there is not.
    pub(super) fn log(&self) -> Result<Level> {
        self.log.as_deref().map_or(Ok(Level::default()), Level::parse)
    }

    pub(super) fn shown(&self) -> Result<Json> {
        let log = self.log()?.name();
        Ok(json!({ "data": self.data, "key_file": self.key_file, "keys": self.keys().to_string(), "log": log }))
    }
}

fn parse(path: &Path) -> Result<Config> {
    let text = std::fs::read_to_string(path).map_err(|error| NodeError::io("read the settings file", path, &error))?;
    toml::from_str(&text)
        .map_err(|error| NodeError::new(Code::BadUsage, format!("{}: {}", path.display(), error.message())))
}

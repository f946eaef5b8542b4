//! Settings from flags, environment and file, in that order of precedence. Unknown names are errors: a misspelt setting must
//! not silently be a default.

use super::Failed;
use crate::{Config, ContextForm};
use clap::Args;
use ipnet::IpNet;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

/// Where a hub listens if nobody says otherwise: this machine only, until somebody decides to open it.
const LISTEN: &str = "127.0.0.1:8640";
const DATA_DIR: &str = "pems-hub-data";

#[derive(Debug, Args)]
pub(super) struct Flags {
    /// One JSON object (JSON lines for lists) instead of text
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Show the settings that result, secrets masked, and stop
    #[arg(long, global = true)]
    pub(super) print_config: bool,
    /// Settings file (TOML)
    #[arg(long, global = true, env = "PEMS_HUB_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

/// Every setting; each may come from a flag, `PEMS_HUB_...` or the file.
#[derive(Debug, Default, Clone, Args, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Address and port to listen on
    #[arg(long, global = true, env = "PEMS_HUB_LISTEN", value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// PostgreSQL 15.18 or newer, as its superuser; without it a private one is kept in the data directory
    #[arg(long, global = true, env = "PEMS_HUB_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Key, epoch and private database
    #[arg(long, global = true, env = "PEMS_HUB_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// How long an access token is good for
    #[arg(long, global = true, env = "PEMS_HUB_TOKEN_TTL_SECONDS", value_name = "N")]
    token_ttl_seconds: Option<u32>,
    /// Enrolments that one address may try in a minute
    #[arg(long, global = true, env = "PEMS_HUB_ENROL_PER_MINUTE", value_name = "N")]
    enrol_per_minute: Option<NonZeroU32>,
    /// A proxy, or a network of proxies, whose word counts for where a request comes from (X-Forwarded-For); may be repeated
    #[arg(
        long = "trust-proxy",
        global = true,
        env = "PEMS_HUB_TRUST_PROXY",
        value_name = "CIDR",
        value_delimiter = ','
    )]
    #[serde(default)]
    trust_proxy: Vec<IpNet>,
    /// Database connections for devices' requests
    #[arg(long, global = true, env = "PEMS_HUB_APP_CONNECTIONS", value_name = "N")]
    app_connections: Option<NonZeroU32>,
    /// How the database knows whose transaction it is; by itself it takes the faster form that it can have
    #[arg(long, global = true, env = "PEMS_HUB_CONTEXT", value_name = "FORM")]
    context: Option<ContextForm>,
    /// Start although the isolation linter finds something; each finding is logged as a warning
    #[arg(long, global = true, env = "PEMS_HUB_ALLOW_FINDINGS", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    allow_findings: Option<bool>,
    /// false: a private database that a power cut may destroy, for throw-away data only
    #[arg(long, global = true, env = "PEMS_HUB_FSYNC", value_name = "BOOL")]
    fsync: Option<bool>,
    /// What to log, as in `info` or `warn,pems_hub=debug`
    #[arg(long, global = true, env = "PEMS_HUB_LOG", value_name = "FILTER")]
    log: Option<String>,
}

const NAMES: &[&str] = &[
    "PEMS_HUB_CONFIG",
    "PEMS_HUB_LISTEN",
    "PEMS_HUB_DATABASE_URL",
    "PEMS_HUB_DATA_DIR",
    "PEMS_HUB_TOKEN_TTL_SECONDS",
    "PEMS_HUB_ENROL_PER_MINUTE",
    "PEMS_HUB_TRUST_PROXY",
    "PEMS_HUB_APP_CONNECTIONS",
    "PEMS_HUB_CONTEXT",
    "PEMS_HUB_ALLOW_FINDINGS",
    "PEMS_HUB_FSYNC",
    "PEMS_HUB_LOG",
    super::secret::PASSPHRASE,
    super::secret::PASSWORD,
];

/// The settings that result.
#[derive(Debug)]
pub(super) struct ResolvedConfig {
    pub(super) config: Config,
    pub(super) log: Option<String>,
}

impl Flags {
    pub(super) fn settle(&self) -> Result<ResolvedConfig, Failed> {
        for (name, _) in std::env::vars_os() {
            if let Some(name) = name.to_str().filter(|name| name.starts_with("PEMS_HUB_") && !NAMES.contains(name)) {
                return Err(Failed::usage(format!("{name}: there is no such setting; there are {}", NAMES.join(", "))));
            }
        }
        let file = match &self.config {
            None => Settings::default(),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| Failed::usage(format!("{}: {error}", path.display())))?;
                toml::from_str(&text).map_err(|error| Failed::usage(format!("{}: {error}", path.display())))?
            }
        };
        let given = self.settings.clone();
        let mut config = Config::new(given.data_dir.or(file.data_dir).unwrap_or_else(|| DATA_DIR.into()));
        config.listen = match given.listen.or(file.listen) {
            Some(listen) => listen,
            None => LISTEN.parse().map_err(|_| Failed::usage(LISTEN))?,
        };
        config.database_url = given.database_url.or(file.database_url);
        if let Some(seconds) = given.token_ttl_seconds.or(file.token_ttl_seconds) {
            config.token_ttl = Duration::from_secs(seconds.into());
        }
        if let Some(limit) = given.enrol_per_minute.or(file.enrol_per_minute) {
            config.enrol_per_minute = limit;
        }
        if let Some(size) = given.app_connections.or(file.app_connections) {
            config.app_connections = usize::try_from(size.get()).unwrap_or(usize::MAX);
        }
        config.context = given.context.or(file.context);
        config.allow_findings = given.allow_findings.or(file.allow_findings).unwrap_or(false);
        config.trust_proxies = if given.trust_proxy.is_empty() { file.trust_proxy } else { given.trust_proxy };
        config.fsync = given.fsync.or(file.fsync).unwrap_or(true);
        Ok(ResolvedConfig { config, log: given.log.or(file.log) })
    }
}

impl ResolvedConfig {
    /// For people's eyes: the password of the database is not shown.
    pub(super) fn shown(&self) -> Json {
        let config = &self.config;
        json!({
            "listen": config.listen,
            "database_url": config.database_url.as_deref().map(masked),
            "data_dir": config.data_dir,
            "token_ttl_seconds": config.token_ttl.as_secs(),
            "enrol_per_minute": config.enrol_per_minute,
            "trust_proxy": config.trust_proxies,
            "app_connections": config.app_connections,
            "context": config.context,
            "allow_findings": config.allow_findings,
            "fsync": config.fsync,
            "log": self.log,
        })
    }
}

/// `postgres://user:***@host/db`, also where the password is a parameter.
fn masked(url: &str) -> String {
    let mut shown = url.to_owned();
    if let (Some(start), Some(at)) = (url.find("://"), url.rfind('@'))
        && let Some(colon) = url.get(start + 3..at).and_then(|user| user.find(':'))
    {
        shown.replace_range(start + 3 + colon + 1..at, "***");
    }
    if let Some(start) = shown.find("password=").map(|at| at + "password=".len()) {
        let end = shown[start..].find('&').map_or(shown.len(), |length| start + length);
        shown.replace_range(start..end, "***");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn passwords_are_not_shown() {
        assert_eq!(masked("postgres://hub:s3:cr@t@db/pems"), "postgres://hub:***@db/pems");
        assert_eq!(masked("postgres://db/pems?password=x&user=y"), "postgres://db/pems?password=***&user=y");
        assert_eq!(masked("postgresql:///pems?host=/run&user=postgres"), "postgresql:///pems?host=/run&user=postgres");
    }
}

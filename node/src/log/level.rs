//! How much is written: a setting of whoever looks after this PC.

use crate::{NodeError, Result};
use pems_model::Code;
use tracing::level_filters::LevelFilter;

/// The least that is worth a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// There is no log.
    Off,
    Error,
    Warn,
    #[default]
    Info,
    /// Every exchange with the hub and every connection to the records too.
    Debug,
}

impl Level {
    const ALL: [Level; 5] = [Level::Off, Level::Error, Level::Warn, Level::Info, Level::Debug];

    /// # Errors
    /// `bad_usage`, with the levels that there are.
    pub fn parse(text: &str) -> Result<Level> {
        let named = Level::ALL.into_iter().find(|level| level.name().eq_ignore_ascii_case(text.trim()));
        named.ok_or_else(|| {
            let names = Level::ALL.map(Level::name).join(", ");
            NodeError::new(Code::BadUsage, format!("there is no log level '{text}'; say one of {names}"))
        })
    }

    pub const fn name(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Info => "info",
            Level::Debug => "debug",
        }
    }

    pub(super) const fn filter(self) -> LevelFilter {
        match self {
            Level::Off => LevelFilter::OFF,
            Level::Error => LevelFilter::ERROR,
            Level::Warn => LevelFilter::WARN,
            Level::Info => LevelFilter::INFO,
            Level::Debug => LevelFilter::DEBUG,
        }
    }
}

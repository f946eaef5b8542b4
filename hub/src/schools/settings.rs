//! A school's settings, kept in `metadata`. What the hub knows is checked; what it does not know is kept for whoever does.
//!
//! What they do: `limits.apiRateLimit` replaces the default number of API requests a minute; `limits.maxUsers` is the most
//! accounts that a school may add; beyond `limits.storageQuota` (live records) an alarm is raised, but no record is refused:
//! nothing that a clerk has typed is ever lost over a quota.

use crate::refusal::Refusal;
use pems_db::{TenantContext, Tx};
use serde_json::{Map, Value as Json};
use std::num::NonZeroU32;

/// Bytes of all settings: they are read along with the school.
const BYTES_MAX: usize = 16 << 10;

enum Kind {
    Flag,
    Count {
        max: u64,
    },
    Text {
        max: usize,
    },
    /// `#1a2b3c`.
    Colour,
}

/// The settings that the hub knows, by path.
const KNOWN: &[(&[&str], Kind)] = &[
    (&["limits", "maxUsers"], Kind::Count { max: 100_000 }),
    (&["limits", "storageQuota"], Kind::Count { max: 1_000_000_000_000 }),
    (&["limits", "apiRateLimit"], Kind::Count { max: 1_000_000 }),
    (&["features", "advancedReporting"], Kind::Flag),
    (&["features", "customIntegrations"], Kind::Flag),
    (&["features", "prioritySupport"], Kind::Flag),
    (&["branding", "logo"], Kind::Text { max: 2_048 }),
    (&["branding", "colors", "primary"], Kind::Colour),
    (&["branding", "colors", "secondary"], Kind::Colour),
    (&["branding", "customDomain"], Kind::Text { max: 253 }),
];

/// A setting that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {wanted}")]
pub struct SettingsError {
    /// For example `metadata.limits.maxUsers`.
    pub field: String,
    pub wanted: String,
}

/// Those settings that the hub itself acts on, with every request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) api_rate_limit: Option<NonZeroU32>,
    /// When this school was made here, microseconds since 1970: a school that was erased and imported again has its id and its
    /// revisions, but is another one to whatever was remembered of it.
    pub(crate) created_at: i64,
}

impl Settings {
    /// # Errors
    /// The first setting that is not as it must be.
    pub(crate) fn check(metadata: &Map<String, Json>) -> Result<(), SettingsError> {
        let bytes = serde_json::to_vec(metadata).map_or(usize::MAX, |bytes| bytes.len());
        if bytes > BYTES_MAX {
            return Err(wrong(&[], format!("all settings together have {BYTES_MAX} bytes at most, not {bytes}")));
        }
        if has_nul(metadata) {
            return Err(wrong(&[], "a text has a character that cannot be kept (NUL)".into()));
        }
        for (path, kind) in KNOWN {
            let mut group = metadata;
            for (depth, name) in path.iter().enumerate() {
                let Some(value) = group.get(*name) else { break };
                let here = &path[..=depth];
                if depth + 1 == path.len() {
                    kind.check(value).map_err(|wanted| wrong(here, wanted))?;
                } else {
                    group = value.as_object().ok_or_else(|| wrong(here, "must be an object".into()))?;
                }
            }
        }
        Ok(())
    }

    fn read(metadata: &Json) -> Settings {
        let rate = metadata.pointer("/limits/apiRateLimit").and_then(Json::as_u64);
        Settings { api_rate_limit: rate.and_then(|rate| NonZeroU32::new(u32::try_from(rate).ok()?)), created_at: 0 }
    }

    /// Those of the caller's school.
    pub(crate) async fn load(tx: &mut Tx, who: &TenantContext) -> Result<Settings, Refusal> {
        let school = sqlx::query!(
            r#"SELECT metadata, (extract(epoch FROM created_at) * 1000000)::bigint AS "created_at!" FROM tenant WHERE id = $1"#,
            who.tenant()
        );
        let found = school.fetch_optional(tx.conn()).await?;
        Ok(found.map_or_else(Settings::default, |school| Settings {
            created_at: school.created_at,
            ..Settings::read(&school.metadata)
        }))
    }
}

/// The most accounts that the caller's school may have; `None`: no limit.
pub(crate) async fn max_users(tx: &mut Tx, who: &TenantContext) -> Result<Option<u32>, Refusal> {
    let metadata = sqlx::query_scalar!("SELECT metadata FROM tenant WHERE id = $1", who.tenant());
    let metadata = metadata.fetch_optional(tx.conn()).await?;
    let most = metadata.as_ref().and_then(|metadata| metadata.pointer("/limits/maxUsers")).and_then(Json::as_u64);
    Ok(most.map(|most| u32::try_from(most).unwrap_or(u32::MAX)))
}

impl Kind {
    fn check(&self, value: &Json) -> Result<(), String> {
        let (good, wanted) = match self {
            Kind::Flag => (value.is_boolean(), "must be true or false".into()),
            Kind::Count { max } => (
                value.as_u64().is_some_and(|count| (1..=*max).contains(&count)),
                format!("must be a whole number from 1 to {max}"),
            ),
            Kind::Text { max } => {
                let fits = |text: &str| text.chars().count() <= *max && pems_model::text::bad_character(text).is_none();
                (value.as_str().is_some_and(fits), format!("must be a text of {max} characters at most"))
            }
            Kind::Colour => {
                let hex = |text: &str| text.len() == 6 && text.bytes().all(|b| b.is_ascii_hexdigit());
                (
                    value.as_str().and_then(|text| text.strip_prefix('#')).is_some_and(hex),
                    "must be a colour, as #1a2b3c".into(),
                )
            }
        };
        if good { Ok(()) } else { Err(wanted) }
    }
}

fn wrong(path: &[&str], wanted: String) -> SettingsError {
    let field = std::iter::once("metadata").chain(path.iter().copied()).collect::<Vec<_>>().join(".");
    SettingsError { field, wanted }
}

fn has_nul(map: &Map<String, Json>) -> bool {
    fn within(value: &Json) -> bool {
        match value {
            Json::String(text) => text.contains('\0'),
            Json::Array(items) => items.iter().any(within),
            Json::Object(map) => has_nul(map),
            _ => false,
        }
    }
    map.iter().any(|(key, value)| key.contains('\0') || within(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(metadata: Json) -> Result<(), SettingsError> {
        let Json::Object(metadata) = metadata else { panic!("an object") };
        Settings::check(&metadata)
    }

    #[test]
    fn known_settings_are_checked_and_others_kept() {
        check(json!({})).expect("nothing said");
        check(json!({
            "limits": { "maxUsers": 50, "apiRateLimit": 600, "storageQuota": 1, "other": "kept" },
            "features": { "advancedReporting": true },
            "branding": { "logo": "https://example.org/logo.png", "colors": { "primary": "#0A1b2c" } },
            "somethingElse": [1, { "a": null }]
        }))
        .expect("all fine");
        for (bad, field) in [
            (json!({ "limits": 5 }), "metadata.limits"),
            (json!({ "limits": { "maxUsers": 0 } }), "metadata.limits.maxUsers"),
            (json!({ "limits": { "maxUsers": 1.5 } }), "metadata.limits.maxUsers"),
            (json!({ "limits": { "apiRateLimit": "many" } }), "metadata.limits.apiRateLimit"),
            (json!({ "features": { "prioritySupport": 1 } }), "metadata.features.prioritySupport"),
            (json!({ "branding": { "colors": { "primary": "red" } } }), "metadata.branding.colors.primary"),
            (json!({ "branding": { "colors": [] } }), "metadata.branding.colors"),
            (json!({ "x": "a\u{0}b" }), "metadata"),
            (json!({ "x": "a".repeat(17 << 10) }), "metadata"),
        ] {
            assert_eq!(check(bad.clone()).expect_err("cannot be").field, field, "{bad}");
        }
    }

    #[test]
    fn what_the_hub_acts_on_is_read() {
        let rate = |metadata: Json| Settings::read(&metadata).api_rate_limit.map(NonZeroU32::get);
        assert_eq!(rate(json!({ "limits": { "apiRateLimit": 7 } })), Some(7));
        assert_eq!(rate(json!({ "limits": { "apiRateLimit": -7 } })), None);
        assert_eq!(rate(json!({})), None);
    }
}

//! The command line's jobs with schools.

use crate::auth::field;
use crate::refusal::Refusal;
use crate::schools::{self, NewSchool, School, SchoolChange, no_school};
use crate::server::admin::Admin;
use crate::sync::clock::Clock;
use crate::sync::pull;
use pems_db::{Scope, Tx, sys};
use pems_model::Code;
use serde::Serialize;
use serde_json::{Map, json};
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;

/// Schools of one look at the list.
const PAGE: i64 = 1_000;

#[derive(Debug, Clone, Serialize)]
pub struct SchoolDetails {
    #[serde(flatten)]
    pub school: School,
    pub rev: i64,
    /// The same text as on every device that is level with the hub.
    pub digest: String,
    /// TenantStates rows of each entity.
    pub rows: BTreeMap<String, i64>,
    pub devices: i64,
}

/// Where a school is, as operators say it; their scopes are compared with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    pub region: Option<String>,
    pub division: Option<String>,
    pub area: Option<String>,
    pub municipality: Option<String>,
}

impl Admin {
    /// Says where a school is, and gives all that is said of it then. What is left out stays: who corrects a municipality must not take
    /// the school from its region's people. Only a division does not outlive its region.
    ///
    /// # Errors
    /// `bad_request`, `not_found`.
    pub async fn place(&self, slug: &str, place: Place) -> Result<Place, Refusal> {
        let Scope { region, division } = field::scope(place.region.as_deref(), place.division.as_deref())?;
        let area = field::place("area", place.area.as_deref())?;
        let municipality = field::place("municipality", place.municipality.as_deref())?;
        let placed = self.in_tx("school place", async |tx| {
            let school = schools::by_slug(tx, slug).await?.ok_or_else(|| no_school(slug))?;
            let place = sqlx::query_as!(
                Place,
                "UPDATE tenant SET region = coalesce($2, region),
                     division = CASE WHEN $2 <> region THEN $3 ELSE coalesce($3, division) END,
                     area = coalesce($4, area), municipality = coalesce($5, municipality)
                 WHERE id = $1 RETURNING region, division, area, municipality",
                school.id,
                region.as_deref(),
                division.as_deref(),
                area.as_deref(),
                municipality.as_deref()
            );
            let place = place.fetch_one(tx.conn()).await?;
            let told = json!({ "region": place.region, "division": place.division });
            schools::audit(tx, school.id, "tenant.placed", told).await?;
            Ok(place)
        });
        placed.await
    }

    /// # Errors
    /// `conflict` if the slug or the school id is taken, `bad_usage` for values that cannot be.
    pub async fn add_school(&self, name: &str, slug: &str, school_id: &str, timezone: &str) -> Result<School, Refusal> {
        let id = sys::new_ordered_id(sys::now())?;
        let new = NewSchool { name, slug, school_id, timezone, metadata: &Map::new() };
        let added = self.in_tx("school add", async |tx| Ok(schools::create(tx, id, &new).await?)).await;
        added.map_err(|mut refusal| {
            if refusal.code() == Code::BadRequest {
                refusal.0.code = Code::BadUsage;
            }
            refusal
        })
    }

    /// # Errors
    /// A database that is busy or away.
    pub async fn schools(&self) -> Result<Vec<School>, Refusal> {
        let listed = self.look("school list", async |tx| {
            let mut schools: Vec<School> = Vec::new();
            loop {
                let page = schools::list(tx, schools.last().map(|last| last.id), PAGE).await?;
                if page.is_empty() {
                    return Ok(schools);
                }
                schools.extend(page);
            }
        });
        let mut schools = listed.await?;
        schools.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        Ok(schools)
    }

    /// # Errors
    /// `not_found` for a slug that no school has.
    pub async fn school(&self, slug: &str) -> Result<SchoolDetails, Refusal> {
        self.look("school show", async |tx| self.details(tx, slug).await).await
    }

    async fn details(&self, tx: &mut Tx, slug: &str) -> Result<SchoolDetails, Refusal> {
        let school = schools::by_slug(tx, slug).await?.ok_or_else(|| no_school(slug))?;
        let clock = Clock::load(tx.conn(), school.id).await?;
        let state = match clock.state {
            Some(state) => state,
            None => pull::scan(tx.conn(), self.schema(), school.id).await?,
        };
        let mut rows = BTreeMap::new();
        for entity in self.schema().entities() {
            let sql = format!("SELECT count(*) FROM {} WHERE tenant_id = $1 AND deleted_at IS NULL", entity.name);
            let count = sqlx::query_scalar(AssertSqlSafe(sql)).bind(school.id).fetch_one(tx.conn()).await?;
            rows.insert(entity.name.to_owned(), count);
        }
        let devices = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM device WHERE tenant_id = $1 AND revoked_at IS NULL"#,
            school.id
        );
        let devices = devices.fetch_one(tx.conn()).await?;
        Ok(SchoolDetails { school, rev: clock.rev, digest: state.combined(), rows, devices })
    }

    /// Shuts a school out, at once, without touching its records.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn suspend(&self, slug: &str) -> Result<(), Refusal> {
        self.let_in(slug, "school suspend", true).await
    }

    /// # Errors
    /// `not_found`.
    pub async fn resume(&self, slug: &str) -> Result<(), Refusal> {
        self.let_in(slug, "school resume", false).await
    }

    async fn let_in(&self, slug: &str, doing: &str, suspended: bool) -> Result<(), Refusal> {
        let change = SchoolChange { suspended: Some(suspended), ..SchoolChange::default() };
        let changed = self.in_tx(doing, async |tx| {
            let school = schools::by_slug(tx, slug).await?.ok_or_else(|| no_school(slug))?;
            schools::change(tx, school.id, &change).await?;
            Ok(())
        });
        changed.await
    }
}

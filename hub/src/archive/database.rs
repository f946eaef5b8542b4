//! How an archive comes to the database: as an operator to read a school, inside the new school to fill it.

use crate::refusal::Refusal;
use crate::schools::{self, NewSchool, School};
use crate::server::admin::Admin;
use crate::server::database::login;
use pems_db::{Access, AccessTokens, Caller, Grant, TenantDb, Tx, sys};
use pems_model::{Code, Role};
use serde_json::Value as Json;
use std::time::Duration;
use uuid::Uuid;

/// Time for one import: the token is checked when its transaction begins.
const TOKEN_TTL: Duration = Duration::from_secs(60);
/// In the settings of a school that is being filled.
const IMPORTING: &str = "importing";

impl Admin {
    pub(super) async fn school_named(&self, slug: &str) -> Result<School, Refusal> {
        let mut tx = self.look("school show").await?;
        let school = schools::by_slug(&mut tx, slug).await?;
        tx.commit().await?;
        school.ok_or_else(|| {
            Refusal::new(Code::NotFound, format!("there is no school '{slug}'; `pems-hub school list` shows them"))
        })
    }

    /// One snapshot over all schools, noted in the audit chain of the school that it is about.
    pub(super) async fn look_at(&self, doing: &str, about: Uuid) -> Result<Tx, Refusal> {
        let who = self.auth_db().begin_console(doing).await?;
        Ok(self.operator().look(&who, doing, Some(about)).await?)
    }

    /// A transaction inside one school. PostgreSQL confines it like any request's.
    pub(super) async fn inside(&self, school: Uuid) -> Result<Tx, Refusal> {
        let tokens = AccessTokens::new(self.keys(), TOKEN_TTL);
        let grant = Grant::Device { tenant: school, device: Uuid::nil(), role: Role::SchoolAdmin };
        let issued = tokens.issue(grant, sys::now()).map_err(|error| Refusal::internal("access token", &error))?;
        let Caller::Tenant(who) = tokens.check(&issued.token, sys::now())? else {
            return Err(Refusal::internal("access token", &"it is for somebody else"));
        };
        let door = TenantDb::new(login(self.database_url(), "hub_app", self.keys())?, 1, self.keys().clone())?;
        Ok(door.begin(&who, Access::Write).await?)
    }

    /// Makes the school that is to be filled, marked as such. One that a killed import left behind makes room.
    pub(super) async fn insert_school(&self, id: Uuid, new: &NewSchool<'_>) -> Result<(), Refusal> {
        let mut tx = self.look("school import").await?;
        let same = sqlx::query!(
            r#"SELECT id, slug, metadata ? $3 AS "unfinished!" FROM tenant WHERE id = $1 OR slug = $2 OR school_id = $4"#,
            id,
            new.slug,
            IMPORTING,
            new.school_id
        );
        let same = same.fetch_all(tx.conn()).await?;
        tx.commit().await?;
        for there in same {
            if there.unfinished {
                self.forget_school(there.id).await?;
            } else if there.id == id {
                let slug = there.slug;
                let message =
                    format!("this school is here already, as '{slug}'; --as NEW-SLUG makes another one beside it");
                return Err(Refusal::new(Code::Conflict, message));
            }
        }
        let mut metadata = new.metadata.clone();
        metadata.insert(IMPORTING.to_owned(), Json::Bool(true));
        let mut tx = self.begin("school import").await?;
        schools::create(&mut tx, id, &NewSchool { metadata: &metadata, ..*new }).await?;
        Ok(tx.commit().await?)
    }

    /// The school is whole: takes the mark away and says so in its audit chain.
    pub(super) async fn open_school(&self, id: Uuid, details: Json) -> Result<(), Refusal> {
        let mut tx = self.begin("school import").await?;
        let unmark = sqlx::query!(
            "UPDATE tenant SET metadata = metadata - $2::text, updated_at = now() WHERE id = $1",
            id,
            IMPORTING
        );
        unmark.execute(tx.conn()).await?;
        schools::audit(&mut tx, id, "school.imported", details).await?;
        Ok(tx.commit().await?)
    }
}

//! How an archive comes to the database: as an operator to read a school, inside the new school to fill it.

use crate::refusal::Refusal;
use crate::schools::{self, NewSchool, School, no_school};
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
        self.look("school show", async |tx| schools::by_slug(tx, slug).await?.ok_or_else(|| no_school(slug))).await
    }

    /// One snapshot over all schools, noted in the audit chain of the school that it is about.
    pub(super) async fn look_at<T>(
        &self,
        doing: &str,
        about: Uuid,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let who = self.auth_db().begin_console(doing).await?;
        self.operator().in_tx(&who, Access::ReadOnly, doing, Some(about), work).await
    }

    /// One transaction inside one school. PostgreSQL confines it like any request's.
    pub(super) async fn inside<T>(
        &self,
        school: Uuid,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let tokens = AccessTokens::new(self.keys(), TOKEN_TTL);
        let grant = Grant::Device { tenant: school, device: Uuid::nil(), role: Role::SchoolAdmin };
        let issued = tokens.issue(grant, sys::now()).map_err(|error| Refusal::internal("access token", &error))?;
        let Caller::Tenant(who) = tokens.check(&issued.token, sys::now())? else {
            return Err(Refusal::internal("access token", &"it is for somebody else"));
        };
        let door = TenantDb::new(login(self.database_url(), "hub_app", self.keys())?, 1, self.keys().clone())?;
        let done = door.in_tx(&who, Access::Write, work).await;
        door.close();
        done
    }

    /// Makes the school that is to be filled, marked as such. One that a killed import left behind makes room.
    pub(super) async fn insert_school(&self, id: Uuid, new: &NewSchool<'_>) -> Result<(), Refusal> {
        let same = self.look("school import", async |tx| {
            let same = sqlx::query!(
                r#"SELECT id, slug, metadata ? $3 AS "unfinished!" FROM tenant WHERE id = $1 OR slug = $2 OR school_id = $4"#,
                id,
                new.slug,
                IMPORTING,
                new.school_id
            );
            Ok(same.fetch_all(tx.conn()).await?)
        });
        for there in same.await? {
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
        let new = NewSchool { metadata: &metadata, ..*new };
        self.in_tx("school import", async |tx| Ok(schools::create(tx, id, &new).await.map(drop)?)).await
    }

    /// The school is whole: takes the mark away and says so in its audit chain.
    pub(super) async fn open_school(&self, id: Uuid, details: Json) -> Result<(), Refusal> {
        let opened = self.in_tx("school import", async |tx| {
            let unmark = sqlx::query!(
                "UPDATE tenant SET metadata = metadata - $2::text, updated_at = now() WHERE id = $1",
                id,
                IMPORTING
            );
            unmark.execute(tx.conn()).await?;
            schools::audit(tx, id, "school.imported", details).await
        });
        opened.await
    }
}

//! Shapes that several routes about people share.

use crate::auth::sign_in::Welcome;
use pems_model::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A role at a school, as the document describes it; [`Role`] lives in a crate that knows no OpenAPI.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes Role")]
pub(super) enum RoleShape {
    SchoolAdmin,
    SchoolHead,
    Registrar,
    Teacher,
    Cashier,
    Viewer,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Person {
    id: Uuid,
    email: String,
    name: String,
    #[schema(value_type = RoleShape)]
    role: Role,
    /// Nothing else works until another password was chosen.
    must_change_password: bool,
}

/// Where.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SchoolOf {
    id: Uuid,
    name: String,
    slug: String,
    /// As in Asia/Manila.
    timezone: String,
}

/// Who is signed in, and where.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    user: Person,
    school: SchoolOf,
}

impl From<Welcome> for Me {
    fn from(of: Welcome) -> Me {
        let must_change_password = of.must_change_password;
        let user = Person { id: of.account, email: of.email, name: of.name, role: of.role, must_change_password };
        Me { user, school: SchoolOf { id: of.tenant, name: of.school_name, slug: of.slug, timezone: of.timezone } }
    }
}

/// That it was done.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct Done {
    #[schema(example = true)]
    pub(super) done: bool,
}

pub(super) const DONE: Done = Done { done: true };

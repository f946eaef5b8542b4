//! Who calls: extractors that a handler names in its signature. Without one it has no context, and without a context no door
//! opens.

use super::answer::ApiError;
use crate::bearer;
use crate::hub::Hub;
use crate::refusal::Refusal;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use pems_doors::{Caller, Mode, OperatorContext, TenantContext, edge};
use pems_model::{Code, Role};
use std::sync::Arc;

/// A signed-in user of a school.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignedIn(pub(crate) TenantContext);

impl SignedIn {
    /// # Errors
    /// `role_forbidden`.
    pub(crate) fn must_be(&self, roles: &[Role]) -> Result<(), Refusal> {
        if roles.contains(&self.0.role()) {
            return Ok(());
        }
        let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
        Err(Refusal::new(
            Code::RoleForbidden,
            format!("this is for: {}; ask your school's administrator", names.join(", ")),
        ))
    }
}

impl FromRequestParts<Arc<Hub>> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<SignedIn, ApiError> {
        match bearer::caller(hub, &parts.headers, edge::now())? {
            Caller::Tenant(who) if who.mode() == Mode::User => Ok(SignedIn(who)),
            _ => Err(Refusal::new(Code::Unauthorized, "this is for signed-in users of a school").into()),
        }
    }
}

/// Somebody who runs the hub, in operator mode.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OperatorMode(pub(crate) OperatorContext);

impl FromRequestParts<Arc<Hub>> for OperatorMode {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<OperatorMode, ApiError> {
        match bearer::caller(hub, &parts.headers, edge::now())? {
            Caller::Operator(who) => Ok(OperatorMode(who)),
            Caller::Tenant(_) => {
                Err(Refusal::new(Code::Unauthorized, "this is for those who run the hub; sign in as an operator")
                    .into())
            }
        }
    }
}

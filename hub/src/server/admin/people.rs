//! What the command line does with people: the operators themselves, a school's first administrator, and a way back in for one
//! who is locked out.
//!
//! Invariant: secrets are given once, to whoever ran the command, and kept in no form that could be given again.

use crate::auth::seal::Seal;
use crate::auth::{field, recovery, totp};
use crate::events::{self, DomainEvent};
use crate::refusal::Refusal;
use crate::schools::{self, NewSchool, School};
use crate::server::admin::Admin;
use crate::users::accounts::{hash_now, one_time, why_no_account};
use pems_db::{ConsoleRole, Scope, Tx, sys};
use pems_model::{Code, Role};
use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;
use time::serde::rfc3339;
use uuid::Uuid;

/// An account's one-time password: signing in with it serves to choose another.
#[derive(Clone, Serialize)]
pub struct OneTimePassword {
    pub user: Uuid,
    pub email: String,
    pub one_time_password: String,
}

impl std::fmt::Debug for OneTimePassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OneTimePassword").field("user", &self.user).finish_non_exhaustive()
    }
}

/// An operator's second factor, for the authenticator app.
#[derive(Clone, Serialize)]
pub struct NewOperator {
    pub id: Uuid,
    pub email: String,
    /// The address behind the QR code (`otpauth://...`).
    pub otpauth: String,
    /// The same secret for typing, base 32.
    pub secret: String,
    /// Each lets into the console once, for who has lost the app.
    pub recovery_codes: Vec<String>,
}

/// What is shown once of a second factor, and what the database keeps of it.
struct SecondFactor {
    shown: NewOperator,
    sealed: Vec<u8>,
    hashes: Vec<Vec<u8>>,
}

impl std::fmt::Debug for NewOperator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewOperator").field("id", &self.id).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct OperatorLine {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    /// `owner`, `support` or `viewer`.
    pub role: String,
    /// Without one: of the whole hub.
    pub region: Option<String>,
    pub division: Option<String>,
    #[serde(with = "rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "rfc3339::option")]
    pub last_sign_in_at: Option<OffsetDateTime>,
    #[serde(with = "rfc3339::option")]
    pub disabled_at: Option<OffsetDateTime>,
}

/// Adds somebody to a school within an operator's transaction.
///
/// # Errors
/// `bad_request`; `conflict` for an e-mail that somebody of the school has.
pub(crate) async fn add_user_in(
    tx: &mut Tx,
    school: Uuid,
    email: &str,
    name: Option<&str>,
    role: Role,
) -> Result<OneTimePassword, Refusal> {
    let email = field::new_email(email)?;
    let name = name_or_email(name, &email)?;
    let secret = one_time()?;
    let user = sys::new_ordered_id(sys::now())?;
    let add = sqlx::query!(
        "SELECT sec.add_account_of($1, $2, $3, $4, $5, $6)",
        school,
        user,
        email,
        name,
        role.name(),
        hash_now(&secret)?
    );
    add.execute(tx.conn()).await.map_err(why_no_account)?;
    events::emit_of(tx, school, &DomainEvent::UserCreated { user, role }).await?;
    Ok(OneTimePassword { user, email, one_time_password: secret })
}

impl Admin {
    /// Adds a school and its first administrator, or neither.
    ///
    /// # Errors
    /// `conflict` for what is taken, `bad_request` for values that cannot be.
    pub async fn add_school_with_admin(
        &self,
        new: &NewSchool<'_>,
        email: &str,
        name: Option<&str>,
    ) -> Result<(School, OneTimePassword), Refusal> {
        let id = sys::new_ordered_id(sys::now())?;
        let added = self.in_tx("school add", async |tx| {
            let school = schools::create(tx, id, new).await?;
            let first = add_user_in(tx, school.id, email, name, Role::SchoolAdmin).await?;
            Ok((school, first))
        });
        added.await
    }

    /// Adds somebody to a school, with a one-time password.
    ///
    /// # Errors
    /// `not_found` for a slug that no school has; `conflict` for an e-mail that somebody of the school has.
    pub async fn add_user(
        &self,
        slug: &str,
        email: &str,
        name: Option<&str>,
        role: Role,
    ) -> Result<OneTimePassword, Refusal> {
        let added = self.in_tx("user add", async |tx| {
            let school = school(tx, slug).await?;
            add_user_in(tx, school, email, name, role).await
        });
        added.await
    }

    /// Gives somebody of a school a one-time password, and ends their sessions.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn reset_user(&self, slug: &str, email: &str) -> Result<OneTimePassword, Refusal> {
        let email = field::email(email)?;
        let secret = one_time()?;
        let hash = hash_now(&secret)?;
        let reset = self.in_tx("user reset-password", async |tx| {
            let school = school(tx, slug).await?;
            let reset = sqlx::query_scalar!("SELECT sec.reset_account_of($1, $2, $3)", school, email, hash);
            let nobody = || Refusal::new(Code::NotFound, format!("nobody active in '{slug}' has the e-mail {email}"));
            let user = reset.fetch_one(tx.conn()).await?.ok_or_else(nobody)?;
            events::emit_of(tx, school, &DomainEvent::PasswordReset { user }).await?;
            Ok(user)
        });
        let user = reset.await?;
        Ok(OneTimePassword { user, email, one_time_password: secret })
    }

    /// Adds an owner of the whole hub.
    ///
    /// # Errors
    /// As [`Admin::add_operator_as`].
    pub async fn add_operator(&self, email: &str, name: Option<&str>, password: &str) -> Result<NewOperator, Refusal> {
        self.add_operator_as(email, name, password, ConsoleRole::Owner, &Scope::default()).await
    }

    /// # Errors
    /// `password_weak`; `bad_request`; `conflict` for an e-mail that an operator has.
    pub async fn add_operator_as(
        &self,
        email: &str,
        name: Option<&str>,
        password: &str,
        role: ConsoleRole,
        scope: &Scope,
    ) -> Result<NewOperator, Refusal> {
        let scope = field::scope(scope.region.as_deref(), scope.division.as_deref())?;
        let email = field::new_email(email)?;
        let name = name_or_email(name, &email)?;
        crate::auth::strong("password", password, &[&email, &name])?;
        let id = sys::new_ordered_id(sys::now())?;
        let SecondFactor { shown: made, sealed, hashes: recovery } = self.second_factor(id, &email)?;
        let hash = hash_now(password)?;
        let added = self.in_tx("operator add", async |tx| {
            let add = sqlx::query!(
                "SELECT sec.add_operator($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                id,
                email,
                name,
                role.name(),
                scope.region.as_deref(),
                scope.division.as_deref(),
                hash,
                sealed,
                &recovery[..]
            );
            add.execute(tx.conn()).await.map_err(why_no_operator)?;
            Ok(made)
        });
        added.await
    }

    /// Gives an operator another password and another second factor; whoever was disabled is let in again.
    ///
    /// # Errors
    /// `password_weak`, `not_found`.
    pub async fn reset_operator(&self, email: &str, password: &str) -> Result<NewOperator, Refusal> {
        let email = field::email(email)?;
        crate::auth::strong("password", password, &[&email])?;
        let hash = hash_now(password)?;
        let reset = self.in_tx("operator reset", async |tx| {
            let id = sqlx::query_scalar!("SELECT sec.operator_id($1)", email);
            let id = id.fetch_one(tx.conn()).await?.ok_or_else(|| no_operator(&email))?;
            let SecondFactor { shown: made, sealed, hashes: recovery } = self.second_factor(id, &email)?;
            let reset = sqlx::query!("SELECT sec.reset_operator($1, $2, $3, $4)", id, hash, sealed, &recovery[..]);
            reset.execute(tx.conn()).await?;
            Ok(made)
        });
        reset.await
    }

    /// Gives an operator another role and scope, and ends what the operator is doing.
    ///
    /// # Errors
    /// `bad_request`, `not_found`.
    pub async fn set_operator_role(&self, email: &str, role: ConsoleRole, scope: &Scope) -> Result<(), Refusal> {
        let email = field::email(email)?;
        let scope = field::scope(scope.region.as_deref(), scope.division.as_deref())?;
        let set = self.in_tx("operator role", async |tx| {
            let set = sqlx::query_scalar!(
                "SELECT sec.set_operator_role($1, $2, $3, $4)",
                email,
                role.name(),
                scope.region.as_deref(),
                scope.division.as_deref()
            );
            set.fetch_one(tx.conn()).await?.map(drop).ok_or_else(|| no_operator(&email))
        });
        set.await
    }

    /// Shuts an operator out, and ends at once what the operator is doing.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn disable_operator(&self, email: &str) -> Result<(), Refusal> {
        let email = field::email(email)?;
        let disabled = self.in_tx("operator disable", async |tx| {
            let disable = sqlx::query_scalar!("SELECT sec.disable_operator($1)", email);
            disable.fetch_one(tx.conn()).await?.map(drop).ok_or_else(|| no_operator(&email))
        });
        disabled.await
    }

    /// # Errors
    /// A database that is busy or away.
    pub async fn operators(&self) -> Result<Vec<OperatorLine>, Refusal> {
        let listed = self.look("operator list", async |tx| {
            let operators = sqlx::query_as!(
                OperatorLine,
                r#"SELECT id AS "id!", email AS "email!", name AS "name!", role AS "role!", region, division,
                       created_at AS "created_at!", last_sign_in_at, disabled_at
                   FROM sec.operators()"#
            );
            Ok(operators.fetch_all(tx.conn()).await?)
        });
        listed.await
    }

    fn second_factor(&self, id: Uuid, email: &str) -> Result<SecondFactor, Refusal> {
        let secret: [u8; totp::SECRET] = sys::random()?;
        let internal = |error: &dyn std::fmt::Display| Refusal::internal("second factor", error);
        let (otpauth, typed) = totp::enrolment(&secret, email).map_err(|error| internal(&error))?;
        let sealed = Seal::new(self.keys()).seal(id, &secret, sys::random()?).map_err(|error| internal(&error))?;
        let (recovery_codes, hashes) = recovery::codes()?;
        let made = NewOperator { id, email: email.to_owned(), otpauth, secret: typed, recovery_codes };
        Ok(SecondFactor { shown: made, sealed, hashes })
    }
}

async fn school(tx: &mut Tx, slug: &str) -> Result<Uuid, Refusal> {
    let query = sqlx::query_scalar!("SELECT id FROM tenant WHERE lower(slug) = $1", slug);
    let missing =
        || Refusal::new(Code::NotFound, format!("there is no school '{slug}'; `pems-hub school list` shows them"));
    query.fetch_optional(tx.conn()).await?.ok_or_else(missing)
}

fn name_or_email(name: Option<&str>, email: &str) -> Result<String, Refusal> {
    field::name(name.unwrap_or_else(|| email.split('@').next().unwrap_or(email)))
}

fn no_operator(email: &str) -> Refusal {
    Refusal::new(Code::NotFound, format!("there is no operator {email}; `pems-hub operator list` shows them"))
}

fn why_no_operator(error: sqlx::Error) -> Refusal {
    let constraint = error.as_database_error().and_then(|error| error.constraint()).unwrap_or_default();
    if constraint == "operator_email_key" {
        let message = "there is an operator with this e-mail already; `pems-hub operator reset` gives another password";
        return Refusal::new(Code::Conflict, message).with(json!({ "field": "email" }));
    }
    error.into()
}

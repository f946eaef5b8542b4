//! `pems-hub operator` and `pems-hub user`: those who run the hub, and ways into a school for those who have none.

use super::out::{Out, moment};
use super::secret::PASSWORD;
use super::{Failed, role, secret};
use crate::schools::{NewSchool, School};
use crate::server::admin::Admin;
use crate::server::admin::{NewOperator, OneTimePassword, OperatorLine};
use clap::{Args, Subcommand};
use pems_db::{ConsoleRole, Scope};
use pems_model::Role;
use serde::Serialize;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum Operator {
    /// Add somebody who runs the hub; prints the second factor and the recovery codes once
    Add {
        email: String,
        #[arg(long)]
        name: Option<String>,
        /// owner, support or viewer
        #[arg(long, default_value = "owner", value_parser = console_role)]
        role: ConsoleRole,
        #[command(flatten)]
        scope: Of,
        #[command(flatten)]
        password: Password,
    },
    /// All operators
    List,
    /// Another role and scope; what the operator is doing ends
    Role {
        email: String,
        /// owner, support or viewer
        #[arg(value_parser = console_role)]
        role: ConsoleRole,
        #[command(flatten)]
        scope: Of,
    },
    /// Shut an operator out at once
    Disable { email: String },
    /// Another password and another second factor, printed once; lets in again who was disabled
    Reset {
        email: String,
        #[command(flatten)]
        password: Password,
    },
}

/// The schools that an operator is there for.
#[derive(Debug, Args)]
pub(super) struct Of {
    /// Of this region alone; without it, of the whole hub
    #[arg(long)]
    region: Option<String>,
    /// Of this division of the region alone
    #[arg(long, requires = "region")]
    division: Option<String>,
}

impl From<Of> for Scope {
    fn from(of: Of) -> Scope {
        Scope { region: of.region, division: of.division }
    }
}

fn console_role(name: &str) -> Result<ConsoleRole, String> {
    let names = || format!("a role is one of: {}", ConsoleRole::ALL.map(ConsoleRole::name).join(", "));
    ConsoleRole::parse(name).ok_or_else(names)
}

#[derive(Debug, Args)]
pub(super) struct Password {
    /// File with the password; without it, it is taken from `PEMS_HUB_OPERATOR_PASSWORD` or asked for
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Add somebody to a school; prints a one-time password
    Add {
        #[arg(long)]
        school: String,
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: Option<String>,
        /// school_admin, school_head, registrar, teacher, cashier or viewer
        #[arg(long, default_value = "school_admin", value_parser = role)]
        role: Role,
    },
    /// Print a one-time password for somebody who is locked out; ends their sessions
    ResetPassword {
        #[arg(long)]
        school: String,
        #[arg(long)]
        email: String,
    },
}

pub(super) async fn operator(admin: &Admin, job: Operator, out: &Out) -> Result<(), Failed> {
    match job {
        Operator::Add { email, name, role, scope, password } => {
            let password = password.read()?;
            let made = admin.add_operator_as(&email, name.as_deref(), &password, role, &scope.into()).await?;
            out.object(&made, second_factor)
        }
        Operator::Role { email, role, scope } => {
            admin.set_operator_role(&email, role, &scope.into()).await?;
            out.object(&json!({ "email": email, "role": role.name() }), |_| format!("{email} is {}", role.name()))
        }
        Operator::List => admin.operators().await?.iter().try_for_each(|operator| out.object(operator, line)),
        Operator::Disable { email } => {
            admin.disable_operator(&email).await?;
            out.object(&json!({ "email": email, "disabled": true }), |_| format!("{email} is shut out"))
        }
        Operator::Reset { email, password } => {
            let password = password.read()?;
            out.object(&admin.reset_operator(&email, &password).await?, second_factor)
        }
    }
}

pub(super) async fn user(admin: &Admin, job: User, out: &Out) -> Result<(), Failed> {
    match job {
        User::Add { school, email, name, role } => {
            out.object(&admin.add_user(&school, &email, name.as_deref(), role).await?, one_time)
        }
        User::ResetPassword { school, email } => out.object(&admin.reset_user(&school, &email).await?, one_time),
    }
}

pub(super) fn one_time(made: &OneTimePassword) -> String {
    format!("{} signs in once with {} and then chooses a password", made.email, made.one_time_password)
}

fn second_factor(made: &NewOperator) -> String {
    format!(
        "{} is an operator. Into the authenticator app, now, for it is not shown again:\n  {}\n  or typed: {}\n\
         On paper, for a lost phone; each lets into the console once:\n  {}",
        made.email,
        made.otpauth,
        made.secret,
        made.recovery_codes.join("\n  ")
    )
}

fn line(operator: &OperatorLine) -> String {
    let seen = operator.last_sign_in_at.map_or("never".into(), moment);
    let state = if operator.disabled_at.is_some() { "  disabled" } else { "" };
    let of = operator.division.as_deref().or(operator.region.as_deref()).unwrap_or("the whole hub");
    format!("{}  {}  {} of {of}  last signed in {seen}{state}", operator.email, operator.name, operator.role)
}

impl Password {
    fn read(&self) -> Result<String, Failed> {
        let what = "Password (ten characters or more; three or four words do well)";
        secret::chosen(what, self.password_file.as_deref(), Some(PASSWORD))
    }
}

/// Adds a school, with its first administrator if there is to be one.
pub(super) async fn add_school(
    admin: &Admin,
    new: &NewSchool<'_>,
    first: Option<FirstAdmin>,
    out: &Out,
    line: impl Fn(&School) -> String,
) -> Result<(), Failed> {
    let (school, first) = match first {
        None => (admin.add_school(new.name, new.slug, new.school_id, new.timezone).await?, None),
        Some(first) => {
            let (school, first) = admin.add_school_with_admin(new, &first.email, first.name.as_deref()).await?;
            (school, Some(first))
        }
    };
    out.object(&Added { school, admin: first }, |added| {
        let told = added.admin.as_ref().map(|first| format!("\n{}", one_time(first)));
        format!("{}{}", line(&added.school), told.unwrap_or_default())
    })
}

/// Who is to be the first administrator of a school.
#[derive(Debug)]
pub(super) struct FirstAdmin {
    pub(super) email: String,
    pub(super) name: Option<String>,
}

#[derive(Debug, Serialize)]
struct Added {
    #[serde(flatten)]
    school: School,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin: Option<OneTimePassword>,
}

//! Who may come in, and the only ways to the database.
//!
//! A crate of its own so that the compiler keeps the promise: a handler of the hub can be handed a [`TenantContext`], which
//! only a checked access token makes, and with it [`TenantDb::in_tx`] works in a transaction that PostgreSQL itself confines to one
//! school. There is nothing else here to get a connection from:
//!
//! A context cannot be made up:
//! ```compile_fail,E0451
//! fn handler(school: uuid::Uuid, me: uuid::Uuid) -> pems_db::TenantContext {
//!     pems_db::TenantContext { tenant: school, actor: me, role: pems_model::Role::SchoolAdmin, mode: pems_db::Mode::User, session: None }
//! }
//! ```
//! The door does not give away its pool:
//! ```compile_fail,E0616
//! async fn handler(door: pems_db::TenantDb) { door.pool.get().await; }
//! ```
//! Neither does [`AuthDb`]:
//! ```compile_fail,E0616
//! async fn handler(auth_db: pems_db::AuthDb) { sqlx::query("SELECT 1").execute(&auth_db.pool).await; }
//! ```
//! A transaction cannot be had for a school by its id:
//! ```compile_fail,E0308
//! async fn handler(door: pems_db::TenantDb, school: uuid::Uuid) -> Result<(), pems_db::DbError> {
//!     door.in_tx(&school, pems_db::Access::Write, async |_tx| Ok(())).await
//! }
//! ```
//! The context of a school does not open the operators' door:
//! ```compile_fail,E0308
//! async fn handler(door: pems_db::OperatorDb, me: pems_db::TenantContext) -> Result<(), pems_db::DbError> {
//!     door.in_tx(&me, pems_db::Access::ReadOnly, "look around", None, async |_tx| Ok(())).await
//! }
//! ```
//! Neither does an access token open the console's, nor the console's cookie the records':
//! ```compile_fail,E0308
//! async fn handler(door: pems_db::ConsoleDb, me: pems_db::OperatorContext) -> Result<(), pems_db::DbError> {
//!     door.in_tx(&me, pems_db::Access::ReadOnly, "look around", None, async |_tx| Ok(())).await
//! }
//! ```
//! ```compile_fail,E0308
//! async fn handler(door: pems_db::OperatorDb, me: pems_db::ConsoleContext) -> Result<(), pems_db::DbError> {
//!     door.in_tx(&me, pems_db::Access::ReadOnly, "look around", None, async |_tx| Ok(())).await
//! }
//! ```
//! Nobody opens one and forgets to end it:
//! ```compile_fail,E0624
//! async fn handler(door: pems_db::TenantDb, me: pems_db::TenantContext) { door.begin(&me, pems_db::Access::Write, "").await; }
//! ```
//! A transaction is not kept, and its connection does not outlive it:
//! ```compile_fail
//! async fn handler(door: pems_db::TenantDb, me: pems_db::TenantContext) -> Result<(), pems_db::DbError> {
//!     let conn = door.in_tx(&me, pems_db::Access::Write, async |tx| Ok::<_, pems_db::DbError>(tx.conn())).await?;
//!     sqlx::query("SELECT 1").execute(conn).await?;
//!     Ok(())
//! }
//! ```
//! What it is for:
//! ```
//! async fn handler(door: pems_db::TenantDb, me: pems_db::TenantContext) -> Result<i64, pems_db::DbError> {
//!     door.in_tx(&me, pems_db::Access::ReadOnly, async |tx| {
//!         let learners = sqlx::query_scalar("SELECT count(*) FROM student WHERE tenant_id = $1");
//!         Ok(learners.bind(me.tenant()).fetch_one(tx.conn()).await?)
//!     })
//!     .await
//! }
//! ```

#![warn(missing_docs)]

mod access;
mod announced;
mod auth_db;
mod console_db;
mod context;
mod error;
mod keyring;
mod keys;
mod meter;
mod operator_db;
mod outbox;
mod pool;
mod share;
pub mod sys;
mod tenant_db;
mod turn;

pub use access::{AccessError, AccessTokens, Grant, Issued};
pub use auth_db::{
    AccountKey, AuthDb, DeviceFacts, Factor, Heard, Hints, Invited, ModeBegun, OperatorKey, PasswordOwner, Redeemed,
    Refreshed, SessionFacts, SessionOpened, StepUpKey, Try,
};
pub use console_db::ConsoleDb;
pub use context::{Caller, ConsoleContext, ConsoleRole, Mode, OperatorContext, Scope, TenantContext};
pub use error::DbError;
pub use keyring::KeyringKey;
pub use keys::Keys;
pub use meter::Reading;
pub use operator_db::OperatorDb;
pub use outbox::{ClaimedEvent, SchoolLevel};
pub use pool::{Access, Tx};
pub use share::{Share, Shares};
pub use tenant_db::TenantDb;

//! Who may come in, and the only ways to the database.
//!
//! A crate of its own so that the compiler keeps the promise: a handler of the hub can be handed a [`TenantContext`], which
//! only a checked access token makes, and with it [`Tenant::begin`] opens a transaction that PostgreSQL itself confines to one
//! school. There is nothing else here to get a connection from:
//!
//! A context cannot be made up:
//! ```compile_fail,E0451
//! fn handler(school: uuid::Uuid, me: uuid::Uuid) -> pems_doors::TenantContext {
//!     pems_doors::TenantContext { tenant: school, actor: me, role: pems_model::Role::SchoolAdmin, mode: pems_doors::Mode::User, session: None }
//! }
//! ```
//! The door does not give away its pool:
//! ```compile_fail,E0616
//! async fn handler(door: pems_doors::Tenant) { door.pool.get().await; }
//! ```
//! Neither does the lobby:
//! ```compile_fail,E0616
//! async fn handler(lobby: pems_doors::Lobby) { sqlx::query("SELECT 1").execute(&lobby.pool).await; }
//! ```
//! A transaction cannot be opened for a school by its id:
//! ```compile_fail,E0308
//! async fn handler(door: pems_doors::Tenant, school: uuid::Uuid) { door.begin(&school, pems_doors::Access::Write).await; }
//! ```
//! The context of a school does not open the operators' door:
//! ```compile_fail,E0308
//! async fn handler(door: pems_doors::Operator, me: pems_doors::TenantContext) { door.begin(&me, "look around", None).await; }
//! ```
//! A transaction is not put together by hand, and its connection does not outlive it:
//! ```compile_fail,E0505
//! async fn handler(mut tx: pems_doors::Tx) {
//!     let conn = tx.conn();
//!     tx.commit().await;
//!     sqlx::query("SELECT 1").execute(conn).await;
//! }
//! ```
//! What it is for:
//! ```
//! async fn handler(door: pems_doors::Tenant, me: pems_doors::TenantContext) -> Result<i64, pems_doors::DoorError> {
//!     let mut tx = door.begin(&me, pems_doors::Access::ReadOnly).await?;
//!     let learners = sqlx::query_scalar("SELECT count(*) FROM student WHERE tenant_id = $1")
//!         .bind(me.tenant()).fetch_one(tx.conn()).await?;
//!     tx.commit().await?;
//!     Ok(learners)
//! }
//! ```

mod access;
mod context;
pub mod edge;
mod error;
mod keys;
mod lobby;
mod meter;
mod operator;
mod outbox;
mod pool;
mod ring;
mod share;
mod tenant;
mod turn;

pub use access::{AccessError, AccessTokens, Grant, Issued};
pub use context::{Caller, Mode, OperatorContext, TenantContext};
pub use error::DoorError;
pub use keys::Keys;
pub use lobby::{
    AccountKey, DeviceFacts, Heard, Hints, Lobby, ModeBegun, OperatorKey, PasswordOwner, Redeemed, Refreshed,
    SessionFacts, SessionOpened, Try,
};
pub use meter::Reading;
pub use operator::Operator;
pub use outbox::{ClaimedEvent, SchoolLevel};
pub use pool::{Access, Tx};
pub use ring::RingKey;
pub use share::{Share, Shares};
pub use tenant::Tenant;

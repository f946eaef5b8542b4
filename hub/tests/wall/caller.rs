//! How a test comes through the door by hand: the one file that knows tokens, modes and forms of the context.

use crate::plant::World;
use crate::psql::Psql;
use pems_hub::ContextForm;
use pems_hub::db::{AccessTokens, Caller, Grant, Mode, TenantContext, sys};
use pems_model::Role;
use std::time::Duration;
use uuid::Uuid;

/// Both forms of the context pass the same tests.
pub(crate) const FORMS: [ContextForm; 2] = [ContextForm::Parameter, ContextForm::Hmac];

/// A session that has greeted the database and holds what its tokens must name.
pub(crate) struct Session {
    pub(crate) psql: Psql,
    pub(crate) nonce: String,
}

impl Session {
    pub(crate) async fn open(world: &World, role: &str) -> Session {
        let mut session = Session { psql: Psql::open(world.url(), role), nonce: String::new() };
        session.greet().await;
        session
    }

    /// Greets anew, as the pool does between two requests.
    pub(crate) async fn greet(&mut self) {
        let said = self.psql.ask("SELECT sec.hello();").await;
        self.nonce = said.trim().to_owned();
        assert_eq!(self.nonce.len(), 32, "a nonce, not {said}");
    }

    pub(crate) fn token(&self, world: &World, tenant: Uuid, mode: Mode) -> String {
        self.token_at(world, tenant, mode, sys::now())
    }

    /// As signed at `now`, microseconds since 1970.
    pub(crate) fn token_at(&self, world: &World, tenant: Uuid, mode: Mode, now: i64) -> String {
        world.keys.context_token(tenant, world.actor, mode, now, &self.nonce)
    }

    /// What the door sends to open a request of a school.
    pub(crate) fn entry(&self, world: &World, tenant: Uuid) -> String {
        format!("BEGIN;\n\\o /dev/null\nSELECT sec.enter('{}');\n\\o\n", self.token(world, tenant, Mode::Device))
    }
}

/// The context of a device of a school, as the middleware makes it from an access token.
pub(crate) fn context(world: &World, tenant: Uuid) -> TenantContext {
    let tokens = AccessTokens::new(&world.keys, Duration::from_secs(3600));
    let grant = Grant::Device { tenant, device: world.actor, role: Role::Registrar };
    let issued = tokens.issue(grant, sys::now()).expect("a token");
    match tokens.check(&issued.token, sys::now()).expect("its own token") {
        Caller::Tenant(context) => context,
        Caller::Operator(_) => panic!("a device is no operator"),
    }
}

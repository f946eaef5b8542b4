//! `/api/v1` of schools, learners and logs, with what surrounds it: events, limits, metrics. Real HTTP, a real PostgreSQL.

mod audit;
mod beside;
mod caller;
mod connections;
mod events;
mod face;
mod fresh;
mod learners;
mod limits;
mod metrics;
mod plans;
#[path = "../hub/reply.rs"]
mod reply;
mod tenants;
mod walk;
#[path = "../hub/world.rs"]
#[expect(dead_code, reason = "shared with the test target hub")]
mod world;

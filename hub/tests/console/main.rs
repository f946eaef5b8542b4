//! The operators' console over real HTTP against a real PostgreSQL: who gets in, what they may do, what a stranger meets, and what
//! the database itself refuses.

mod acts;
mod desk;
mod doors;
mod owners;
#[path = "../hub/reply.rs"]
mod reply;
mod sessions;
mod walk;
#[path = "../hub/world.rs"]
#[expect(dead_code, reason = "shared with the test target hub")]
mod world;

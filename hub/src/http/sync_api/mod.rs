//! What offices' PCs call: `/v1/enrol`, `/v1/token`, `/v1/sync`. docs/sync.md has the protocol.

pub(crate) mod enrol;
pub(crate) mod sync;
pub(crate) mod token;

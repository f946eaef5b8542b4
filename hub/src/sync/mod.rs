//! Offices' copies and the hub's records brought level: changes in (`push`), rows out (`pull`), in the order that each school's
//! clock gives them.

pub(crate) mod clock;
pub(crate) mod lines;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod schema_negotiation;
pub(crate) mod tenant_state;

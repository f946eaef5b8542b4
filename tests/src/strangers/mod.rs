//! Strangers: tireless users who do not know how PEMS is meant to be used.

pub mod files;
mod stay;

pub use stay::Stay;

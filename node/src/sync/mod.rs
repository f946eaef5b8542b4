//! The hands of the sync machine: it says what to do ([`pems_model::engine`]), this does it over HTTP and SQLite.

mod driver;
mod http;

pub use driver::{Driver, Happening, Summary};
pub use http::{ExchangeError, HubClient};

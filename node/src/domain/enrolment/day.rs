//! A day as the window writes it: `2026-06-08`.

use pems_model::value::{format_date, parse_date};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Days since 1970-01-01 inside, `YYYY-MM-DD` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i32);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Day, D::Error> {
        let text = String::deserialize(from)?;
        let odd = || de::Error::custom(format!("'{text}' is not a day; write it as 2026-06-08"));
        parse_date(&text).map(Day).ok_or_else(odd)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format_date(self.0))
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&format_date(self.0))
    }
}

//! What is said about a cell of a register: a sentence in English, as every refusal has one, and where it is one of those that
//! clerks meet, its key and what it names, so that a screen says it in the clerk's own language.

use serde::Serialize;
use ts_rs::TS;

/// Which sentence it is. The screens have each in every language (`imports.ts` in `ui/src/strings/`); their compiler misses none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "ImportSaidKey")]
pub enum Key {
    OtherSheet,
    NoLearner,
    NoYear,
    YearClosed,
    LrnRounded,
    LrnDigits,
    LrnTwice,
    NoName,
    Sex,
    NoDate,
    Nothing,
    Future,
    Years,
    Age,
    Numbers,
    NoMobile,
    NoComma,
}

/// A sentence that the screens have too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ImportSaid")]
pub struct Said {
    pub key: Key,
    /// What the sentence names, in its order.
    pub with: Vec<String>,
}

/// A sentence on its way into a warning or a refusal.
#[derive(Debug, Clone)]
pub(super) struct Sentence {
    pub(super) message: String,
    pub(super) said: Option<Said>,
}

/// A sentence that the screens know.
pub(super) fn say(key: Key, with: &[&str], message: String) -> Sentence {
    let with = with.iter().map(|text| (*text).to_owned()).collect();
    Sentence { message, said: Some(Said { key, with }) }
}

impl From<String> for Sentence {
    fn from(message: String) -> Sentence {
        Sentence { message, said: None }
    }
}

//! What a request of the window is: one struct with its name, who may ask it, what it answers and what it does, in one place.
//! `{"do": NAME, ...}` has the struct's fields beside its name.
//!
//! Invariants: a request that is not in the list of `requests.rs` does not compile ([`Listed`]), nor does one without a name, an
//! access or an answer; the TypeScript of request and answer follows from the struct ([`Declarations`]).

use super::typescript::Declarations;
use crate::{NodeError, Result};
use pems_model::{Act, Code};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};
use ts_rs::TS;

/// Who may ask. What of the records they are shown then, and which of them they may write, is decided where the records are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::app) enum May {
    /// Everybody, before anybody signed in: it shows no record, or looks for itself who is there.
    Always,
    /// Whoever is signed in and may. A school without users is the office's: there, everybody.
    See(Act),
    /// Whoever is signed in and may; in a school without users, whoever sits at a PC that may.
    Do(Act),
}

/// Is in the list of requests; given by `requests!` alone.
#[diagnostic::on_unimplemented(
    message = "the request `{Self}` is in no list",
    label = "not listed",
    note = "add its line to node/src/app/requests.rs"
)]
pub(in crate::app) trait Listed {}

/// Who answers requests.
pub(in crate::app) trait Answers {
    /// # Errors
    /// `not_signed_in`, `password_change_required`, `role_forbidden`.
    fn check_may(&mut self, may: May) -> Result<()>;
}

/// One request of the window, answered by the desk or by what stands before it.
pub(in crate::app) trait Request<By: Answers>: Listed + DeserializeOwned + TS + 'static {
    /// `area.what`: the area is its folder and its file in `ui/src/generated/`.
    const NAME: &'static str;
    const ACCESS: May;
    type Answer: Serialize + TS + 'static;

    /// Where its first write has to wait for somebody else's it is asked once more from the beginning (`lifecycle/waiting.rs`), so
    /// what it does before that can be done twice.
    ///
    /// # Errors
    /// What was refused, with its stable code; nothing is written then.
    fn run(self, by: &mut By) -> Result<Self::Answer>;
}

/// A line of the list.
pub(in crate::app) struct Entry<By> {
    pub(in crate::app) name: &'static str,
    access: May,
    answer: fn(Map<String, Json>, &mut By) -> Result<Json>,
    pub(in crate::app) declare: fn(&mut Declarations),
}

impl<By: Answers> Entry<By> {
    pub(in crate::app) const fn of<R: Request<By>>() -> Entry<By> {
        Entry { name: R::NAME, access: R::ACCESS, answer: answer::<By, R>, declare: declare::<By, R> }
    }
}

fn answer<By: Answers, R: Request<By>>(fields: Map<String, Json>, by: &mut By) -> Result<Json> {
    let request: R = serde_json::from_value(Json::Object(fields))
        .map_err(|error| NodeError::new(Code::BadRequest, format!("{} cannot be read: {error}", R::NAME)))?;
    let answer = request.run(by)?;
    serde_json::to_value(answer).map_err(|error| NodeError::new(Code::Internal, error.to_string()))
}

fn declare<By: Answers, R: Request<By>>(declarations: &mut Declarations) {
    declarations.request::<R, R::Answer>(R::NAME);
}

/// The lists of requests: which is answered by whom.
macro_rules! requests {
    ($($(#[$doc:meta])* $list:ident by $by:ty { $($request:path,)+ })+) => { $(
        $(impl Listed for $request {})+
        $(#[$doc])*
        pub(in crate::app) const $list: &[Entry<$by>] = &[$(Entry::of::<$request>()),+];
    )+ };
}
pub(in crate::app) use requests;

/// What is asked for: its name, and the request without it.
///
/// # Errors
/// `bad_request` for what is no request at all.
pub(in crate::app) fn take_apart(request: Json) -> Result<(String, Map<String, Json>)> {
    let refused = |what: &str| NodeError::new(Code::BadRequest, format!("this is not a request of the office: {what}"));
    let Json::Object(mut fields) = request else { return Err(refused("it is no object")) };
    match fields.remove("do") {
        Some(Json::String(name)) => Ok((name, fields)),
        Some(_) => Err(refused("`do` is not the name of a request")),
        None => Err(refused("missing field `do`")),
    }
}

/// The line of a request; `None` where another list may have it.
pub(in crate::app) fn find<By>(list: &'static [Entry<By>], name: &str) -> Option<&'static Entry<By>> {
    list.iter().find(|entry| entry.name == name)
}

/// Answers a request that is in the list, if who is here may ask it.
///
/// # Errors
/// `bad_request` with what cannot be read, and what the request refuses.
pub(in crate::app) fn carry_out<By: Answers>(
    entry: &Entry<By>,
    fields: Map<String, Json>,
    by: &mut By,
) -> Result<Json> {
    by.check_may(entry.access)?;
    (entry.answer)(fields, by)
}

/// What a field of an answer, or an answer, is where TypeScript is to look for itself.
#[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize, TS)]
#[serde(transparent)]
pub(in crate::app) struct Anything(#[ts(type = "unknown")] pub(in crate::app) Json);

#[cfg(test)]
mod tests;

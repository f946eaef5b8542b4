//! What an error that is shown leaves in the log: what was asked for, its code, and the reference that it is shown with.

use super::events;
use super::reference::Reference;
use crate::NodeError;
use pems_model::Code;
use serde_json::{Map, Value as Json, json};

/// The error as it is shown, with a reference under which the log has it; as it is where there is no log. `request` is what was asked for.
#[must_use]
pub fn noted(request: &'static str, error: NodeError) -> NodeError {
    match note(request, error.code) {
        Some(reference) => shown(error, &reference),
        None => error,
    }
}

/// Writes down that something was refused or failed. None where there is no log.
pub(crate) fn note(request: &'static str, code: Code) -> Option<Reference> {
    super::status()?;
    let reference = Reference::fresh()?;
    events::failed(request, code, &reference);
    Some(reference)
}

fn shown(error: NodeError, reference: &Reference) -> NodeError {
    let mut details = match error.details.clone() {
        None => Map::new(),
        Some(Json::Object(details)) => details,
        // Nothing of ours: an answer of a hub says what it likes.
        Some(_) => return error,
    };
    details.insert("reference".into(), json!(reference.to_string()));
    error.with_details(Json::Object(details))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_carries_its_reference_beside_its_other_details() {
        let error = || NodeError::new(Code::Internal, "a mistake of ours");
        let reference = Reference::fresh().expect("randomness");
        let one = shown(error().with_details(json!({ "field": "name" })), &reference);
        assert_eq!(one.details, Some(json!({ "field": "name", "reference": reference.to_string() })));
        assert_eq!(shown(error(), &reference).details, Some(json!({ "reference": reference.to_string() })));
        let list = shown(error().with_details(json!([1])), &reference);
        assert_eq!((list.code, list.details), (Code::Internal, Some(json!([1]))));
    }
}

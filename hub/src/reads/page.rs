//! Lists, page by page: one shape of an answer, one way to say where a page begins and how long it is.
//!
//! Invariants: a cursor is a text that whoever asks only hands back; a page is as long as was asked, but for the last one; what
//! cannot be is refused by its name, for every list in the same words.

use crate::refusal::Refusal;
use pems_model::Code;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// Items of a page, if nobody says how many, and at most: some 100 kB.
pub(crate) const LIMIT: u32 = 50;
pub(crate) const LIMIT_MAX: u32 = 200;

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// For the page behind it; null on the last one.
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Of what was found where one more than `limit` was looked for: that one tells whether there is another page.
    pub(crate) fn of(mut found: Vec<T>, limit: u32, cursor: impl FnOnce(&T) -> Option<String>) -> Page<T> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = found.len() > limit;
        found.truncate(limit);
        let next_cursor = found.last().filter(|_| more).and_then(cursor);
        Page { items: found, next_cursor }
    }

    pub(crate) fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(each).collect(), next_cursor: self.next_cursor }
    }
}

/// Which page of a list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    pub(crate) cursor: Option<String>,
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    pub(crate) limit: Option<String>,
}

impl Paging {
    /// # Errors
    /// `bad_request`.
    pub(crate) fn limit(&self) -> Result<u32, Refusal> {
        limit(self.limit.as_deref())
    }

    /// Where the page before ended.
    ///
    /// # Errors
    /// `bad_request` for what no page has said.
    pub(crate) fn after<T: FromStr>(&self) -> Result<Option<T>, Refusal> {
        self.cursor.as_deref().map(|cursor| cursor.parse().map_err(|_| bad_cursor())).transpose()
    }
}

/// How many items a page is to have.
///
/// # Errors
/// `bad_request`.
pub(crate) fn limit(said: Option<&str>) -> Result<u32, Refusal> {
    let Some(said) = said else { return Ok(LIMIT) };
    let limit = said.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit));
    limit.ok_or_else(|| bad("limit", format!("from 1 to {LIMIT_MAX}")))
}

pub(crate) fn bad_cursor() -> Refusal {
    bad("cursor", "it is next_cursor of the page before, with the same filters and order; begin with the first page")
}

fn bad(parameter: &str, wanted: impl std::fmt::Display) -> Refusal {
    Refusal::new(Code::BadRequest, format!("{parameter}: {wanted}")).with(json!({ "field": parameter }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_as_long_as_was_asked_and_says_where_the_next_one_begins() {
        let page = |found: usize| Page::of((1..=found).collect(), 3, |last| Some(last.to_string()));
        for (found, shown, next) in [(0, 0, None), (2, 2, None), (3, 3, None), (4, 3, Some("3"))] {
            let page = page(found);
            assert_eq!((page.items.len(), page.next_cursor.as_deref()), (shown, next), "{found}");
        }
    }

    #[test]
    fn what_cannot_be_is_refused_by_its_name() {
        let of = |cursor: Option<&str>, limit: Option<&str>| Paging {
            cursor: cursor.map(str::to_owned),
            limit: limit.map(str::to_owned),
        };
        assert_eq!(of(None, None).limit().expect("the default"), LIMIT);
        assert_eq!(of(None, Some("200")).limit().expect("the most"), LIMIT_MAX);
        for limit in ["0", "201", "-1", "x", "", "1.5", " 1", "99999999999999999999"] {
            let refused = of(None, Some(limit)).limit().expect_err(limit);
            assert_eq!(refused.0.details.expect("details")["field"], "limit");
        }
        assert_eq!(of(Some("7"), None).after::<i64>().expect("a number"), Some(7));
        for cursor in ["", "x", "\0", "99999999999999999999"] {
            let refused = of(Some(cursor), None).after::<i64>().expect_err(cursor);
            assert_eq!(refused.0.details.expect("details")["field"], "cursor");
        }
    }
}

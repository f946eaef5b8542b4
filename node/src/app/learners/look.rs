//! What is asked about learners: the list, a page, its history, who may be the same child.

use super::{entry::Year, find, history, page, query, similar};
use crate::Result;
use crate::app::Desk;
use crate::app::request::{May, Request};
use pems_model::Act;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// A page of the list.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Find {
    #[serde(default)]
    #[ts(optional, as = "Option<query::Query>")]
    query: query::Query,
    #[serde(default)]
    #[ts(optional, as = "Option<usize>")]
    offset: usize,
    limit: usize,
    /// Columns beside those that every line has.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    columns: Vec<String>,
}

impl Request<Desk> for Find {
    const NAME: &'static str = "learners.find";
    const ACCESS: May = May::See(Act::SeeNames);
    type Answer = find::LearnersFound;

    fn run(self, desk: &mut Desk) -> Result<find::LearnersFound> {
        let Find { query, offset, limit, columns } = self;
        desk.find_learners(&query, (offset, limit), &columns)
    }
}

/// The ids of all that a query finds, in its order.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Ids {
    query: query::Query,
}

impl Request<Desk> for Ids {
    const NAME: &'static str = "learners.ids";
    const ACCESS: May = May::See(Act::SeeNames);
    type Answer = LearnerIds;

    fn run(self, desk: &mut Desk) -> Result<LearnerIds> {
        let Ids { query } = self;
        desk.learner_ids(&query).map(LearnerIds)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(transparent)]
pub struct LearnerIds(#[ts(type = "string[]")] Vec<Uuid>);

/// School years, newest first.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Years {}

impl Request<Desk> for Years {
    const NAME: &'static str = "learners.years";
    const ACCESS: May = May::See(Act::SeeNames);
    type Answer = Vec<Year>;

    fn run(self, desk: &mut Desk) -> Result<Vec<Year>> {
        desk.learners.directory.follow(&desk.store)?;
        Ok(desk.learners.directory.years.clone())
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Get {
    #[ts(type = "string")]
    id: Uuid,
}

impl Request<Desk> for Get {
    const NAME: &'static str = "learners.get";
    const ACCESS: May = May::See(Act::SeeNames);
    type Answer = page::Page;

    fn run(self, desk: &mut Desk) -> Result<page::Page> {
        let Get { id } = self;
        desk.check_sees_learner(id)?;
        desk.learner_page(id)
    }
}

/// Newest first.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct History {
    #[ts(type = "string")]
    id: Uuid,
}

impl Request<Desk> for History {
    const NAME: &'static str = "learners.history";
    const ACCESS: May = May::See(Act::SeeNames);
    type Answer = Vec<history::Entry>;

    fn run(self, desk: &mut Desk) -> Result<Vec<history::Entry>> {
        let History { id } = self;
        desk.check_sees_learner(id)?;
        desk.learner_history(id)
    }
}

/// Who may be the same child.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Duplicates {
    probe: similar::Probe,
}

impl Request<Desk> for Duplicates {
    const NAME: &'static str = "learners.duplicates";
    const ACCESS: May = May::See(Act::SeeRecords);
    type Answer = Vec<similar::Suspect>;

    fn run(self, desk: &mut Desk) -> Result<Vec<similar::Suspect>> {
        let Duplicates { probe } = self;
        desk.learners.directory.follow(&desk.store)?;
        Ok(similar::suspects(&desk.learners.directory, &probe, desk.today()))
    }
}

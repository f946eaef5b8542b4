//! What there is to print, and for whom: nothing is offered that would be refused.

use super::Asked;
use crate::Result;
use crate::app::Desk;
use crate::app::access::Access;
use crate::app::attendance::months;
use crate::app::enrolment::{Known, MOST_FOUND, known};
use crate::app::request::{May, Request};
use crate::domain::attendance::section::{Section, Year};
use pems_model::Act;
use pems_model::value::format_date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "FormYear")]
pub struct ShelfYear {
    #[ts(type = "string")]
    pub id: Uuid,
    pub label: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "FormSection")]
pub struct ShelfSection {
    #[ts(type = "string")]
    pub id: Uuid,
    /// `7-Rizal`.
    pub title: String,
    pub adviser: Option<String>,
    /// Whether it is the own section of who is here.
    pub own: bool,
    /// Its forms that whoever is here may look at.
    pub forms: Vec<&'static str>,
}

/// Whose certificates whoever is here may look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "FormCertificates")]
pub enum Certificates {
    Everybodys,
    OwnSections,
    Nobodys,
}

/// What there is to print of a school year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "FormShelf")]
pub struct Shelf {
    /// Newest first.
    pub years: Vec<ShelfYear>,
    #[ts(type = "string | null")]
    pub year: Option<Uuid>,
    pub sections: Vec<ShelfSection>,
    /// Months that have begun, oldest first.
    pub months: Vec<String>,
    pub certificates: Certificates,
    /// `YYYY-MM-DD`.
    pub today: String,
}

impl Desk {
    pub(super) fn whose_certificate(&mut self, text: &str, limit: usize) -> Result<Vec<Known>> {
        let seen = self.seen_learners()?;
        let mut found = self.ranked_learners(text, if seen.is_some() { usize::MAX } else { limit })?;
        found.retain(|id| seen.as_ref().is_none_or(|seen| seen.contains(id)));
        found.into_iter().take(limit.min(MOST_FOUND)).map(|id| known(self.store.conn(), id)).collect()
    }

    pub(super) fn shelf(&self, school_year: Option<Uuid>) -> Result<Shelf> {
        let conn = self.store.conn();
        let today = self.today();
        let sight = self.sight()?;
        let year = match school_year {
            Some(id) => Some(Year::find(conn, id)?),
            None => Year::on(conn, today)?,
        };
        let sections = year.as_ref().map(|year| Section::of_year(conn, year.id)).transpose()?.unwrap_or_default();
        let section = |one: &Section| ShelfSection {
            id: one.id,
            title: one.title(),
            adviser: one.adviser_name.clone(),
            own: self.advises(one),
            forms: Asked::of_section(self, one, &sight),
        };
        Ok(Shelf {
            years: Year::all(conn)?.into_iter().map(|year| ShelfYear { id: year.id, label: year.label }).collect(),
            year: year.as_ref().map(|year| year.id),
            sections: sections.iter().map(section).collect(),
            months: year.as_ref().map(|year| months(year, today)).unwrap_or_default(),
            certificates: match &sight {
                Access::Everything => Certificates::Everybodys,
                Access::Sections(own) if own.is_empty() => Certificates::Nobodys,
                Access::Sections(_) => Certificates::OwnSections,
            },
            today: format_date(today),
        })
    }
}

/// The sections and months of a school year; of today's where none is named.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadShelf {
    #[serde(default)]
    #[ts(optional, type = "string")]
    school_year: Option<Uuid>,
}

impl Request<Desk> for ReadShelf {
    const NAME: &'static str = "forms.shelf";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Shelf;

    fn run(self, desk: &mut Desk) -> Result<Shelf> {
        let ReadShelf { school_year } = self;
        desk.shelf(school_year)
    }
}

/// Whose certificate whoever is here may look at, those who fit a text best first.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct FindLearners {
    text: String,
    limit: usize,
}

impl Request<Desk> for FindLearners {
    const NAME: &'static str = "forms.learners";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Vec<Known>;

    fn run(self, desk: &mut Desk) -> Result<Vec<Known>> {
        let FindLearners { text, limit } = self;
        desk.whose_certificate(&text, limit)
    }
}

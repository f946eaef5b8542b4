//! Learners, as people's programs ask for them: found by folded name, LRN, number, sex, grade level or section, in an order
//! that an index gives, page by page from a place and never by counting rows.

use super::page::Page;
use super::{Question, Reader};
use crate::refusal::Refusal;
use crate::sync::push::row_of;
use pems_db::{TenantContext, Tx};
use pems_model::entities::STUDENT;
use pems_model::fold::fold;
use pems_model::{Code, Kind, Row};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, AssertSqlSafe, Row as _};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sort {
    /// By folded name.
    #[default]
    Name,
    /// By last change, oldest first.
    Rev,
}

/// Where a page ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Place {
    Name(String, Uuid),
    Rev(i64),
}

/// What learners are looked for. Everything that it says must hold.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct LearnerList {
    /// Beginning of a folded name.
    pub(crate) name_from: Option<String>,
    pub(crate) lrn: Option<String>,
    pub(crate) student_no: Option<String>,
    pub(crate) sex: Option<String>,
    pub(crate) grade_level: Option<String>,
    pub(crate) school_year: Option<Uuid>,
    /// Sits in it without an end.
    pub(crate) section: Option<Uuid>,
    /// Deleted ones instead of live ones.
    pub(crate) deleted: bool,
    pub(crate) sort: Sort,
    pub(crate) limit: u32,
    pub(crate) after: Option<Place>,
    /// Positions in the declaration; `None`: all.
    pub(crate) fields: Option<Vec<usize>>,
}

impl LearnerList {
    /// What a cursor belongs to: everything but where the page begins, how long it is and what it shows.
    pub(crate) fn frame(&self) -> [u8; 32] {
        let frame = LearnerList { limit: 0, after: None, fields: None, ..self.clone() };
        super::name_of("frame of learners", &frame)
    }

    /// The statement and what it needs; `tenant_id` is named although the wall would add it.
    fn sql(&self, tenant: Uuid) -> Result<(String, PgArguments), Refusal> {
        let mut needs = PgArguments::default();
        let mut add = |value: &dyn Fn(&mut PgArguments) -> Result<(), sqlx::error::BoxDynError>| {
            value(&mut needs).map_err(|error| Refusal::internal("question", &error))?;
            Ok::<_, Refusal>(format!("${}", needs.len()))
        };
        add(&|needs| needs.add(tenant))?;
        let mut holds = vec!["s.tenant_id = $1".to_owned()];
        holds.push(format!("s.deleted_at IS {}NULL", if self.deleted { "NOT " } else { "" }));
        if let Some(from) = &self.name_from {
            // A range instead of a prefix operator: that is what the index has, and its bounds may stay parameters.
            let low = add(&|needs| needs.add(from.clone()))?;
            let high = add(&|needs| needs.add(format!("{from}{}", char::MAX)))?;
            holds.push(format!("s.search_key >= {low} AND s.search_key < {high}"));
        }
        for (column, value) in [("lrn", &self.lrn), ("student_no", &self.student_no), ("sex", &self.sex)] {
            if let Some(value) = value {
                let at = add(&|needs| needs.add(value.clone()))?;
                holds.push(format!("s.{column} = {at}"));
            }
        }
        if self.grade_level.is_some() || self.school_year.is_some() {
            let mut enrolled = "e.tenant_id = $1 AND e.student = s.id AND e.deleted_at IS NULL".to_owned();
            if let Some(level) = &self.grade_level {
                enrolled += &format!(" AND e.grade_level = {}", add(&|needs| needs.add(level.clone()))?);
            }
            if let Some(year) = self.school_year {
                enrolled += &format!(" AND e.school_year = {}", add(&|needs| needs.add(year))?);
            }
            holds.push(format!("EXISTS (SELECT FROM enrolment e WHERE {enrolled})"));
        }
        if let Some(section) = self.section {
            let at = add(&|needs| needs.add(section))?;
            holds.push(format!(
                "s.id IN (SELECT e.student FROM section_membership m JOIN enrolment e ON e.tenant_id = $1 AND e.id = m.enrolment
                     AND e.deleted_at IS NULL
                 WHERE m.tenant_id = $1 AND m.section = {at} AND m.valid_to IS NULL AND m.deleted_at IS NULL)"
            ));
        }
        match &self.after {
            Some(Place::Name(key, id)) => {
                let key = add(&|needs| needs.add(key.clone()))?;
                let id = add(&|needs| needs.add(*id))?;
                holds.push(format!("(s.search_key, s.id) > ({key}, {id})"));
            }
            Some(Place::Rev(rev)) => {
                let rev = add(&|needs| needs.add(*rev))?;
                holds.push(format!("s.rev > {rev}"));
            }
            None => {}
        }
        let order = if self.sort == Sort::Name { "s.search_key, s.id" } else { "s.rev" };
        let sql = format!(
            "SELECT {} FROM student s WHERE {} ORDER BY {order} LIMIT {}",
            columns(),
            holds.join(" AND "),
            self.limit + 1
        );
        Ok((sql, needs))
    }
}

impl Question for LearnerList {
    const KIND: &'static str = "learners";

    fn in_order(&self) -> bool {
        self.lrn.is_none() && self.student_no.is_none() && self.section.is_none()
    }

    async fn ask(&self, reader: &Reader, tx: &mut Tx, who: &TenantContext) -> Result<Option<Json>, Refusal> {
        let (sql, needs) = self.sql(who.tenant())?;
        let mut found = sqlx::query_with(AssertSqlSafe(sql), needs).fetch_all(tx.conn()).await?;
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = found.len() > limit;
        found.truncate(limit);
        let rows = found.iter().map(|row| row_of(&STUDENT, row)).collect::<Result<Vec<Row>, _>>()?;
        let next = match (found.last(), rows.last()) {
            (Some(last), Some(row)) if more => {
                let place = match self.sort {
                    Sort::Name => Place::Name(last.try_get("search_key")?, row.id),
                    Sort::Rev => Place::Rev(row.rev),
                };
                reader.cursors.seal(who.tenant(), &self.frame(), &place)
            }
            _ => None,
        };
        let items: Vec<Json> = rows.iter().map(|row| shown(row, self.fields.as_deref())).collect();
        let page = Page { items, next_cursor: next };
        serde_json::to_value(page).map(Some).map_err(|error| Refusal::internal("page", &error))
    }
}

/// One learner, deleted or not.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LearnerOne {
    pub(crate) id: Uuid,
}

impl Question for LearnerOne {
    const KIND: &'static str = "learner";

    async fn ask(&self, _: &Reader, tx: &mut Tx, who: &TenantContext) -> Result<Option<Json>, Refusal> {
        let sql = format!("SELECT {} FROM student s WHERE s.tenant_id = $1 AND s.id = $2", columns());
        let found = sqlx::query(AssertSqlSafe(sql)).bind(who.tenant()).bind(self.id).fetch_optional(tx.conn()).await?;
        let row = found.map(|found| row_of(&STUDENT, &found)).transpose()?;
        Ok(row.map(|row| shown(&row, None)))
    }
}

/// As [`row_of`] wants them, and the key of the order.
fn columns() -> String {
    let fields: Vec<String> = STUDENT.fields.iter().map(|field| format!("s.{}", field.name)).collect();
    format!("s.id, s.rev, s.deleted_at, {}, s.search_key", fields.join(", "))
}

fn shown(row: &Row, fields: Option<&[usize]>) -> Json {
    let Json::Object(mut object) = row.to_json(&STUDENT) else { return Json::Null };
    if let Some(fields) = fields {
        let wanted = |name: &str| fields.iter().any(|at| STUDENT.fields[*at].name == name);
        let kept = |name: &String, _: &mut Json| matches!(name.as_str(), "id" | "rev" | "deleted") || wanted(name);
        retain(&mut object, kept);
    }
    Json::Object(object)
}

fn retain(object: &mut Map<String, Json>, mut kept: impl FnMut(&String, &mut Json) -> bool) {
    object.retain(|name, value| kept(name, value));
}

/// The folded beginning that `typed` stands for; `None` if it has no letter. A last word that is not finished stays as it is:
/// `ma` may become `Macaraeg`, while `ma ` is `Maria`.
pub(crate) fn name_from(typed: &str) -> Option<String> {
    let mut folded = fold(&format!("{typed}x"));
    folded.pop();
    (!folded.trim().is_empty()).then_some(folded)
}

/// Positions of fields named as `last_name,first_name`.
pub(crate) fn fields(named: &str) -> Result<Vec<usize>, Refusal> {
    let at = |name: &str| STUDENT.field_index(name.trim());
    let mut fields = named
        .split(',')
        .map(|name| {
            at(name).ok_or_else(|| {
                let known: Vec<&str> = STUDENT.fields.iter().map(|field| field.name).collect();
                let message = format!("fields: there is no '{}'; there are {}", name.escape_debug(), known.join(", "));
                Refusal::new(Code::BadRequest, message).with(json!({ "field": "fields" }))
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    fields.sort_unstable();
    fields.dedup();
    Ok(fields)
}

/// How a learner looks in an answer; from its declaration, for the OpenAPI document.
#[derive(Debug)]
pub(crate) struct Learner;

impl PartialSchema for Learner {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let mut object = ObjectBuilder::new()
            .property(
                "id",
                text().format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Uuid))),
            )
            .property("rev", ObjectBuilder::new().schema_type(Type::Integer))
            .property("deleted", ObjectBuilder::new().schema_type(Type::Boolean))
            .required("id")
            .required("rev");
        for field in STUDENT.fields {
            let value = match field.kind {
                Kind::Text { max } | Kind::Claim { max } => text().max_length(Some(max)),
                Kind::Digits { len } => text().pattern(Some(format!("^[0-9]{{{len}}}$"))),
                Kind::Choice(choices) => text().enum_values(Some(choices.to_vec())),
                Kind::Date => {
                    text().format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Date)))
                }
                Kind::Bool => ObjectBuilder::new().schema_type(Type::Boolean),
                Kind::Int { .. } => ObjectBuilder::new().schema_type(Type::Integer),
                _ => text(),
            };
            object = object.property(field.name, value.description(Some(field.label)));
        }
        object.additional_properties(Some(AdditionalProperties::FreeForm(false))).into()
    }
}

impl ToSchema for Learner {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_the_beginning_of_a_folded_name() {
        assert_eq!(name_from("peñ").as_deref(), Some("PEN"));
        assert_eq!(name_from("dela cruz, m").as_deref(), Some("DELA CRUZ M"));
        assert_eq!(name_from("ma").as_deref(), Some("MA"));
        assert_eq!(name_from("ma ").as_deref(), Some("MARIA "));
        assert_eq!(name_from(" ... "), None);
        assert_eq!(name_from(""), None);
    }

    #[test]
    fn fields_are_known_ones() {
        assert_eq!(fields("first_name,last_name,last_name").expect("known"), vec![0, 1]);
        assert!(fields("last_name,password").expect_err("unknown").0.message.contains("'password'"));
        assert!(fields("").is_err());
    }

    #[test]
    fn a_cursor_belongs_to_filters_and_order() {
        let plain = LearnerList::default();
        let page = LearnerList { limit: 9, after: Some(Place::Rev(7)), fields: Some(vec![1]), ..plain.clone() };
        assert_eq!(plain.frame(), page.frame());
        assert_ne!(plain.frame(), LearnerList { sort: Sort::Rev, ..plain.clone() }.frame());
        assert_ne!(plain.frame(), LearnerList { sex: Some("F".into()), ..plain }.frame());
    }
}

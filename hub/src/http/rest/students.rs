//! `/students`: the learners of the own school. Every role reads them, as every office does.

use super::{ApiError, Asked, Id, Refusals, SignedIn, Success};
use crate::http::state::Routes;
use crate::reads::page::{self, Page};
use crate::reads::{self, Learner, LearnerList, LearnerOne, Reader, Sort};
use crate::refusal::Refusal;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use pems_model::entities::STUDENT;
use pems_model::{Code, Kind, Value};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::routes;
use uuid::Uuid;

/// Characters of what somebody types to find a name.
const TYPED_MAX: usize = 100;

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(list)).routes(routes!(get))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StudentsAsked {
    /// Beginning of "last name first name middle name", without regard to accents, case and hyphens.
    #[param(min_length = 1, max_length = 100)]
    q: Option<String>,
    #[param(pattern = "^[0-9]{12}$")]
    lrn: Option<String>,
    #[param(min_length = 1, max_length = 30)]
    student_no: Option<String>,
    #[param(pattern = "^(F|M)$")]
    sex: Option<String>,
    /// Enrolled in it, in any school year or in `school_year`.
    #[param(pattern = "^(K|1|2|3|4|5|6|7|8|9|10|11|12|NG)$")]
    grade_level: Option<String>,
    /// Enrolled in it.
    school_year: Option<Uuid>,
    /// Sits in it.
    section: Option<Uuid>,
    /// Deleted ones instead of live ones.
    deleted: Option<bool>,
    #[param(inline)]
    sort: Option<Sort>,
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// `next_cursor` of the page before, with the same filters and order.
    #[param(min_length = 1)]
    cursor: Option<String>,
    /// Only these, separated by commas; `id` and `rev` are always there.
    #[param(min_length = 1)]
    fields: Option<String>,
}

/// Learners of the own school.
#[utoipa::path(get, path = "/students", params(StudentsAsked, ("If-None-Match" = Option<String>, Header)), tag = "students",
    security(("bearer" = [])),
    responses((status = 200, body = Success<Page<Learner>>, headers(("ETag" = String))),
        (status = 304, description = "As the version that the caller has"), Refusals))]
async fn list(
    State(reader): State<Arc<Reader>>,
    SignedIn { who, settings }: SignedIn,
    headers: HeaderMap,
    Asked(asked): Asked<StudentsAsked>,
) -> Result<Response, ApiError> {
    let cursor = asked.cursor.clone();
    let mut question = question(asked)?;
    if let Some(cursor) = cursor {
        question.after = reader.cursors.open(who.tenant(), &question.frame(), &cursor);
        if question.after.is_none() {
            return Err(page::bad_cursor().reaching_across("cursor").into());
        }
    }
    Ok(reads::answer(&reader, &who, &settings, &question, &headers).await?)
}

/// One learner, deleted or not.
#[utoipa::path(get, path = "/students/{id}", params(("id" = Uuid, Path), ("If-None-Match" = Option<String>, Header)),
    tag = "students", security(("bearer" = [])),
    responses((status = 200, body = Success<Learner>, headers(("ETag" = String))),
        (status = 304, description = "As the version that the caller has"), Refusals))]
async fn get(
    State(reader): State<Arc<Reader>>,
    SignedIn { who, settings }: SignedIn,
    Id(id): Id,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Ok(reads::answer(&reader, &who, &settings, &LearnerOne { id }, &headers).await?)
}

fn question(asked: StudentsAsked) -> Result<LearnerList, Refusal> {
    let name_from = match &asked.q {
        None => None,
        Some(typed) if typed.chars().count() > TYPED_MAX || typed.chars().any(char::is_control) => {
            return Err(bad("q", &format!("{TYPED_MAX} characters at most, none of them a control character")));
        }
        Some(typed) => {
            Some(reads::name_from(typed).ok_or_else(|| bad("q", "the beginning of a name, such as 'dela c'"))?)
        }
    };
    let limit = page::limit(asked.limit.as_deref())?;
    Ok(LearnerList {
        name_from,
        lrn: value_of("lrn", asked.lrn)?,
        student_no: value_of("student_no", asked.student_no)?,
        sex: value_of("sex", asked.sex)?,
        grade_level: grade_level(asked.grade_level)?,
        school_year: asked.school_year,
        section: asked.section,
        deleted: asked.deleted.unwrap_or(false),
        sort: asked.sort.unwrap_or_default(),
        limit,
        after: None,
        fields: asked.fields.as_deref().map(reads::fields).transpose()?,
    })
}

/// As the declaration has it: the same rules as for saving.
fn value_of(name: &str, said: Option<String>) -> Result<Option<String>, Refusal> {
    let (Some(said), Some(at)) = (said, STUDENT.field_index(name)) else { return Ok(None) };
    match Value::parse(&STUDENT.fields[at], &Json::from(said)) {
        Ok(Value::Text(text)) => Ok(Some(text)),
        Ok(_) => Err(bad(name, "say which, or leave it out")),
        Err(problem) => Err(bad(name, &problem.message)),
    }
}

fn grade_level(said: Option<String>) -> Result<Option<String>, Refusal> {
    let Some(said) = said else { return Ok(None) };
    let declared = pems_model::entities::ENROLMENT.fields.iter().find(|field| field.name == "grade_level");
    match declared.map(|field| field.kind) {
        Some(Kind::Choice(levels)) if levels.contains(&said.as_str()) => Ok(Some(said)),
        Some(Kind::Choice(levels)) => Err(bad("grade_level", &format!("one of {}", levels.join(", ")))),
        _ => Err(Refusal::internal("grade_level", &"it is not declared as a choice")),
    }
}

fn bad(parameter: &str, wanted: &str) -> Refusal {
    Refusal::new(Code::BadRequest, format!("{parameter}: {wanted}")).with(json!({ "field": parameter }))
}

//! Decisions of conflicts in a push. What a review item says of its record is set once, by the hub, so it is read from there and
//! not from the change.

use super::{Known, Push};
use crate::entities::REVIEW_ITEM;
use crate::review::may_decide;
use crate::wire::Change;
use crate::{Code, Problem, Role};
use uuid::Uuid;

/// What is wrong with a decision by this device and, where there is one, this user.
pub(super) fn refusal(push: &Push<'_>, known: &Known, change: &Change, by: Option<(Uuid, Role)>) -> Option<Problem> {
    if change.entity != REVIEW_ITEM.name {
        return None;
    }
    let item = known.rows.get(&(push.schema.index(REVIEW_ITEM.name)?, change.row_id))?;
    let about = push.schema.entity(item.get(&REVIEW_ITEM, "entity").as_text()?)?;
    let row = item.get(&REVIEW_ITEM, "row_id").as_id()?;
    if may_decide(push.schema, push.role, by, about, row, item.get(&REVIEW_ITEM, "field").as_text()) {
        return None;
    }
    let message = format!(
        "who may not change {} records cannot decide which value of one stays; ask a school admin",
        about.label
    );
    Some(Problem::new(Code::RoleForbidden, message))
}

//! Who may decide a conflict: whoever may change the record that it is about. What a review item says of its record is set once,
//! by the hub, so it is read from there and not from the change. Offices ask the same before they offer it.

use super::{Known, Push};
use crate::entities::REVIEW_ITEM;
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
    let field = || item.get(&REVIEW_ITEM, "field").as_text().into_iter();
    let own =
        by.is_some_and(|(user, role)| user == row && about.are_own(field()) && push.schema.covers(push.role, role));
    let role = if !about.may_write(push.role) && !own {
        push.role
    } else {
        let (_, role) = by.filter(|(user, role)| !about.may_change(*role, *user, row, field()))?;
        role
    };
    let message = format!(
        "the role {} may not change {} records, so it cannot decide which value of one stays; ask a school admin",
        role.name(),
        about.label
    );
    Some(Problem::new(Code::RoleForbidden, message))
}

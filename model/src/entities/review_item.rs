//! A conflict that somebody should look at: both values, who and when. Made by the hub while merging; see [`crate::review`].

use crate::entity::{any_id, choice, moment, text};
use crate::review::VALUE_MAX;
use crate::written_by::WrittenBy;
use crate::{Act, Entity};

/// A conflict that waits for somebody to decide.
pub const REVIEW_ITEM: Entity = Entity {
    name: crate::review::REVIEW_ITEM,
    label: "Review item",
    writers: Act::DecideReviews.roles(),
    // A decision writes the record too that it is about (`node/src/store/review.rs`).
    written_by: WrittenBy::Domain { instead: "decide it in Review" },
    hub_made: true,
    fields: &[
        choice("kind", "Kind", &["conflict", "claim", "deleted", "duplicate"]).required().immutable(),
        text("entity", "Record kind", 40).required().immutable(),
        any_id("row_id", "Record").required().immutable(),
        any_id("other_id", "Other record").immutable(),
        text("field", "Field", 40).immutable(),
        text("kept_value", "Kept value", VALUE_MAX).immutable(),
        any_id("kept_replica", "Kept from device").immutable(),
        any_id("kept_user", "Kept from user").immutable(),
        moment("kept_at", "Kept edit made at").immutable(),
        text("lost_value", "Other value", VALUE_MAX).immutable(),
        any_id("lost_replica", "Other value from device").immutable(),
        any_id("lost_user", "Other value from user").immutable(),
        moment("lost_at", "Other edit made at").immutable(),
        choice("state", "State", &["open", "kept", "replaced"]).required(),
        any_id("resolved_by", "Resolved by"),
        moment("resolved_at", "Resolved at"),
    ],
    ..Entity::SYNCED
};

// Made by `cargo xtask gen` from the requests of node/src/app. Do not edit.

import type { Trouble } from "./api";

/**
 * Who typed a value, where and when.
 */
export type Author = { name: string | null, 
/**
 * RFC 3339.
 */
at: string | null, 
/**
 * Whether it was typed at this PC.
 */
here: boolean, 
/**
 * What the other PC is called; where the hub has not told, the last figures of its id (`…6AF2`), which its own sync details show.
 */
pc: string | null, };

/**
 * Where the file is.
 */
export type Bundle = { path: string, };

export type Counted = { open: number, };

/**
 * Which value of one entry stays. For a refused change, `mine` sends it again and `theirs` lets it go.
 */
export type Decision = { id: string, keep: Side, };

/**
 * A change that was not put back, and why.
 */
export type Left = { 
/**
 * Line of the file.
 */
line: number, 
/**
 * The kind of record.
 */
entity: string, 
/**
 * The record.
 */
id: string, 
/**
 * The stable code of the refusal.
 */
code: string, 
/**
 * What is wrong and what to do about it.
 */
message: string, };

/**
 * A conflict, or a change that the hub refused.
 */
export type Need = { id: string, 
/**
 * What is decided with it: the entry of each field that the same change contests.
 */
ids: string[], 
/**
 * `conflict`: two PCs changed one field. `claim`: a number was taken already. `deleted`: deleted here, changed there.
 * `duplicate`: two records have a number that names one. `refused`: the hub did not take a change of this PC. `damaged`: a
 * change of this PC cannot be read any more and was not sent.
 */
kind: string, entity: string, entity_label: string, 
/**
 * None where the file no longer says.
 */
row_id: string | null, 
/**
 * The other record of a `duplicate`: `theirs` is about it.
 */
other_id: string | null, 
/**
 * `Dela Cruz, Juan Reyes`.
 */
record: string, other_record: string | null, 
/**
 * For a refused change: `new`, `change` or `delete`; for the others `change`.
 */
what: string, 
/**
 * None where it is about the whole record.
 */
fields: Array<Sides>, 
/**
 * Which of the two the record has now: `mine`, `theirs`, `neither`, or `gone` where it was deleted since; `mixed` where the
 * fields say different things.
 */
stands: string, mine: Author, theirs: Author, 
/**
 * Why a change was refused: the stable code and the sentence.
 */
code: string | null, message: string | null, 
/**
 * Whether whoever works here may decide it.
 */
may: boolean, };

/**
 * What needs somebody, the latest first.
 */
export type Needs = { items: Array<Need>, 
/**
 * Why the hub does not sync with this PC, if that is so.
 */
trouble: Trouble | null, 
/**
 * How many there are, also those that are not in this answer.
 */
total: number, };

/**
 * What became of saved work that was put back.
 */
export type PutBack = { 
/**
 * Changes that were written again, as new ones of this office.
 */
put_back: number, 
/**
 * Changes that this office has already.
 */
known: number, 
/**
 * Those that were not, in the order of the file.
 */
left: Array<Left>, };

/**
 * Where the file is, and what is in it.
 */
export type SavedWork = { path: string, changes: number, 
/**
 * Changes of which nothing can be read any more.
 */
unreadable: number, 
/**
 * Passwords that were set here and are in no file.
 */
secrets: number, };

/**
 * What became of the decisions, in questions as the list has them: the fields of one change are one.
 */
export type Settled = { settled: number, 
/**
 * Those among them that changed nothing, because the record said so already.
 */
stood: number, 
/**
 * Those among them that changed nothing, because the record was deleted since.
 */
gone: number, 
/**
 * Those that could not be settled, and why; they are as they were.
 */
failed: Array<Unsettled>, };

/**
 * Which value of a conflict stays.
 */
export type Side = "mine" | "theirs";

/**
 * One field, both ways. Texts are as the screens format them: ISO dates, choices by their code, names of linked records.
 */
export type Sides = { 
/**
 * The entry that is about this field.
 */
id: string, field: string, label: string, 
/**
 * `text`, `date`, `time`, `flag` or `choice`.
 */
shape: string, mine: string | null, theirs: string | null, 
/**
 * Which of the two the record has now, as in [`Need`].
 */
stands: string, 
/**
 * What the record says now, where it is neither.
 */
now: string | null, };

/**
 * Everything about this PC and the hub. Cheap: no row of a record is read for it.
 */
export type SyncDetails = { school: string, device: string, device_id: string, 
/**
 * The figures by which other PCs of the school name this one.
 */
device_short: string, device_role: string, hub: string, sample: boolean, app_version: string, schema: string, 
/**
 * Changes that wait to be sent, by kind of record, most first.
 */
pending: Array<Waiting>, pending_total: number, 
/**
 * When the change was made that waits longest, RFC 3339.
 */
oldest: string | null, parked: number, damaged: number, review: number, last_contact: string | null, 
/**
 * Seconds by which the hub's clock was ahead of this PC's at the last contact.
 */
clock_offset: number | null, 
/**
 * How far this copy is in the hub's order of changes.
 */
rev: number, 
/**
 * The digest that was compared with the hub's at the last contact.
 */
digest: string, diverged: boolean, 
/**
 * Why the hub does not sync with this PC, and what to do.
 */
trouble: Trouble | null, };

export type Unsettled = { id: string, code: string, message: string, };

export type Waiting = { entity: string, label: string, count: number, };

export type ReviewRequest =
/**
 * Files what support needs to know, without anything about people.
 */
| { "do": "review.bundle" }
| { "do": "review.list" }
/**
 * How many there are.
 */
| { "do": "review.count" }
/**
 * Settles one or many in one step.
 */
| { "do": "review.resolve", items: Array<Decision>, }
/**
 * Files what the hub has not taken, to be put back at another PC.
 */
| { "do": "review.save_unsent" }
/**
 * Puts back what another PC saved.
 */
| { "do": "review.put_back", path: string, }
| { "do": "review.sync" };

export interface ReviewAnswers {
  "review.bundle": Bundle;
  "review.list": Needs;
  "review.count": Counted;
  "review.resolve": Settled;
  "review.save_unsent": SavedWork;
  "review.put_back": PutBack;
  "review.sync": SyncDetails;
}

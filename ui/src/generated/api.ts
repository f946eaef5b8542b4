// Made by `cargo xtask gen` from the requests of node/src/app. Do not edit.

import type { SessionAnswers, SessionRequest } from "./session";
import type { LearnersAnswers, LearnersRequest } from "./learners";
import type { EnrolmentAnswers, EnrolmentRequest } from "./enrolment";
import type { AttendanceAnswers, AttendanceRequest } from "./attendance";
import type { FormsAnswers, FormsRequest } from "./forms";
import type { ImportsAnswers, ImportsRequest } from "./imports";
import type { ReviewAnswers, ReviewRequest } from "./review";
import type { AdminAnswers, AdminRequest } from "./admin";
import type { HomeAnswers, HomeRequest } from "./home";

/**
 * One row, with the fields of its kind.
 */
export type AnyRow = Record<string, unknown>;

/**
 * Rows for a screen.
 */
export type Found = { rows: Record<string, unknown>[], 
/**
 * Whether there are more than `limit`.
 */
more: boolean, 
/**
 * How many live rows the entity has, found or not.
 */
total: number, };

/**
 * A row as it is after a save.
 */
export type SavedRow = { row: Record<string, unknown>, changed: boolean, created: boolean, };

/**
 * The office at a glance. [`Store::status`] says more, and reads every row for it.
 */
export type SyncSummary = { 
/**
 * In full.
 */
school: string, 
/**
 * What the school calls this PC.
 */
device: string, 
/**
 * Address of the hub.
 */
hub: string, 
/**
 * Changes that wait to be sent.
 */
pending: number, 
/**
 * Changes that the hub refused and that wait for a person.
 */
parked: number, 
/**
 * Changes that are damaged in the file and wait for a person.
 */
damaged: number, 
/**
 * Open questions: conflicts, and numbers that two records have. The fields of one change are one question.
 */
review: number, 
/**
 * RFC 3339; none before the first exchange.
 */
last_contact: string | null, 
/**
 * Whether this copy differed from the hub's at the last contact.
 */
diverged: boolean, 
/**
 * Why the hub does not sync with this PC, if that is so; work goes on here.
 */
trouble: Trouble | null, 
/**
 * Another number whenever another program wrote to the records: then what a screen shows is read again.
 */
version: number, };

/**
 * What keeps this office from syncing.
 */
export type Trouble = { 
/**
 * The stable code.
 */
code: string, 
/**
 * What it means and what to do.
 */
message: string, 
/**
 * Since when, RFC 3339.
 */
since: string, };

export type RecordsRequest =
/**
 * How the office stands with the hub. Asked also while nobody is signed in.
 */
| { "do": "status" }
/**
 * Rows that have every word of `text`, folded, in the order of their search key.
 */
| { "do": "search", entity: string, text: string, limit: number, 
/**
 * The fields that the screen shows; all of them where it does not say.
 */
fields?: Array<string>, }
/**
 * Rows in the order in which they were made.
 */
| { "do": "list", entity: string, limit: number, fields?: Array<string>, }
/**
 * One row, tombstones included.
 */
| { "do": "get", entity: string, id: string, }
/**
 * With `id` it edits, without it creates.
 */
| { "do": "save", entity: string, id?: string, fields: Record<string, unknown>, }
| { "do": "delete", entity: string, id: string, };

export interface RecordsAnswers {
  "status": SyncSummary;
  "search": Found;
  "list": Found;
  "get": AnyRow;
  "save": SavedRow;
  "delete": SavedRow;
}

export type Request = RecordsRequest | SessionRequest | LearnersRequest | EnrolmentRequest | AttendanceRequest | FormsRequest | ImportsRequest | ReviewRequest | AdminRequest | HomeRequest;

export interface Answers extends RecordsAnswers, SessionAnswers, LearnersAnswers, EnrolmentAnswers, AttendanceAnswers, FormsAnswers, ImportsAnswers, ReviewAnswers, AdminAnswers, HomeAnswers {}

export type Code =
  | "unknown_entity"
  | "unknown_field"
  | "wrong_type"
  | "required"
  | "too_long"
  | "out_of_range"
  | "not_a_choice"
  | "bad_format"
  | "bad_character"
  | "fixed"
  | "rule"
  | "hub_only"
  | "role_forbidden"
  | "parent_missing"
  | "row_missing"
  | "group_refused"
  | "review_full"
  | "bad_request"
  | "unsupported_protocol"
  | "upgrade_required"
  | "schema_unknown"
  | "too_large"
  | "too_slow"
  | "unauthorized"
  | "token_expired"
  | "device_revoked"
  | "tenant_suspended"
  | "wrong_tenant"
  | "replica_forked"
  | "epoch_changed"
  | "hub_behind"
  | "rate_limited"
  | "code_unknown"
  | "code_expired"
  | "code_used"
  | "wrong_credentials"
  | "account_locked"
  | "password_weak"
  | "password_change_required"
  | "step_up_required"
  | "last_admin"
  | "not_found"
  | "method_not_allowed"
  | "conflict"
  | "stale"
  | "busy"
  | "internal"
  | "not_signed_in"
  | "passphrase_needed"
  | "not_enrolled"
  | "already_enrolled"
  | "key_missing"
  | "keyring_unavailable"
  | "store_locked"
  | "store_read_only"
  | "store_corrupt"
  | "store_full"
  | "store_newer"
  | "io"
  | "network"
  | "hub_unreachable"
  | "bad_usage"
  | "bad_file";

export interface Failure {
  code: Code;
  message: string;
  details?: unknown;
}

// Made by `cargo xtask gen` from the requests of node/src/app. Do not edit.

/**
 * A copy that was read back.
 */
export type Backup = { path: string, bytes: number, records: number, 
/**
 * RFC 3339.
 */
at: string, };

export type BackupState = { running: boolean, 
/**
 * Bytes of the copy that is under way; as many as `bytes` once it is being read back.
 */
copied: number, 
/**
 * What the last copy since the program was started became.
 */
done: Backup | null, 
/**
 * Why the last try made none.
 */
failed: string | null, 
/**
 * When this PC made its last copy, RFC 3339, and where.
 */
last_at: string | null, last_path: string | null, 
/**
 * A name for the next.
 */
proposed: string, 
/**
 * Bytes of the records now.
 */
bytes: number, may: boolean, };

export type Counted = { entity: string, label: string, 
/**
 * Live records at this PC.
 */
records: number, 
/**
 * Live records at the hub, as this PC last saw them.
 */
at_hub: number, 
/**
 * Changes of such records that wait.
 */
waiting: number, };

export type Device = { id: string, 
/**
 * The figures by which those who run the hub find it.
 */
short: string, 
/**
 * Its name, or `…6AF2` of one that the hub has not told of.
 */
called: string, role: string | null, here: boolean, revoked: boolean, 
/**
 * The day on which the hub last heard of it, `2026-11-30`; none where it has not told.
 */
seen: string | null, 
/**
 * Number ranges that it may give out.
 */
ranges: number, 
/**
 * Conflicts that it had a part in.
 */
conflicts: number, 
/**
 * RFC 3339; of this PC alone.
 */
last_contact: string | null, };

export type Devices = { 
/**
 * This PC first, those that were revoked last.
 */
devices: Array<Device>, 
/**
 * Whether the hub has told which PCs the school has. Otherwise they are those that the records name.
 */
told: boolean, hub: string, sample: boolean, };

/**
 * A line of the log as screens show it.
 */
export type LogLine = { 
/**
 * RFC 3339, UTC.
 */
at: string, 
/**
 * `ERROR`, `WARN`, `INFO` or `DEBUG`.
 */
level: string, text: string, };

/**
 * A user as made or changed.
 */
export type MadeUser = { id: string, name: string, 
/**
 * To be handed over now: it is kept nowhere and cannot be shown again.
 */
one_time: string | null, users: Users, };

export type OfficeLog = { 
/**
 * Newest first.
 */
lines: Array<LogLine>, 
/**
 * The least that is written; none where there is no log.
 */
level: string | null, 
/**
 * Why nothing can be written at present, in the system's words.
 */
trouble: string | null, };

/**
 * How this copy stands against the hub's, at one moment.
 */
export type Proof = { 
/**
 * `level`; amber: `waiting`, `refused`, `never`, `sample`; red: `differs` (from the hub's at the last contact), `damaged` (the
 * file is not what the sync wrote).
 */
verdict: string, school: string, device: string, device_id: string, hub: string, 
/**
 * When it was computed, RFC 3339.
 */
at: string, last_contact: string | null, pending: number, 
/**
 * When the change was made that waits longest, RFC 3339.
 */
oldest: string | null, 
/**
 * Changes that the hub refused.
 */
refused: number, 
/**
 * How far this copy is in the hub's order of changes.
 */
rev: number, 
/**
 * Computed from every row, unsent changes taken off.
 */
computed: string, 
/**
 * The one that was compared with the hub's at the last contact.
 */
confirmed: string, counts: Array<Counted>, };

export type ProofState = { running: boolean, proof: Proof | null, 
/**
 * Why the last try came to nothing.
 */
failed: string | null, 
/**
 * A file for the page.
 */
proposed: string, };

export type Range = { id: string, device: string, 
/**
 * What the PC is called, or the figures of one that the hub has not told of.
 */
called: string, here: boolean, prefix: string | null, from_no: number, to_no: number, digits: number | null, 
/**
 * The first and the last number as they are printed.
 */
first: string, last: string, 
/**
 * Numbers up to the highest that a learner has.
 */
used: number, };

export type RangeDraft = { device: string, prefix?: string | null, from_no: number, to_no: number, digits?: number | null, };

export type Ranges = { ranges: Array<Range>, 
/**
 * PCs that a range can be for.
 */
devices: Array<Device>, 
/**
 * The number that the next new learner gets at this PC, if it has one.
 */
next: string | null, 
/**
 * What a new range would begin with.
 */
proposed: RangeDraft, 
/**
 * Why nothing can be changed here: `device` or `role`.
 */
locked: string | null, };

export type SchoolYear = { id: string, label: string, start_date: string, end_date: string, cutoff_date: string | null, status: string, drop_label: string | null, half_days: boolean, terms: Array<Term>, 
/**
 * Sections and enrolments that hang on it.
 */
enrolments: number, 
/**
 * What its terms are called: `term`, `quarter` or `semester_quarter`.
 */
term_kind: string, };

export type SchoolYears = { 
/**
 * The newest first.
 */
years: Array<SchoolYear>, 
/**
 * What a new year would begin with.
 */
next: YearDraft, 
/**
 * Why nothing can be changed here: `device` or `role`.
 */
locked: string | null, };

export type Settings = { 
/**
 * The school's fields; empty where none were saved yet.
 */
fields: Record<string, string | null>, idle_minutes: number, 
/**
 * Why nothing can be changed here: `device` or `role`.
 */
locked: string | null, 
/**
 * Whether the idle minutes, which are this PC's own, may be changed.
 */
may_set_idle: boolean, };

export type Term = { id: string, ordinal: number, kind: string, start_date: string, end_date: string, };

export type TermDraft = { start_date: string, end_date: string, };

export type UserDraft = { name: string, email?: string | null, role: string, staff?: string | null, 
/**
 * For the very first user alone, who chooses it at once: from then on this PC asks who is there.
 */
password?: string | null, };

export type UserRow = { id: string, name: string, email: string | null, role: string, staff: string | null, staff_name: string | null, disabled: boolean, 
/**
 * Has a one-time password that was not replaced yet.
 */
must_change: boolean, 
/**
 * Can sign in at a PC: has any password.
 */
has_password: boolean, 
/**
 * The one who asks.
 */
you: boolean, };

export type Users = { users: Array<UserRow>, 
/**
 * Staff whom a user can be linked with, by name.
 */
staff: { id: string; text: string }[], 
/**
 * Why nothing can be changed here: `device` (this PC may not) or `role`.
 */
locked: string | null, };

export type YearDraft = { label: string, start_date: string, end_date: string, cutoff_date?: string | null, status: string, drop_label?: string | null, half_days: boolean, };

export type AdminRequest =
/**
 * Begins a copy of the records, to be opened with the passphrase; a folder gets a file with today's name.
 */
| { "do": "admin.back_up", path: string, passphrase: string, }
| { "do": "admin.backup" }
| { "do": "admin.devices" }
| { "do": "admin.log" }
/**
 * How the records stand against the hub's, computed from every row. `again` begins anew.
 */
| { "do": "admin.proof", again: boolean, }
/**
 * Writes the last proof as a page of text.
 */
| { "do": "admin.save_proof", path: string, }
| { "do": "admin.ranges" }
| { "do": "admin.save_range", id?: string, draft: RangeDraft, }
| { "do": "admin.remove_range", id: string, }
| { "do": "admin.settings" }
| { "do": "admin.save_settings", fields: Record<string, string | null>, }
/**
 * After how many minutes a desk at this PC locks itself.
 */
| { "do": "admin.set_idle", minutes: number, }
| { "do": "admin.users" }
/**
 * Without `id` a new user, who gets a one-time password.
 */
| { "do": "admin.save_user", id?: string, draft: UserDraft, }
| { "do": "admin.disable_user", id: string, disabled: boolean, }
/**
 * Another one-time password.
 */
| { "do": "admin.reset_password", id: string, }
| { "do": "admin.years" }
| { "do": "admin.save_year", id?: string, draft: YearDraft, }
/**
 * All terms of a year at once, the first one first.
 */
| { "do": "admin.save_terms", year: string, terms: Array<TermDraft>, };

export interface AdminAnswers {
  "admin.back_up": BackupState;
  "admin.backup": BackupState;
  "admin.devices": Devices;
  "admin.log": OfficeLog;
  "admin.proof": ProofState;
  "admin.save_proof": string;
  "admin.ranges": Ranges;
  "admin.save_range": Ranges;
  "admin.remove_range": Ranges;
  "admin.settings": Settings;
  "admin.save_settings": Settings;
  "admin.set_idle": Settings;
  "admin.users": Users;
  "admin.save_user": MadeUser;
  "admin.disable_user": Users;
  "admin.reset_password": MadeUser;
  "admin.years": SchoolYears;
  "admin.save_year": SchoolYears;
  "admin.save_terms": SchoolYears;
}

// Made by `cargo xtask gen` from node/src/app/session. Do not edit.

export type SessionRequest = { "do": "session.state", active?: boolean, } | { "do": "session.sign_in", id: string, password: string, } | { "do": "session.sign_out" } | { "do": "session.lock" } | { "do": "session.password", current: string, new: string, } | { "do": "session.undoable" } | { "do": "session.undo" } | { "do": "session.redo" } | { "do": "session.enrol", hub: string, code: string, name: string, 
/**
 * Where the PC has no keyring: what seals the keys.
 */
passphrase?: string, } | { "do": "session.sample", passphrase?: string, } | { "do": "session.restore", file: string, 
/**
 * What opens the copy.
 */
copy_passphrase: string, passphrase?: string, } | { "do": "session.discard_sample" } | { "do": "session.kept" } | { "do": "session.keep", settings: Record<string, string>, } | { "do": "session.unseal", passphrase: string, };

export type State = { 
/**
 * `first_run`, `sealed`, `sign_in`, `locked` or `open`.
 */
stage: string, school: string | null, device: string | null, 
/**
 * A made-up school, where no password is asked.
 */
sample: boolean, 
/**
 * Who is signed in or, locked, who was.
 */
person: Person | null, 
/**
 * What may be done here and now.
 */
role: string | null, 
/**
 * What this PC is enrolled for, where that is less than the role of who is here: the rest is refused, by the hub too.
 */
limited_to: string | null, 
/**
 * Who could sign in.
 */
people: Array<Person>, idle_minutes: number, 
/**
 * Nothing else is answered before a password of one's own is chosen.
 */
choose_password: boolean, 
/**
 * Locked, and the password that opens it is another one than before: it was replaced meanwhile.
 */
password_changed: boolean, 
/**
 * The folder of the records, for a first run.
 */
data_dir: string | null, };

export type Person = { id: string, name: string, email: string | null, role: string, 
/**
 * The record of this person among the staff: an adviser sees the own sections first.
 */
staff: string | null, 
/**
 * Signed in with a one-time password, which is to be replaced.
 */
must_change: boolean, };

export type Undoable = { undo: string | null, 
/**
 * Which act that is.
 */
id: string | null, redo: string | null, };

export type Taken = { what: string, removed: number, restored: number, 
/**
 * Records that somebody changed since; they are left as they are.
 */
left: number, };

export interface SessionAnswers {
  "session.state": State;
  "session.sign_in": State;
  "session.sign_out": State;
  "session.lock": State;
  "session.password": State;
  "session.undoable": Undoable;
  "session.undo": Taken;
  "session.redo": Taken;
  "session.enrol": State;
  "session.sample": State;
  "session.restore": State;
  "session.discard_sample": State;
  "session.unseal": State;
  "session.kept": Record<string, string>;
  "session.keep": Record<string, string>;
}

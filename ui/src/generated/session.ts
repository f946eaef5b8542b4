// Made by `cargo xtask gen` from the requests of node/src/app. Do not edit.

/**
 * What was done and is not taken back by Ctrl+Z, so that whoever presses it after that is told, and not led to what was done before.
 */
export type Lasting = { 
/**
 * `signed` or `reopened`: School Form 2 of a month.
 */
kind: "signed" | "reopened", 
/**
 * Of which section and month: `7-Rizal, June 2026`.
 */
what: string, };

/**
 * Somebody who can sign in.
 */
export type Person = { 
/**
 * The `school_user`.
 */
id: string, 
/**
 * The whole name in one text.
 */
name: string, 
/**
 * By which they sign in at the hub; left out before anybody has signed in here.
 */
email: string | null, 
/**
 * What they may do, as far as the PC may.
 */
role: string, 
/**
 * The record of this person among the staff: an adviser sees the own sections first.
 */
staff: string | null, 
/**
 * Signed in with a one-time password, which is to be replaced.
 */
must_change: boolean, };

/**
 * How the office stands with those who sit before it.
 */
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
 * The language that this person chose at this PC; without one the window has the PC's.
 */
language: "en" | "fil" | null, 
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

/**
 * What an undo or a redo did.
 */
export type Taken = { what: string, removed: number, restored: number, 
/**
 * Records that somebody changed since; they are left as they are.
 */
left: number, };

export type Undoable = { undo: string | null, 
/**
 * Which act that is.
 */
id: string | null, redo: string | null, 
/**
 * Done after it, and not taken back by Ctrl+Z.
 */
lasting: Lasting | null, };

export type SessionRequest =
/**
 * An office that this PC has not yet: with a code from the hub.
 */
| { "do": "session.enrol", hub: string, code: string, name: string, 
/**
 * Where the PC has no keyring: what seals the keys.
 */
passphrase?: string, }
/**
 * A made-up school to try things with.
 */
| { "do": "session.sample", passphrase?: string, }
/**
 * A copy of an office's records (docs/backup.md), put back here.
 */
| { "do": "session.restore", file: string, 
/**
 * What opens the copy.
 */
copy_passphrase: string, passphrase?: string, }
/**
 * Throws the sample school away, keys and all.
 */
| { "do": "session.discard_sample" }
/**
 * How this PC's window is set, by name. Answered before anybody signed in.
 */
| { "do": "session.kept" }
/**
 * Keeps settings of this PC's window beside those that were kept before.
 */
| { "do": "session.keep", settings: Record<string, string>, }
/**
 * Opens an office whose keys are sealed.
 */
| { "do": "session.unseal", passphrase: string, }
/**
 * Who is here, and who could be. `active`: somebody touched keys or mouse since the last time; what the window asks by
 * itself keeps no desk open.
 */
| { "do": "session.state", active?: boolean, }
| { "do": "session.sign_in", id: string, password: string, }
| { "do": "session.sign_out" }
/**
 * The person stays; what is on the screen is hidden until the password is typed.
 */
| { "do": "session.lock" }
/**
 * Another password for oneself.
 */
| { "do": "session.password", current: string, new: string, }
/**
 * The language of the window for who is here, at this PC; whoever else signs in has their own.
 */
| { "do": "session.language", language: "en" | "fil", }
/**
 * What Ctrl+Z and Ctrl+Shift+Z would do.
 */
| { "do": "session.undoable" }
| { "do": "session.undo" }
| { "do": "session.redo" };

export interface SessionAnswers {
  "session.enrol": State;
  "session.sample": State;
  "session.restore": State;
  "session.discard_sample": State;
  "session.kept": { [key in string]: string };
  "session.keep": { [key in string]: string };
  "session.unseal": State;
  "session.state": State;
  "session.sign_in": State;
  "session.sign_out": State;
  "session.lock": State;
  "session.password": State;
  "session.language": State;
  "session.undoable": Undoable;
  "session.undo": Taken;
  "session.redo": Taken;
}

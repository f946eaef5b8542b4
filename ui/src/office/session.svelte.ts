// Who sits at this PC, as the office says. The one place where screens learn the user's role and the school; what a person
// may write is decided in Rust, this only keeps from the eyes what is of no use to them.

import { allows, type Act, type Role } from "../generated/access";
import type { SessionRequest, State } from "../generated/session";
import { call } from "./call";

export type { Act, Role };

export interface User {
  id: string;
  name: string;
  username: string;
  role: Role;
  /** The staff record of this person, if there is one. */
  staff: string | null;
  /** Signed in with a one-time password. */
  mustChange: boolean;
}

type Stage = "first_run" | "sealed" | "sign_in" | "locked" | "open";

export interface Session {
  stage: Stage;
  /** Nobody before somebody signed in. */
  user: User | null;
  /** Signed in, but away: the window asks for the password and keeps what was being typed. */
  locked: boolean;
  /** A made-up school to try things with. */
  sample: boolean;
  school: string;
  device: string;
  /** What this PC may do, where the school has no users yet. */
  role: Role | null;
  people: User[];
  /** Whether this office knows users at all; one that does not asks nobody to sign in. */
  users: boolean;
  dataDir: string;
  /** What this PC is enrolled for, where that is less than the role of who is here. */
  limitedTo: Role | null;
  /** Signed in with a one-time password that is to be replaced before anything else. */
  choosePassword: boolean;
  /** Locked, and another password opens it than before. */
  passwordChanged?: boolean;
}

const state = $state({ now: null as Session | null });

export const session = {
  get now(): Session | null {
    return state.now;
  },
  get user(): User | null {
    return state.now?.user ?? null;
  },
  get role(): Role | null {
    return state.now?.user?.role ?? state.now?.role ?? null;
  },
};

/** Whether the one at the PC may. Everybody may where the office knows no users. */
export function may(act: Act): boolean {
  if (state.now?.users === false) return true;
  const role = session.role;
  return role !== null && allows(act, role);
}

const user = (person: State["people"][number]): User => ({
  id: person.id,
  name: person.name,
  username: person.email ?? "",
  role: person.role as Role,
  staff: person.staff,
  mustChange: person.must_change,
});

function take(answer: State): void {
  state.now = {
    stage: answer.stage as Stage,
    user: answer.person ? user(answer.person) : null,
    locked: answer.stage === "locked",
    sample: answer.sample,
    school: answer.school ?? "",
    device: answer.device ?? "",
    role: answer.role as Role | null,
    people: answer.people.map(user),
    users: answer.people.length > 0,
    dataDir: answer.data_dir ?? "",
    limitedTo: answer.limited_to as Role | null,
    choosePassword: answer.choose_password,
    passwordChanged: answer.password_changed,
  };
}

/** Puts a session on the screen without asking; for the gallery. */
export function setSession(next: Session): void {
  state.now = next;
}

/** Asks the office who is here, or tells it. Rejects with a Failure. */
export async function askSession(
  request: Exclude<SessionRequest, { do: "session.undoable" | "session.undo" | "session.redo" | "session.kept" | "session.keep" }>,
): Promise<void> {
  take(await call(request));
}

/** `active`: somebody touched keys or mouse since the last time. */
export const readSession = (active = false): Promise<void> => askSession({ do: "session.state", active });

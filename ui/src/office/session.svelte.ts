// Who sits at this PC, as the office says. The one place where screens learn the user's role and the school; what a person
// may write is decided in Rust, this only keeps from the eyes what is of no use to them.

import { allows, type Act, type Role } from "../generated/access";
import type { SessionRequest, State } from "../generated/session";
import { keepLanguage, setLanguage, type Language } from "../strings/index.svelte";
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
  setLanguage(answer.language);
}

/** Puts a session on the screen without asking; for the gallery. */
export function setSession(next: Session): void {
  state.now = next;
}

/** How often somebody began or ended telling the office who is here. */
let told = 0;

/** Tells the office who is here. Rejects with a Failure. */
export async function askSession(
  request: Exclude<
    SessionRequest,
    { do: "session.state" | "session.undoable" | "session.undo" | "session.redo" | "session.kept" | "session.keep" }
  >,
): Promise<void> {
  told += 1;
  try {
    take(await call(request));
  } finally {
    told += 1;
  }
}

/** Asks the office who is here. `active`: somebody touched keys or mouse since the last time. Rejects with a Failure. */
export async function readSession(active = false): Promise<void> {
  const before = told;
  const answer = await call({ do: "session.state", active });
  // Somebody came or went meanwhile: this is how it was before.
  if (before === told) take(answer);
}

/** The language of who is here, at this PC; where nobody is signed in, of the PC. Rejects with a Failure. */
export async function chooseLanguage(language: Language): Promise<void> {
  if (session.user === null) return keepLanguage(language);
  // The sentences change at once; that it is kept is nobody's to wait for.
  setLanguage(language);
  await askSession({ do: "session.language", language });
}

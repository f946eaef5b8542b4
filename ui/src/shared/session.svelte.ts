// Who sits at this PC, as the office says. The one place where screens learn the user's role and the school; what a person
// may write is decided in Rust, this only keeps from the eyes what is of no use to them.

import type { Request } from "../generated/api";
import { call, isFailure } from "./call";

export type Role = "school_admin" | "school_head" | "registrar" | "teacher" | "cashier" | "viewer";

export interface User {
  id: string;
  name: string;
  username: string;
  role: Role;
}

export interface Session {
  /** Nobody before somebody signed in. */
  user: User | null;
  /** Signed in, but away: the window asks for the password and keeps what was being typed. */
  locked: boolean;
  /** A made-up school to try things with. */
  sample: boolean;
  school: string;
  /** Whether this office knows users at all; one that does not asks nobody to sign in. */
  users: boolean;
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
    return state.now?.user?.role ?? null;
  },
};

/** Whether somebody of `roles` is at the PC. Everybody is where the office knows no users. */
export function isAny(roles: readonly Role[] | "all"): boolean {
  if (roles === "all" || state.now?.users === false) return true;
  const role = session.role;
  return role !== null && roles.includes(role);
}

/** Puts an answer of the office on the screen; used by {@link readSession} and after signing in. */
export function setSession(next: Session): void {
  state.now = next;
}

/** Asks the office who is here. Rejects with a Failure. */
export async function readSession(): Promise<void> {
  try {
    const answer = (await call({ do: "session" } as unknown as Request)) as unknown as Omit<Session, "users">;
    state.now = { ...answer, users: true };
  } catch (error) {
    if (!isFailure(error) || error.code !== "bad_request") throw error;
    state.now = { user: null, locked: false, sample: false, school: "", users: false };
  }
}

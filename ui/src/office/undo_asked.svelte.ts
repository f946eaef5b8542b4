// The question before something is taken back that was not the last thing on this screen.

import type { Lasting } from "../generated/session";

export interface UndoQuestion {
  /** What would be taken back; null where there is nothing, and only something that stays. */
  what: string | null;
  /** Why it is asked for: it was done on another screen, before something that left nothing to take back, or before what stays. */
  why: "elsewhere" | "since" | Lasting;
}

const state = $state({ question: null as UndoQuestion | null });
let answered: ((yes: boolean) => void) | null = null;

export const undoAsked = (): UndoQuestion | null => state.question;

/** Asks; resolves once somebody has answered. */
export function askUndo(question: UndoQuestion): Promise<boolean> {
  answered?.(false);
  state.question = question;
  return new Promise((resolve) => (answered = resolve));
}

export function answerUndo(yes: boolean): void {
  const tell = answered;
  answered = null;
  state.question = null;
  tell?.(yes);
}

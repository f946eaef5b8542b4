// What was just done or did not work, told in the bar at the foot. A screen says `done("Saved")` after an act; the bar offers the way
// back where there is one ([`undo.svelte.ts`]).

import { sentence } from "./error_text";

export interface Note {
  text: string;
  tone: "good" | "bad";
  /** Whether the bar offers the way back. */
  undo: boolean;
}

/** Long enough to read it and reach for the mouse; Ctrl+Z works afterwards too. */
export const NOTE_FOR_MS = 8_000;

const state = $state({ note: null as Note | null, acted: 0 });

/** Another number after everything that was done, undone or done again here: then what is shown is read again. */
export const acted = (): number => state.acted;

export const note = (): Note | null => state.note;

/** Tells what was done; `undo` where Ctrl+Z takes it back. */
export function done(text: string, { undo = false } = {}): void {
  state.note = { text, tone: "good", undo };
  state.acted += 1;
}

/** Tells what did not work, where there is no better place than the bar. */
export function failed(text: string): void {
  state.note = { text, tone: "bad", undo: false };
}

/** Waits for what nobody else waits for; what does not work is told in the bar. */
export function attempt(work: Promise<unknown>): void {
  work.catch((error: unknown) => failed(sentence(error)));
}

/** What some part of a screen forgot to wait for is told too: nothing that is refused ends in silence. */
export function tellAll(window: Window): void {
  window.addEventListener("unhandledrejection", ({ reason }) => failed(sentence(reason)));
}

export function dismiss(): void {
  state.note = null;
}

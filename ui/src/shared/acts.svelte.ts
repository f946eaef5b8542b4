// What was just done, and the way back. A screen says `done("Saved")` after an act; the bar at the foot shows it and offers
// to undo. Undo itself is the office's (one log of acts, also bulk ones); the frame hands it over with `useActs`.

import { words } from "../strings/index.svelte";
import { sentence } from "./said";

export interface Acts {
  /** Undoes the last act; what it was, in words, null where there is nothing to undo, undefined where somebody decided not to. */
  undo: () => Promise<string | null | undefined>;
  redo: () => Promise<string | null>;
}

export interface Note {
  text: string;
  tone: "good" | "bad";
  /** Whether the bar offers the way back. */
  undo: boolean;
}

/** Long enough to read it and reach for the mouse; Ctrl+Z works afterwards too. */
export const NOTE_FOR_MS = 8_000;

const state = $state({ note: null as Note | null, acts: null as Acts | null, acted: 0 });

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

export function setActs(acts: Acts | null): void {
  state.acts = acts;
}

export const canUndo = (): boolean => state.acts !== null;

export const undo = (): Promise<void> => back("undo");
export const redo = (): Promise<void> => back("redo");

async function back(way: "undo" | "redo"): Promise<void> {
  if (!state.acts) return;
  try {
    const what = await state.acts[way]();
    if (what === undefined) return;
    if (what === null) done(way === "undo" ? words.common.nothingToUndo : words.common.nothingToRedo);
    else done(way === "undo" ? words.common.undone(what) : words.common.redone(what), { undo: way === "redo" });
  } catch (error) {
    failed(sentence(error));
  }
}

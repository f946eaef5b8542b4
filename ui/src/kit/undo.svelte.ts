// The way back. Undo itself is the program's (one log of acts, also bulk ones), which hands it over with `setActs`.

import { words } from "../strings/index.svelte";
import { sentence } from "./error_text";
import { done, failed } from "./notifications.svelte";

export interface Acts {
  /** Undoes the last act; what it was, in words, null where there is nothing to undo, undefined where somebody decided not to. */
  undo: () => Promise<string | null | undefined>;
  redo: () => Promise<string | null>;
}

const state = $state({ acts: null as Acts | null, taken: 0 });

/** Another number after something was taken back or done again: what a screen says of its last act may not be so any more. */
export const taken = (): number => state.taken;

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
    if (what !== null) state.taken += 1;
    if (what === null) done(way === "undo" ? words.common.nothingToUndo : words.common.nothingToRedo);
    else done(way === "undo" ? words.common.undone(what) : words.common.redone(what), { undo: way === "redo" });
  } catch (error) {
    failed(sentence(error));
  }
}

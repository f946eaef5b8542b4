// Ctrl+Z and Ctrl+Shift+Z, as the office does them: one log of acts, whatever was done last at this desk is taken back first.

import type { Acts } from "../shared/acts.svelte";
import { call, isFailure } from "../shared/call";
import { words } from "../strings/index.svelte";

async function taken(way: "session.undo" | "session.redo"): Promise<string | null> {
  try {
    const { what, left } = await call({ do: way });
    return left > 0 ? `${what} (${words.frame.left(left)})` : what;
  } catch (error) {
    if (isFailure(error) && error.code === "not_found") return null;
    throw error;
  }
}

export const officeActs: Acts = { undo: () => taken("session.undo"), redo: () => taken("session.redo") };

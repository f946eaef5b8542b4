// Ctrl+Z and Ctrl+Shift+Z, as the office does them.

import type { Acts } from "../shared/acts.svelte";
import { call, isFailure } from "../shared/call";

async function taken(way: "session.undo" | "session.redo"): Promise<string | null> {
  try {
    return (await call({ do: way })).what;
  } catch (error) {
    if (isFailure(error) && error.code === "not_found") return null;
    throw error;
  }
}

export const officeActs: Acts = { undo: () => taken("session.undo"), redo: () => taken("session.redo") };

// Ctrl+Z and Ctrl+Shift+Z, as the office does them: one log of acts, whatever was done last at this desk is taken back first. What is
// not the last thing of the screen that is looked at is named and asked for before it is taken back; and where the last thing stays,
// as a signature does, that is said.

import type { Acts } from "../kit/undo.svelte";
import type { Address } from "../kit/address";
import { call, isFailure } from "./call";
import { here } from "../kit/router.svelte";
import { words } from "../strings/index.svelte";
import { UndoLog } from "./undo_log";
import { askUndo } from "./undo_asked.svelte";

async function taken(way: "session.undo" | "session.redo"): Promise<string | null> {
  try {
    const { what, left } = await call({ do: way });
    return left > 0 ? `${what} (${words.frame.left(left)})` : what;
  } catch (error) {
    if (isFailure(error) && error.code === "not_found") return null;
    throw error;
  }
}

const log = new UndoLog();

let noted: Promise<void> = Promise.resolve();

/** Something was done, undone or done again on the screen at `address`. */
export function noteAct(address: Address): Promise<void> {
  noted = noted.then(async () => {
    try {
      const { id } = await call({ do: "session.undoable" });
      log.note(id, address.screen);
    } catch {
      // Then Ctrl+Z asks first.
    }
  });
  return noted;
}

async function undo(): Promise<string | null | undefined> {
  await noted;
  const { undo: what, id, lasting } = await call({ do: "session.undoable" });
  const why = lasting ?? log.asks(id, here().screen);
  if (why && !(await askUndo({ what, why }))) return undefined;
  log.takes();
  return taken("session.undo");
}

export const officeActs: Acts = { undo, redo: () => (log.takes(), taken("session.redo")) };

// Which file is meant: dropped onto the window, chosen in the system's dialog, or typed. The window learns paths only; the
// office reads the files.

import { invoke } from "@tauri-apps/api/core";
import { asking, curtained } from "../../kit/modals";

/** What the shell tells of files that are held over the window (node/shell/src/files.rs). */
export interface Held {
  over: boolean;
  paths: string[];
}

const EVENT = "pems-files";

/** Listens until the returned function is called. */
export function onfiles(heard: (held: Held) => void): () => void {
  // What is dropped onto a locked desk, or onto a question that waits for its answer, is for nobody.
  const listen = (event: Event) => {
    if (!curtained() && !asking()) heard((event as CustomEvent<Held>).detail);
  };
  addEventListener(EVENT, listen);
  return () => removeEventListener(EVENT, listen);
}

/** The system's dialog; null where it was closed without a file. */
export const chooseFile = (label: string): Promise<string | null> => invoke<string | null>("choose_file", { label });

/** The system's dialog for a copy of an office; null where it was closed without a file. */
export const chooseBackup = (label: string): Promise<string | null> => invoke<string | null>("choose_file", { label, backup: true });

/** The system's dialog for a file that is yet to be written; null where it was closed. `proposed` is where it would go. */
export const choosePlace = (title: string, proposed: string): Promise<string | null> =>
  invoke<string | null>("choose_place", { title, proposed });

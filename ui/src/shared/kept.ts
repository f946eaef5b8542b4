// How this PC's window is set: its look, its language, which columns are shown. The office keeps it (the web view keeps nothing, so
// that no trace of the records stays in it), and it is read once, before the first screen.

import { call } from "./call";

let settings: Record<string, string> = {};

export async function readKept(): Promise<void> {
  try {
    settings = await call({ do: "session.kept" });
  } catch {
    // Then the window looks as it does at first; what is wrong with the office is said by the page about it.
    settings = {};
  }
}

/** What was kept under a name; undefined where nothing was. */
export const kept = (name: string): string | undefined => settings[name];

export function keep(name: string, value: string): void {
  if (settings[name] === value) return;
  settings = { ...settings, [name]: value };
  // A disk that takes no settings takes no records either, and that is said where a record is saved.
  void call({ do: "session.keep", settings: { [name]: value } }).catch(() => undefined);
}

/** For the gallery, which has no office. */
export function setKept(next: Record<string, string>): void {
  settings = next;
}

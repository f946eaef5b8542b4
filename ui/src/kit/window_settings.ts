// How a window is set: its look, its language, which columns are shown. Where that is kept is the program's affair (an office keeps
// it on its PC, the console in the browser); it is read once, before the first screen.

export interface Shelf {
  read(): Promise<Record<string, string>>;
  write(name: string, value: string): Promise<unknown>;
}

let settings: Record<string, string> = {};
let shelf: Shelf | null = null;

/** Settings come from here and go there from now on. */
export async function useShelf(next: Shelf): Promise<void> {
  shelf = next;
  try {
    settings = await next.read();
  } catch {
    // Then the window looks as it does at first; what is wrong is said by the page about it.
    settings = {};
  }
}

/** What was kept under a name; undefined where nothing was. */
export const kept = (name: string): string | undefined => settings[name];

export function keep(name: string, value: string): void {
  if (settings[name] === value) return;
  settings = { ...settings, [name]: value };
  // A disk that takes no settings takes no records either, and that is said where a record is saved.
  void shelf?.write(name, value).catch(() => undefined);
}

/** For the gallery and tests, which keep nothing. */
export function setKept(next: Record<string, string>): void {
  settings = next;
}

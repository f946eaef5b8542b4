// Every shortcut that works now, in one list: that is what the sheet (?) shows and what key presses are compared with. A
// component adds its own with `useShortcuts` and they leave with it. Of two for the same keys the newer one holds.

import { untrack } from "svelte";
import { matches, typing } from "./keys";
import { asking, curtained } from "./modals";

export interface Shortcut {
  /** `Ctrl+K`, `Alt+1`, `F2`, `?`; empty for an act that only the palette offers. */
  keys: string;
  /** What it does; asked when it is shown, so that it follows the language. */
  label: () => string;
  run: () => void;
  group?: "anywhere" | "screen";
  /** Also while text is being typed. Without it only combinations with Ctrl or Alt, and function keys, are. */
  whileTyping?: boolean;
  /** While text is being typed: only where nothing of it was typed since the field got the keys, and so nothing is the field's own. */
  whileUntouched?: boolean;
  /** Also while a dialog waits for its answer. Without it nothing behind a dialog moves. */
  overDialogs?: boolean;
  /** Whether it holds now; without it always. One that does not is not shown either. */
  holds?: () => boolean;
}

// No state of Svelte's: a component that is being destroyed reads such state as it was before, and would take the list of the
// screen that comes in its place along.
let lists: readonly Shortcut[][] = [];
/** Another object with every change of the lists, for what shows them. */
let change = $state.raw({});

export const shortcuts = (): Shortcut[] => (void change, lists.flat().filter(({ holds }) => holds?.() ?? true));

/** Adds shortcuts until the returned function is called. */
export function addShortcuts(list: Shortcut[]): () => void {
  lists = [...lists, list];
  change = {};
  return () => {
    lists = lists.filter((other) => other !== list);
    change = {};
  };
}

/** Adds shortcuts for as long as the component that calls this is shown. */
export function useShortcuts(list: Shortcut[]): void {
  $effect.pre(() => untrack(() => addShortcuts(list)));
}

/** The field in which something was typed since it got the keys: its text is the web view's to take back. */
let touched: EventTarget | null = null;

if (typeof window !== "undefined") {
  window.addEventListener("focusin", () => (touched = null), true);
  window.addEventListener("input", (event) => (touched = event.target), true);
  // What was typed is kept, and now it is an act of the office.
  window.addEventListener("change", () => (touched = null), true);
}

/** Runs the shortcut that `event` is. The frame calls it for every key press that nobody else took. */
export function press(event: KeyboardEvent): void {
  // Behind a locked desk nothing acts.
  if (event.defaultPrevented || curtained()) return;
  const into = typing(event.target);
  const found = lists
    .flat()
    .reverse()
    .find(({ keys, whileTyping, whileUntouched, overDialogs, holds }) => {
      if (!matches(keys, event) || (asking() && !overDialogs) || holds?.() === false) return false;
      const combined = /^(Ctrl|Alt)\+|^F\d/.test(keys);
      if (into === "text" && whileUntouched) return touched !== event.target;
      return into === null || (into === "letters" ? combined : (whileTyping ?? combined));
    });
  if (!found) return;
  event.preventDefault();
  found.run();
}

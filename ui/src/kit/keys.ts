// Which key press a shortcut means. Pure, so that it can be tested without a window.

export interface Press {
  key: string;
  code?: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** Whether `event` is `keys`, written as `Ctrl+K`, `Ctrl+Shift+Z`, `Alt+1`, `F2`, `?`. Ctrl is also the Mac's Command. */
export function matches(keys: string, event: Press): boolean {
  const parts = keys.split("+");
  const key = parts.pop() ?? "";
  const wants = (name: string) => parts.includes(name);
  if (wants("Ctrl") !== (event.ctrlKey || event.metaKey) || wants("Alt") !== event.altKey) return false;
  // A sign such as ? needs Shift on some keyboards and not on others: the sign itself is what counts.
  const sign = key.length === 1 && !/[a-z0-9]/i.test(key);
  if (!sign && wants("Shift") !== event.shiftKey) return false;
  // With Alt some systems report the character that Alt makes; the place of a digit is the same everywhere.
  if (/^\d$/.test(key) && event.code === `Digit${key}`) return true;
  return event.key.toLowerCase() === key.toLowerCase();
}

/** The parts of a shortcut as they are shown: `["Ctrl", "K"]`. */
export function shown(keys: string): string[] {
  const names: Record<string, string> = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };
  return keys.split("+").map((part) => names[part] ?? part);
}

/**
 * Whether keys typed into `target` are text. A list that starts to edit at the first letter (`data-typing="letters"`) takes
 * letters alone: Ctrl+Z there undoes the last act and not a letter.
 */
export function typing(target: EventTarget | null): "text" | "letters" | null {
  if (!(target instanceof HTMLElement)) return null;
  if (target.dataset.typing === "letters") return "letters";
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return "text";
  const buttons = /^(checkbox|radio|button|submit|range)$/;
  return target instanceof HTMLInputElement && !buttons.test(target.type) ? "text" : null;
}

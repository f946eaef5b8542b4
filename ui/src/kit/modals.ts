// Dialogs, and the curtain of a locked desk. A dialog of the browser lies above everything and makes all else dead to clicks and
// keys: behind a locked desk it would lie above the password as well. So behind the curtain no dialog is shown, whether it was
// open already or opens meanwhile, and with the curtain gone each is there again as it was left, with what was typed in it.

interface Modal {
  dialog: HTMLDialogElement;
  /** What gets the keys when it opens. */
  focus: () => void;
}

/** The open ones, the topmost last; also those that the curtain hides. */
let modals: readonly Modal[] = [];
let drawn = false;
/** What had the keys when the curtain fell. */
let last: Element | null = null;

/** Whether the desk is locked: then nothing that is typed or dropped is for what lies behind. */
export const curtained = (): boolean => drawn;

/** Whether a dialog waits for an answer. */
export const asking = (): boolean => modals.length > 0;

/** Where nothing has the keys (what had them is gone from the screen), the screen gets them: they are never nowhere. */
export function giveKeys(): void {
  const nowhere = document.activeElement === null || document.activeElement === document.body;
  if (nowhere && !drawn && modals.length === 0) document.getElementById("main")?.focus({ preventScroll: true });
}

/** Opens a dialog, or remembers to. */
export function show(dialog: HTMLDialogElement, focus: () => void): void {
  if (modals.some((one) => one.dialog === dialog)) return;
  modals = [...modals, { dialog, focus }];
  if (drawn) return;
  dialog.showModal();
  focus();
}

/** Closes a dialog. */
export function hide(dialog: HTMLDialogElement): void {
  const known = modals.some((one) => one.dialog === dialog);
  forget(dialog);
  if (dialog.open) dialog.close();
  if (known) giveKeys();
}

/** A dialog leaves the screen together with what it is part of; it has nothing to say any more. */
export function forget(dialog: HTMLDialogElement): void {
  modals = modals.filter((one) => one.dialog !== dialog);
}

/** Whether a dialog said that it closes because the curtain fell: then it is still wanted. */
export const isKept = (dialog: HTMLDialogElement): boolean => modals.some((one) => one.dialog === dialog) && (drawn || dialog.open);

/** The curtain falls (before what lies behind is put out of sight) or rises (after it is back). */
export function curtain(falls: boolean): void {
  if (falls === drawn) return;
  drawn = falls;
  if (falls) {
    last = document.activeElement;
    for (const { dialog } of [...modals].reverse()) dialog.close();
    return;
  }
  for (const { dialog } of modals) dialog.showModal();
  const top = modals.at(-1);
  if (last instanceof HTMLElement && last.isConnected && (!top || top.dialog.contains(last))) last.focus();
  else top?.focus();
  last = null;
}

// Dialogs, the curtain of a locked desk over them, and shortcuts that act neither behind the one nor behind the other.

import { createRawSnippet, flushSync, unmount, mount } from "svelte";
import { beforeEach, describe, expect, test, vi } from "vitest";
import Dialog from "./Dialog.svelte";
import { asking, curtain } from "./modals";
import { addShortcuts, press as pressed, shortcuts } from "./shortcuts.svelte";
import { find, press, show, type } from "./testing";

const inside = createRawSnippet(() => ({ render: () => `<input name="inside">` }));
const later = () => new Promise((done) => setTimeout(done));

function make(first = true) {
  const kept = $state({ open: first, closed: 0 });
  show(Dialog, {
    title: "A question",
    children: inside,
    get open() {
      return kept.open;
    },
    set open(open: boolean) {
      kept.open = open;
    },
    onclose: () => (kept.closed += 1),
  });
  return kept;
}
const dialog = () => find<HTMLDialogElement>("dialog");

beforeEach(() => curtain(false));

describe("a dialog behind the curtain", () => {
  test("is out of the way, keeps what was typed, and comes back with the keys where they were", async () => {
    const kept = make();
    type(find("[name=inside]"), "half a wo", false);
    curtain(true);
    await later();
    expect([dialog().open, kept.open, kept.closed]).toEqual([false, true, 0]);
    curtain(false);
    await later();
    expect([dialog().open, kept.open, kept.closed]).toEqual([true, true, 0]);
    expect(find<HTMLInputElement>("[name=inside]").value).toBe("half a wo");
    expect(document.activeElement).toBe(find("[name=inside]"));
  });

  test("that would open meanwhile waits until the curtain is gone", () => {
    curtain(true);
    make();
    expect(dialog().open).toBe(false);
    curtain(false);
    expect(dialog().open).toBe(true);
  });

  test("that is closed meanwhile stays closed", () => {
    const kept = make();
    curtain(true);
    kept.open = false;
    flushSync();
    curtain(false);
    expect([dialog().open, asking()]).toEqual([false, false]);
  });

  test("is closed by whoever sits there, and says so once", async () => {
    const kept = make();
    dialog().close();
    await later();
    flushSync();
    expect([kept.open, kept.closed, asking()]).toEqual([false, 1, false]);
  });

  test("is forgotten with what it is part of", async () => {
    const made = mount(Dialog, { target: document.body, props: { title: "Gone", open: true, children: inside } });
    flushSync();
    await unmount(made);
    expect(asking()).toBe(false);
    curtain(true);
    curtain(false);
  });
});

test("closed where what had opened it is gone, a dialog leaves the keys to the screen", async () => {
  const [main, opener] = [document.createElement("main"), document.createElement("button")];
  main.id = "main";
  main.tabIndex = -1;
  main.append(opener);
  document.body.append(main);
  opener.focus();
  const kept = make();
  find("[name=inside]").focus();
  opener.remove();
  find<HTMLInputElement>("[name=inside]").blur();
  expect(document.activeElement).toBe(document.body);
  kept.open = false;
  flushSync();
  await later();
  expect(document.activeElement).toBe(main);
});

test("Esc in a dialog is the dialog's, and not also that of the form below it", () => {
  const heard = vi.fn();
  addEventListener("keydown", heard);
  make();
  press(find("[name=inside]"), "Escape");
  expect(heard).not.toHaveBeenCalled();
  press(find("[name=inside]"), "Ctrl+L");
  expect(heard).toHaveBeenCalledTimes(1);
  removeEventListener("keydown", heard);
});

describe("shortcuts", () => {
  const run = vi.fn();
  const lock = vi.fn();
  const key = (keys: string) => pressed(press(document.body, keys));
  beforeEach(() => {
    run.mockClear();
    lock.mockClear();
    return addShortcuts([
      { keys: "Ctrl+K", label: () => "Find", run },
      { keys: "Ctrl+L", label: () => "Lock", run: lock, overDialogs: true },
      { keys: "Alt+9", label: () => "Nowhere", run, holds: () => false },
    ]);
  });

  test("do not act behind a locked desk", () => {
    curtain(true);
    for (const keys of ["Ctrl+K", "Ctrl+L"]) key(keys);
    expect([run.mock.calls, lock.mock.calls]).toEqual([[], []]);
    curtain(false);
    key("Ctrl+K");
    expect(run).toHaveBeenCalledTimes(1);
  });

  test("do not act behind a dialog, but for locking", () => {
    make();
    for (const keys of ["Ctrl+K", "Ctrl+L"]) key(keys);
    expect([run.mock.calls.length, lock.mock.calls.length]).toEqual([0, 1]);
  });

  test("that do not hold now neither act nor are shown", () => {
    key("Alt+9");
    expect(run).not.toHaveBeenCalled();
    expect(shortcuts().map(({ keys }) => keys)).toEqual(["Ctrl+K", "Ctrl+L"]);
  });
});

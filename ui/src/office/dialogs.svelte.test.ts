// No dialog throws away what was typed into it by one Esc: each that has controls is opened, typed into, and left.

import { flushSync, tick } from "svelte";
import { afterEach, expect, test, vi } from "vitest";
import { answers, click, find, named, show, type } from "../kit/testing";
import RangeDialog from "./admin/RangeDialog.svelte";
import TermsDialog from "./admin/TermsDialog.svelte";
import UserDialog from "./admin/UserDialog.svelte";
import YearDialog from "./admin/YearDialog.svelte";
import Month from "./attendance/Month.svelte";
import DaysDialog from "./calendar/DaysDialog.svelte";
import MoveDialog from "./enrolment/MoveDialog.svelte";
import MovementDialog from "./enrolment/MovementDialog.svelte";
import BulkDialog from "./learners/BulkDialog.svelte";
import Guardians from "./learners/Guardians.svelte";
import PasteDialog from "./learners/PasteDialog.svelte";
import SectionDialog from "./sections/SectionDialog.svelte";
import PasswordDialog from "./signin/PasswordDialog.svelte";

const sources = import.meta.glob<string>("./**/*.svelte", { query: "?raw", import: "default", eager: true });
const CONTROL = /<(Field|Combobox|PasteTable|input|textarea|select)\b/;
/** The files whose dialogs take something in. */
const declared = Object.entries(sources)
  .filter(([, text]) => [...text.matchAll(/<Dialog\b[\s\S]*?<\/Dialog>/g)].some(([dialog]) => CONTROL.test(dialog)))
  .map(([file]) => file.slice(2))
  .sort();

const days = { start_date: "2026-06-08", end_date: "2027-04-08" };
const year = {
  id: "y",
  label: "2026-2027",
  status: "open",
  cutoff_date: null,
  drop_label: null,
  half_days: false,
  term_kind: "term",
  ...days,
  terms: [days],
};
const sections = [{ id: "luna", grade_level: "7", name: "Luna", total: 3, capacity: null }];
const range = { device: "d", prefix: "2026-", from_no: 1, to_no: 99, digits: 4 };
const month = {
  section: { id: "luna", grade_level: "7", name: "Luna", title: "7-Luna", mine: true, may_take: true, adviser: null },
  month: "2026-06",
  months: ["2026-06"],
  pupils: [],
  days: [],
  untaken: [],
  drafts: [],
  coming: 0,
  may_sign: true,
  may_reopen: true,
  report: { signed: true, by: "Ana Reyes", at: null, reopened: null },
};
const gone = vi.fn();
const none = () => undefined;

/** What shows each of them. */
const SHOWN: Record<string, () => unknown> = {
  "admin/RangeDialog.svelte": () =>
    show(RangeDialog, {
      range: null,
      ranges: { ranges: [], devices: [{ id: "d", short: "D", here: true, name: "PC" }], proposed: range } as never,
      onclose: gone,
      onsaved: none,
    }),
  "admin/TermsDialog.svelte": () => show(TermsDialog, { year: year as never, onclose: gone, onsaved: none }),
  "admin/UserDialog.svelte": () => show(UserDialog, { user: null, staff: [], first: false, onclose: gone, onsaved: none }),
  "admin/YearDialog.svelte": () => show(YearDialog, { year: null, next: year as never, onclose: gone, onsaved: none }),
  "attendance/SignDialog.svelte": async () => {
    show(Month, { section: "luna", month: "2026-06", version: 1 });
    await settled();
    click(named("button", "Open"));
  },
  "calendar/DaysDialog.svelte": () =>
    show(DaysDialog, {
      year: "y",
      setting: { from: "2026-06-12", to: "2026-06-12", kind: "event", scope: "school", source: "school" } as never,
      onclose: gone,
      onsaved: none,
    }),
  "enrolment/MoveDialog.svelte": () =>
    show(MoveDialog, { open: true, enrolments: ["e"], sections: sections as never, year: year as never }),
  "enrolment/MovementDialog.svelte": () =>
    show(MovementDialog, {
      movement: { what: "transfer_out", enrolment: "e", name: "Jay", school_year: "y", grade: "7", section: null } as never,
      onclose: gone,
    }),
  "learners/BulkDialog.svelte": () => show(BulkDialog, { ids: ["a"], ondone: none }),
  "learners/Guardians.svelte": () => {
    show(Guardians, { learner: "a", guardians: [], readonly: false });
    click(named("button", "Add a guardian"));
  },
  "learners/PasteDialog.svelte": () => show(PasteDialog, { pasting: { cells: [["Reyes", "Jay"]], onto: null } }),
  "sections/SectionDialog.svelte": () => show(SectionDialog, { open: true, year: year as never, section: null }),
  "signin/PasswordDialog.svelte": () => show(PasswordDialog, { open: true }),
};
const cell = (text: string, problem: string | null) => ({ text, problem, read_as: null, left: null, was: null });
const preview = {
  header: false,
  columns: ["last_name", "first_name"].map((field) => ({ heading: "", field, label: field })),
  rows: [
    {
      at: 0,
      kind: "refused",
      name: "Reyes, Jay",
      id: null,
      like: null,
      asks: null,
      problem: null,
      cells: [cell("Reyes", null), cell("Jay", "too long")],
    },
  ],
  new: 0,
  changes: 0,
  same: 0,
  suspects: 0,
  refused: 1,
  left: 0,
};

async function settled() {
  for (let turn = 0; turn < 10; turn++) await tick();
  flushSync();
}
const dialog = () => find<HTMLDialogElement>("dialog");
/** Presses Esc as the web view tells a dialog of it; whether the dialog would close. */
async function escapes(): Promise<boolean> {
  const goes = dialog().dispatchEvent(new Event("cancel", { cancelable: true }));
  await settled();
  return goes;
}
type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
const control = () => find<Control>("dialog :is(input:not([readonly], [disabled], [type=checkbox]), textarea, select:not([disabled]))");
function change(to: Control, value: string) {
  to.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
  if (!(to instanceof HTMLSelectElement)) return type(to, value, false);
  to.focus();
  to.value = value;
  to.dispatchEvent(new Event("change", { bubbles: true }));
  flushSync();
}
const otherOf = (one: Control) =>
  one instanceof HTMLSelectElement ? ([...one.options].find(({ value }) => value !== one.value)?.value ?? "") : "Half a wo";

afterEach(() => gone.mockClear());

test("every dialog with controls is tried here", () => {
  expect(Object.keys(SHOWN).sort()).toEqual(declared);
  const own = Object.entries(sources).filter(([, text]) => text.includes("<dialog"));
  expect(
    own.map(([file]) => file),
    "a dialog of its own does not ask; the palette keeps nothing",
  ).toEqual(["./Palette.svelte"]);
});

test.each(Object.keys(SHOWN))("%s asks before it loses what was typed", async (file) => {
  answers(
    ({ do: asked }) =>
      ({
        "attendance.month": month,
        "learners.paste_preview": preview,
        "enrolment.years": { years: [year], current: "y", today: "2026-11-30" },
      })[asked] ?? [],
  );
  await SHOWN[file]?.();
  await settled();
  expect(await escapes(), "nothing was typed: Esc closes").toBe(true);

  const first = control();
  const [before, typed] = [first.value, otherOf(first)];
  expect(typed).not.toBe(before);
  change(first, typed);
  expect(await escapes(), "half typed").toBe(false);
  expect(dialog().open).toBe(true);
  expect(document.activeElement?.textContent).toContain("Go on");
  click(named("dialog button", "Go on"));
  await settled();
  expect(document.body.textContent).not.toContain("Close without saving");
  // A second Esc in the question goes on typing too, and the cross asks as Esc does.
  click(find("dialog .head button"));
  await settled();
  expect(await escapes()).toBe(false);
  expect(document.body.textContent).not.toContain("Close without saving");
  if (control().isConnected && control() === first) {
    expect(first.value).toBe(typed);
    change(first, before);
    expect(await escapes(), "as it was: nothing to lose").toBe(true);
    change(first, typed);
  }

  expect(await escapes()).toBe(false);
  click(named("dialog button", "Close without saving"));
  await settled();
  expect(document.querySelector<HTMLDialogElement>("dialog")?.open ?? false).toBe(false);
});

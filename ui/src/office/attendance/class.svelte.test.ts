// The class on the screen, with the office's answers at the edge of the window.

import { flushSync, tick } from "svelte";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Class, MonthSheet, Pupil } from "../../generated/attendance";
import { click, find, named, press, show } from "../../kit/testing";
import { shortcuts } from "../../kit/shortcuts.svelte";
import ClassSheet from "./ClassSheet.svelte";
import OwnClass from "../home/OwnClass.svelte";
import Month from "./Month.svelte";
import Today from "./Today.svelte";

const office = vi.hoisted(() => ({ asked: [] as Record<string, unknown>[], answers: {} as Record<string, unknown> }));
vi.mock("@tauri-apps/api/core", () => ({
  invoke: (_: string, { request }: { request: { do: string } }) => {
    office.asked.push(request);
    return Promise.resolve(structuredClone(office.answers[request.do] ?? null));
  },
}));

const section = { id: "s", name: "Rizal", grade_level: "7", adviser: null, mine: true, may_take: true };
const pupil = (id: string, more: Partial<Pupil> = {}): Pupil => ({
  id,
  name: { last: id, first: "A", middle: null, ext: null },
  listed: `${id}, A`,
  sex: "F",
  code: "P",
  note: null,
  away: 0,
  away_since: null,
  elsewhere: null,
  ...more,
});
const shown = (date: string, more: Partial<Class> = {}): Class => ({
  section,
  school_year: "2026-2027",
  day: { date, kind: "class", label: null, class: true },
  session: "day",
  half_days: false,
  today: "2026-11-30",
  taken: null,
  locked: null,
  needs_reason: false,
  before: null,
  after: null,
  draft: null,
  pupils: [pupil("Cruz"), pupil("Reyes", { away: 2, away_since: "2026-11-26" })],
  moved: [],
  ...more,
});

async function open(date: string, more: Partial<Class> = {}) {
  office.asked = [];
  office.answers = { "attendance.class": shown(date, more), "attendance.unsubmitted": [] };
  show(ClassSheet, { section: "s", date, session: "day", version: 0 });
  await settled();
}
async function settled() {
  for (let turn = 0; turn < 10; turn++) await tick();
  flushSync();
}
const kept = () => office.asked.filter((one) => one.do === "attendance.keep_draft").map((one) => one.draft);
const said = () => document.body.textContent.replace(/\s+/g, " ");

beforeEach(() => {
  Element.prototype.scrollIntoView = () => undefined;
});

describe("marks that are not submitted", () => {
  test("are kept with every mark, and taken away with the last one", async () => {
    await open("2026-11-02");
    press(find("[role=grid]"), "A");
    press(find("[role=grid]"), "L");
    await settled();
    expect(kept()).toEqual([
      { marks: { Cruz: "A" }, reason: "" },
      { marks: { Cruz: "A", Reyes: "L" }, reason: "" },
    ]);
    expect(said()).toContain("not submitted");
    click(named("button", "Leave as recorded"));
    await settled();
    expect(kept().at(-1)).toBeUndefined();
  });

  test("are there again when the window was closed over them", async () => {
    await open("2026-11-03", { draft: { marks: { Cruz: "A", Reyes: "L" }, reason: "Found it" } });
    expect(said()).toContain("2 changes not submitted");
    expect(find("[role=row].A").textContent).toContain("Cruz");
    expect(kept()).toEqual([]);
  });
});

describe("a class", () => {
  test("shows what is proposed otherwise than what is recorded", async () => {
    await open("2026-11-04");
    expect(document.querySelectorAll("button.P.proposed")).toHaveLength(2);
    expect(said()).toContain("nothing is recorded until it is submitted");
    document.body.innerHTML = "";
    await open("2026-11-05", { taken: { by: null, at: null, correction: null } });
    expect(document.querySelectorAll("button.P.proposed")).toHaveLength(0);
  });

  test("says the keys of the marks, in the tooltips and in the sheet of shortcuts", async () => {
    await open("2026-11-06");
    expect(find("button.AM").title).toBe("Absent in the morning (M)");
    const keys = shortcuts()
      .filter((one) => one.group === "screen")
      .map((one) => one.keys);
    expect(keys).toEqual(expect.arrayContaining(["P", "A", "L", "C", "E", "M", "H"]));
  });

  test("says how many school days in a row, this one too, and since when", async () => {
    await open("2026-11-30");
    expect(said()).toContain("absent 2 school days in a row (since 26 Nov 2026)");
    press(find("[role=grid]"), "ArrowDown");
    press(find("[role=grid]"), "A");
    await settled();
    expect(said()).toContain("absent 3 school days in a row (since 26 Nov 2026)");
  });

  test("names who was marked here and is in another section since", async () => {
    const went = pupil("Torres", { code: "L", elsewhere: { section: "7-Luna", code: "P" } });
    await open("2026-11-09", { taken: { by: null, at: null, correction: null }, moved: [went] });
    expect(said()).toContain("now in 7-Luna");
    expect(said()).toContain("3 present, 0 absent, 1 late or cutting");
  });
});

describe("a day without classes", () => {
  const off = (date: string, kind: string, label: string | null) => ({ date, kind, label, class: false });
  for (const [kind, label, expected] of [
    ["holiday", "Bonifacio Day", "Holiday: Bonifacio Day"],
    ["suspension", "Typhoon", "No classes: Typhoon"],
    ["weekend", null, "Weekend"],
    ["outside", null, "Outside the school year"],
  ] as const)
    test(`is no day on which attendance was not taken: ${kind}`, async () => {
      await open("2026-11-30", { day: off("2026-11-30", kind, label) });
      expect(find(".record").textContent.trim()).toBe(expected);
      expect(said()).not.toContain("not taken");
      document.body.innerHTML = "";
      const line = {
        section,
        day: off("2026-11-30", kind, label),
        learners: 2,
        sessions: [],
        half_untaken: null,
        taken: null,
        absent: 0,
        half: 0,
        tardy: 0,
        unsubmitted: 0,
        locked: false,
      };
      const overview = {
        date: "2026-11-30",
        today: "2026-11-30",
        school_year: "2026-2027",
        year_id: "y",
        half_days: false,
        sections: [line],
        before: null,
        after: null,
      };
      office.answers = { "attendance.today": overview };
      show(Today, { date: null, version: 0 });
      await settled();
      expect(find("main a, li a").textContent).toContain(expected);
      click(named("button", "Not taken only"));
      await settled();
      expect(find(".empty h2").textContent).toBe(expected);
      expect(said()).not.toContain("All sections are taken");
      document.body.innerHTML = "";
      const own = { today: line, male: 1, female: 1, months: [], moved: [], unsubmitted: [] };
      show(OwnClass, { own, keys: true });
      expect(find("[data-fact=own-off]").textContent).toBe(expected);
      expect(said()).not.toContain("not taken");
    });

  test("and an event need not be taken", async () => {
    await open("2026-11-27", { day: { date: "2026-11-27", kind: "event", label: "Sports day", class: true } });
    expect(find(".record").textContent.trim()).toBe("Event (Sports day): attendance may be taken");
  });
});

describe("a month", () => {
  const month = (more: Partial<MonthSheet>): MonthSheet => ({
    section,
    school_year: "2026-2027",
    month: "2026-10",
    months: ["2026-10"],
    report: null,
    may_reopen: false,
    today: "2026-11-30",
    days: [{ day: { date: "2026-10-01", kind: "class", label: null, class: true }, taken: true, male_halves: 0, female_halves: 0 }],
    pupils: [],
    untaken: [],
    coming: 0,
    drafts: [],
    ...more,
  });
  const untaken = ["2026-10-05", "2026-10-06", "2026-10-12"].map((date) => ({ date, session: "day" }));
  const drafts = [{ section: "s", date: "2026-10-05", session: "day", changes: 2 }];
  for (const [why, more, expected] of [
    ["days that nobody took", { untaken }, "3 class days are not taken (5–6, 12 Oct 2026)"],
    ["marks that are not submitted", { drafts }, "marks of 5 Oct 2026 are not submitted"],
    ["days to come", { coming: 2 }, "2 class days are still to come"],
  ] as const)
    test(`is not signed over ${why}, and says so before`, async () => {
      office.answers = { "attendance.month": month(more as Partial<MonthSheet>) };
      show(Month, { section: "s", month: "2026-10", version: 0 });
      await settled();
      expect((named("button", "Sign SF2") as HTMLButtonElement).disabled).toBe(true);
      expect(said()).toContain(expected);
    });
  test("with everything taken is signed", async () => {
    office.answers = { "attendance.month": month({}) };
    show(Month, { section: "s", month: "2026-10", version: 0 });
    await settled();
    expect((named("button", "Sign SF2") as HTMLButtonElement).disabled).toBe(false);
  });
});

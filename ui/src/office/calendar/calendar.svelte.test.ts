// The school's calendar: a month walked with the keys, days set and taken out, and who may only read it.

import { expect, test } from "vitest";
import type { CalendarYear } from "../../generated/attendance";
import { click, find, named, press, type } from "../../kit/testing";
import { all, at, english, held, inBothLanguages, keys, labelled, office, open, refuse, said, settled, sign, TODAY } from "../testing";
import Calendar from "./Index.svelte";

const info = { id: "y26", label: "2026-2027", start_date: "2026-06-08", end_date: "2027-04-08" };
const entry = { id: "c1", date: "2026-11-02", scope: "school", kind: "holiday", source: "national", reason: "All Souls' Day" };
const calendar = (more: Partial<CalendarYear> = {}): CalendarYear => ({
  years: [info],
  year: info,
  today: TODAY,
  may_change: true,
  entries: [entry],
  proposed: [],
  ...more,
});
const holiday = { date: "2026-12-08", name: "Immaculate Conception", source: "RA 10966", sure: true };
const dialog = () => document.querySelector<HTMLElement>("dialog[open]");
const day = (date: string) => find(`[role=gridcell][id$="${date}"]`);

inBothLanguages((words, language) => {
  test("a school without a school year is told who makes it", async () => {
    sign("registrar");
    office({ "attendance.calendar": calendar({ year: null, years: [], entries: [] }) });
    await open(Calendar, at("#/calendar"));
    expect(said()).toContain(words.calendar.noYearWhy);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("who may not change it reads it, and is told who does", async () => {
    sign("teacher");
    office({ "attendance.calendar": calendar({ may_change: false, proposed: [holiday] }) });
    await open(Calendar, at("#/calendar"));
    expect(said()).toContain(words.calendar.mayNot);
    expect(said()).toContain("All Souls' Day");
    const offered = all("button").filter((one) => [words.calendar.suspend, words.calendar.add, words.calendar.addHolidays].includes(one));
    expect(offered).toEqual([]);
    expect(document.querySelector(`[aria-label^="${words.calendar.remove("")}"]`)).toBeNull();
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("a calendar that cannot be read says why, and is read again", async () => {
    sign("registrar");
    const asked = office({ "attendance.calendar": refuse("store_locked") });
    await open(Calendar, at("#/calendar"));
    expect(said()).toContain(words.trouble.title.store_locked);
    asked.known["attendance.calendar"] = calendar();
    click(named("button", words.common.tryAgain));
    await settled();
    expect(said()).toContain("All Souls' Day");
  });
});

test("by keyboard alone days are chosen and suspended; what is refused stands at its field, with what was typed", async () => {
  sign("registrar");
  const asked = office({
    "attendance.calendar": calendar(),
    "attendance.set_days": refuse("required", "say why", { field: "reason" }),
  });
  await open(Calendar, at("#/calendar/2026-11"));
  expect(find("[role=gridcell][tabindex='0']").id).toContain(TODAY);
  find("[role=gridcell][tabindex='0']").focus();
  await keys("ArrowUp");
  await keys("Shift+ArrowRight");
  await keys("Shift+ArrowRight");
  await keys("Enter");
  expect([labelled("First day").value, labelled("Last day").value]).toEqual(["2026-11-23", "2026-11-25"]);
  type(labelled("Reason"), "Typhoon", false);
  press(labelled("Reason"), "Enter");
  press(labelled("Reason"), "Enter");
  await settled();
  expect(asked.of("attendance.set_days"), "pressed twice, asked once").toHaveLength(1);
  expect(asked.of("attendance.set_days")[0]?.setting).toMatchObject({
    from: "2026-11-23",
    to: "2026-11-25",
    kind: "suspension",
    reason: "Typhoon",
  });
  expect(dialog()?.querySelector(".error")?.textContent).toContain("Say why");
  expect(labelled("Reason").value).toBe("Typhoon");
  asked.known["attendance.set_days"] = calendar({
    entries: [{ ...entry, id: "c2", date: "2026-11-23", kind: "suspension", reason: "Typhoon" }],
  });
  press(labelled("Reason"), "Enter");
  await settled();
  expect(dialog()).toBeNull();
  expect(day("2026-11-23").textContent).toContain("Typhoon");
});

test("a holiday is added and a day taken out at once; a refusal leaves the calendar as it was", async () => {
  sign("registrar");
  const asked = office({
    "attendance.calendar": calendar({ proposed: [holiday] }),
    "attendance.add_holidays": calendar({ entries: [entry, { ...entry, id: "c3", date: holiday.date, reason: holiday.name }] }),
    "attendance.remove_days": refuse("rule", "the month is signed"),
  });
  await open(Calendar, at("#/calendar/2026-11"));
  click(named("button", "Immaculate Conception"));
  await settled();
  expect(asked.of("attendance.add_holidays")[0]?.dates).toEqual([holiday.date]);
  expect(said()).not.toContain("not in this calendar yet");
  click(find("[aria-label^='Take out of the calendar']"));
  await settled();
  expect(day("2026-11-02").textContent).toContain("All Souls' Day");
});

test("days outside the school year are not set", async () => {
  sign("registrar");
  office({ "attendance.calendar": calendar() });
  await open(Calendar, at("#/calendar/2027-04"));
  click(day("2027-04-20"));
  await settled();
  expect(dialog()).toBeNull();
  click(day("2027-04-05"));
  await settled();
  expect(dialog()).not.toBeNull();
});

test("an answer that was asked for before the days were set does not put them back", async () => {
  sign("registrar");
  const late = held<CalendarYear>();
  const asked = office({ "attendance.calendar": calendar(), "attendance.remove_days": calendar({ entries: [] }) });
  const version = $state({ now: 1 });
  await open(Calendar, {
    address: at("#/calendar/2026-11").address,
    get version() {
      return version.now;
    },
  });
  asked.known["attendance.calendar"] = late.ask;
  version.now = 2;
  await settled();
  click(find("[aria-label^='Take out of the calendar']"));
  await settled();
  // What was done here is read again, as the frame does after every act.
  version.now = 3;
  await settled();
  late.waiting[0]?.give(calendar());
  await settled();
  late.waiting[1]?.give(calendar({ entries: [] }));
  await settled();
  expect(day("2026-11-02").textContent).not.toContain("All Souls' Day");
});

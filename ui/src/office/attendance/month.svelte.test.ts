// A month and its signature: what hinders it, what the form lacks before it is signed, and that it is signed once.

import { expect, test } from "vitest";
import type { MonthSheet, Overview, Report, SectionDay } from "../../generated/attendance";
import type { FormPreview, Missing } from "../../generated/forms";
import { day as dayOf } from "../../kit/format";
import { click, find, named, press, type } from "../../kit/testing";
import {
  all,
  at,
  english,
  held,
  inBothLanguages,
  labelled,
  office,
  open,
  refuse,
  said,
  sectionInfo,
  settled,
  sign,
  TODAY,
} from "../testing";
import Attendance from "./Index.svelte";

const day = (date: string) => ({ date, kind: "class", label: null, class: true });
const sheet = (more: Partial<MonthSheet> = {}): MonthSheet => ({
  section: sectionInfo({ mine: true }),
  school_year: "2026-2027",
  month: "2026-10",
  months: ["2026-09", "2026-10"],
  report: null,
  may_reopen: false,
  today: TODAY,
  days: [{ day: day("2026-10-01"), taken: true, male_halves: 2, female_halves: 1 }],
  pupils: [{ id: "s", listed: "Cruz, Ana", sex: "F", marks: ["am"], absent_halves: 1, tardy: 0 }],
  untaken: [],
  coming: 0,
  drafts: [],
  ...more,
});
const report = (more: Partial<Report> = {}): Report => ({
  signed: true,
  by: "Ana Reyes",
  at: "2026-11-03T01:00:00Z",
  reason: null,
  ...more,
});
const lacks = (more: Partial<Missing> = {}): Missing => ({
  record: "school_profile",
  id: null,
  field: "deped_school_id",
  label: "School ID",
  who: "Mabini NHS",
  severity: "must",
  ...more,
});
const form = (missing: Missing[]): FormPreview => ({
  title: "School Form 2",
  missing,
  ready: missing.every(({ severity }) => severity !== "must"),
  formats: ["pdf", "xlsx"],
  too_long: null,
  pages: [],
});
const MONTH = at("#/attendance/rizal/month/2026-10");
const foot = () => [...document.querySelectorAll<HTMLButtonElement>("dialog[open] .acts button")];
const main = () => foot().at(-1) ?? find<HTMLButtonElement>("no main button");

inBothLanguages((words, language) => {
  const text = words.attendance;

  test("what the form lacks is said before it is signed, one click from where it is typed", async () => {
    sign("school_admin");
    const asked = office({ "attendance.month": sheet(), "forms.preview": form([lacks()]), "attendance.sign_off": report() });
    await open(Attendance, MONTH);
    click(named("button", text.sign));
    await settled();
    expect(asked.of("forms.preview")[0]?.asked).toEqual({ form: "sf2", section: "rizal", month: "2026-10" });
    expect(find("dialog[open]").textContent).toContain(text.signMissing);
    expect(find("dialog[open] a").getAttribute("href")).toBe("#/admin/settings?field=deped_school_id");
    expect(main().textContent).toContain(text.signAnyway);
    if (language === "fil") expect(english()).toEqual([]);
    click(main());
    await settled();
    expect(asked.of("attendance.sign_off")).toHaveLength(1);
  });

  test("a form that lacks nothing is signed without another word", async () => {
    sign("teacher");
    office({ "attendance.month": sheet(), "forms.preview": form([]) });
    await open(Attendance, MONTH);
    click(named("button", text.sign));
    await settled();
    expect(main().textContent.trim()).toBe(text.sign);
    expect(find("dialog[open]").textContent).not.toContain(text.signMissing);
  });

  test("why a month cannot be signed yet is said beside the button that is off", async () => {
    sign("teacher");
    office({ "attendance.month": sheet({ untaken: [{ date: "2026-10-02", session: "day" }], coming: 0 }) });
    await open(Attendance, MONTH);
    const button = named("button", text.sign) as HTMLButtonElement;
    expect(button.disabled).toBe(true);
    expect(find(`#${button.getAttribute("aria-describedby")}`).textContent).toContain(text.notYet.untaken(1, dayOf("2026-10-02")));
    expect(find("a[href='#/attendance/rizal/2026-10-02']")).toBeTruthy();
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("a month that cannot be read says why, and is read again", async () => {
    sign("teacher");
    const asked = office({ "attendance.month": refuse("store_locked") });
    await open(Attendance, MONTH);
    expect(said()).toContain(words.trouble.title.store_locked);
    asked.known["attendance.month"] = sheet();
    click(named("button", words.common.tryAgain));
    await settled();
    expect(said()).toContain("Cruz, Ana");
  });
});

test("a month is signed once, however often the button is pressed, and what is refused stays in the dialog", async () => {
  sign("teacher");
  const late = held<Report>();
  const asked = office({ "attendance.month": sheet(), "forms.preview": form([]), "attendance.sign_off": late.ask });
  await open(Attendance, MONTH);
  click(named("button", "Sign SF2"));
  await settled();
  click(main());
  click(main());
  await settled();
  expect(asked.of("attendance.sign_off")).toHaveLength(1);
  late.waiting[0]?.refuse({ code: "rule", message: "a day is open" });
  await settled();
  expect(find("dialog[open] .banner").textContent).toContain("A day is open");
  click(main());
  await settled();
  asked.known["attendance.month"] = sheet({ report: report() });
  late.waiting[1]?.give(report());
  await settled();
  expect(document.querySelector("dialog[open]")).toBeNull();
  expect(said()).toContain("Signed by Ana Reyes");
});

test("nothing is signed before it is known what the form lacks, and signing is possible where that cannot be known", async () => {
  sign("teacher");
  const late = held<FormPreview>();
  office({ "attendance.month": sheet(), "forms.preview": late.ask });
  await open(Attendance, MONTH);
  click(named("button", "Sign SF2"));
  await settled();
  expect(main().disabled).toBe(true);
  late.waiting[0]?.refuse({ code: "internal", message: "a font is broken" });
  await settled();
  expect(main().disabled).toBe(false);
});

test("a signed month is opened again with a reason, which stays where it is refused; not by who may not", async () => {
  sign("school_head");
  const asked = office({
    "attendance.month": sheet({ report: report(), may_reopen: true }),
    "attendance.reopen": refuse("rule", "the school year is closed"),
  });
  await open(Attendance, MONTH);
  click(named("button", "Open again"));
  await settled();
  expect(main().disabled).toBe(true);
  type(labelled("Why it is opened again"), "A mark", false);
  press(labelled("Why it is opened again"), "Enter");
  await settled();
  expect(asked.of("attendance.reopen")[0]?.reason).toBe("A mark");
  expect(find("dialog[open] .banner").textContent).toContain("The school year is closed");
  expect(labelled("Why it is opened again").value).toBe("A mark");
  document.body.innerHTML = "";
  sign("teacher");
  office({ "attendance.month": sheet({ report: report() }) });
  await open(Attendance, MONTH);
  expect(all("button").filter((one) => /^(Open again|Sign)/.test(one))).toEqual([]);
});

test("who may not take the class signs nothing", async () => {
  sign("teacher");
  office({ "attendance.month": sheet({ section: sectionInfo({ may_take: false }) }) });
  await open(Attendance, MONTH);
  expect(all("button").filter((one) => one.startsWith("Sign"))).toEqual([]);
});

const lineOf = (more: Partial<SectionDay> = {}): SectionDay => ({
  section: sectionInfo(),
  day: day(TODAY),
  learners: 38,
  sessions: [],
  half_untaken: null,
  taken: null,
  absent: 0,
  half: 0,
  tardy: 0,
  unsubmitted: 0,
  locked: false,
  ...more,
});
const overview = (more: Partial<Overview> = {}): Overview => ({
  date: TODAY,
  today: TODAY,
  school_year: "2026-2027",
  year_id: "y26",
  half_days: false,
  sections: [
    lineOf(),
    lineOf({ section: sectionInfo({ id: "luna", name: "Luna" }), taken: { by: "Ben Luna", at: null, correction: null } }),
  ],
  before: "2026-11-27",
  after: null,
  ...more,
});

inBothLanguages((words, language) => {
  const text = words.attendance;

  test("the day over all sections: taken and not taken are told apart, and only the latter are shown where that is wanted", async () => {
    sign("registrar");
    office({ "attendance.today": overview() });
    await open(Attendance, at("#/attendance"));
    expect(said()).toContain(text.summary(1, 2));
    click(named("button", text.filter));
    await settled();
    expect(all("li strong")).toHaveLength(1);
    expect(find("li a").getAttribute("href")).toBe(`#/attendance/rizal/${TODAY}`);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("a day without classes, a school without sections and one without a year each say what is so", async () => {
    sign("registrar");
    const off = { date: "2026-11-29", kind: "weekend", label: null, class: false };
    for (const [shown, sentence] of [
      [overview({ sections: [lineOf({ day: off })] }), text.kinds.weekend ?? ""],
      [overview({ sections: [] }), text.noSectionsWhy],
      [overview({ school_year: null, sections: [] }), text.noYearWhy],
    ] as const) {
      document.body.innerHTML = "";
      office({ "attendance.today": shown });
      await open(Attendance, at("#/attendance"));
      expect(said()).toContain(sentence);
      if (language === "fil") expect(english()).toEqual([]);
    }
  });

  test("who has been away for long is listed with whom to call, or that nobody is", async () => {
    sign("registrar");
    const guardians = [{ name: "Rosa Cruz", relation: "mother", phone: "+639171234567", primary: true }];
    const away = { student: "s", listed: "Cruz, Ana", section: sectionInfo(), days: 6, since: "2026-11-20", excused: true, guardians };
    const asked = office({ "attendance.five_days": [] });
    await open(Attendance, at("#/attendance/away"));
    expect(said()).toContain(text.awayNoneWhy);
    document.body.innerHTML = "";
    asked.known["attendance.five_days"] = [away, { ...away, student: "t", listed: "Reyes, Jo", guardians: [] }];
    await open(Attendance, at("#/attendance/away"));
    expect(said()).toContain("+639171234567");
    expect(said()).toContain(text.noGuardian);
    if (language === "fil") expect(english()).toEqual([]);
  });
});

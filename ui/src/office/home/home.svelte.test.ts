// Today, as each role opens it: what the day asks of them and the way there, an empty school, and an office that does not answer.

import { expect, test } from "vitest";
import type { Home } from "../../generated/home";
import { click, find, named } from "../../kit/testing";
import {
  all,
  at,
  english,
  held,
  inBothLanguages,
  office,
  open,
  refuse,
  said,
  sectionInfo,
  settled,
  sign,
  summary,
  TODAY,
} from "../testing";
import Today from "./Index.svelte";

const home = (more: Partial<Home> = {}): Home => ({
  today: TODAY,
  view: "head",
  year: { id: "y26", label: "2026-2027", start_date: "2026-06-08", end_date: "2027-04-08", ending: false },
  day: { class: true, kind: "class", label: null, without: [], next: null },
  beginning: false,
  steps: [],
  classes: null,
  own: [],
  away: [],
  enrolment: null,
  full: [],
  desk: null,
  same_number: 0,
  sync: summary(),
  ...more,
});
const desk = {
  temporary: 2,
  pre_registered: 0,
  unassigned: 3,
  enrolled_today: 1,
  missing_papers: 4,
  papers: [{ kind: "sf9", learners: 4 }],
};
const classes = {
  sections: 2,
  taken: 1,
  untaken: [{ id: "rizal", name: "Rizal", grade_level: "7", adviser: null }],
  present: 30,
  present_male: 14,
  present_female: 16,
  absent: 2,
  half: 0,
  tardy: 1,
};
const enrolment = {
  male: 20,
  female: 18,
  total: 38,
  before: null,
  grades: [{ grade_level: "7", male: 20, female: 18, total: 38, before: null }],
};
const away = { student: "s", listed: "Cruz, Ana", section: sectionInfo(), days: 6, since: "2026-11-20", excused: false, guardians: [] };
const step = (id: string, done: boolean, may: boolean) => ({ id, done, may });
const links = () => [...document.querySelectorAll<HTMLAnchorElement>("a")].map((one) => one.getAttribute("href"));

inBothLanguages((words, language) => {
  const VIEWS: Record<string, [Parameters<typeof sign>[0], Partial<Home>, string[]]> = {
    head: [
      "school_head",
      { classes, enrolment, away: [away], full: [{ id: "rizal", name: "Rizal", grade_level: "7", seats: 40, learners: 42 }] },
      [
        words.home.classes.taken(1, 2),
        words.home.enrolment.now(38, 20, 18),
        words.home.away.title,
        words.home.waits.full(`${words.desk.grades("7")} Rizal`, 42, 40),
      ],
    ],
    registrar: [
      "registrar",
      { view: "registrar", desk, enrolment },
      [words.home.desk.enrol, words.home.waits.unassigned(3), words.home.waits.papers(4)],
    ],
    teacher: ["teacher", { view: "teacher" }, [words.home.own.noneYours, words.home.own.toAttendance]],
    other: ["cashier", { view: "other" }, [words.home.desk.find]],
  };

  test.each(Object.keys(VIEWS))("the day of %s says what it asks and leads there", async (view) => {
    const [role, more, sentences] = VIEWS[view] ?? (["viewer", {}, []] as const);
    sign(role);
    office({ "home.today": home(more) });
    await open(Today, at("#/home"));
    for (const sentence of sentences) expect(said()).toContain(sentence);
    expect(said()).toContain(words.home.sync.title);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("a school in its first hour is led step by step, each to whom it falls", async () => {
    sign("school_admin");
    office({
      "home.today": home({ beginning: true, steps: [step("school", true, true), step("year", false, true), step("users", false, false)] }),
    });
    await open(Today, at("#/home"));
    expect(find("a.button.main").getAttribute("href")).toBe("#/admin/years");
    expect(find("[data-step=users]").textContent).toContain(words.home.first.others);
    expect(document.querySelectorAll("[data-step=users] a, [data-step=school] a")).toHaveLength(0);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("who has nothing to set up is told that others do", async () => {
    sign("teacher");
    office({ "home.today": home({ beginning: true, view: "teacher" }) });
    await open(Today, at("#/home"));
    expect(said()).toContain(words.home.first.waitingWhy);
  });

  test("records that cannot be read are said, with a way to try again", async () => {
    sign("registrar");
    const asked = office({ "home.today": refuse("store_locked") });
    await open(Today, at("#/home"));
    expect(said()).toContain(words.trouble.title.store_locked);
    asked.known["home.today"] = home({ view: "registrar", desk });
    click(named("button", words.common.tryAgain));
    await settled();
    expect(said()).toContain(words.home.desk.enrolledToday(1));
    expect(said()).not.toContain(words.trouble.title.store_locked);
  });
});

test("without a network nothing is in the way: what waits is one quiet line, and trouble is among what waits", async () => {
  sign("registrar");
  const trouble = { code: "tenant_suspended", message: "the school is suspended", since: "2026-11-28T00:00:00Z" };
  office({
    "home.today": home({ view: "registrar", desk, sync: summary({ pending: 37, last_contact: "2026-11-20T00:00:00Z", trouble }) }),
  });
  await open(Today, at("#/home"));
  expect(document.querySelector("dialog[open]")).toBeNull();
  expect(find("[data-fact=trouble]").closest("a")?.getAttribute("href")).toBe("#/review/sync");
});

test("a role is offered no way to a screen that is not its own", async () => {
  sign("teacher");
  office({ "home.today": home({ view: "teacher", steps: [step("users", false, false)] }) });
  await open(Today, at("#/home"));
  expect(links().filter((href) => href?.startsWith("#/admin"))).toEqual([]);
  expect(all("a")).not.toContain("Is our data at the hub?");
});

test("the newest answer stays, whichever comes last", async () => {
  sign("registrar");
  const version = $state({ now: 1 });
  const late = held<Home>();
  office({ "home.today": late.ask });
  await open(Today, {
    address: at("#/home").address,
    get version() {
      return version.now;
    },
  });
  version.now = 2;
  await settled();
  version.now = 3;
  await settled();
  late.waiting[0]?.give(home({ view: "registrar", desk }));
  await settled();
  expect(said()).toContain("1 learner was enrolled today.");
  late.waiting[1]?.give(home({ view: "registrar", desk: { ...desk, enrolled_today: 9 } }));
  await settled();
  expect(late.waiting, "what was asked meanwhile is asked once").toHaveLength(2);
  expect(said()).toContain("9 learners were enrolled today.");
});

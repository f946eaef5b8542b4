// The sections and the roster of one, as the registrar, the head and a teacher use them.

import { expect, test } from "vitest";
import type { SectionList } from "../../generated/enrolment";
import { click, find, named, press, type } from "../../kit/testing";
import { chooseYear } from "../enrolment/years.svelte";
import {
  all,
  at,
  english,
  held,
  inBothLanguages,
  keys,
  labelled,
  member,
  nextYear,
  office,
  open,
  refuse,
  said,
  sectionRow,
  settled,
  sign,
  TODAY,
  year,
  years,
} from "../testing";
import Sections from "./Index.svelte";

const list = (...sections: SectionList["sections"]): SectionList => ({ sections, as_of: TODAY });
const roster = (...members: ReturnType<typeof member>[]) => ({ section: sectionRow(), members, as_of: TODAY });

// First, as long as no school year was ever read here.
test("school years that cannot be read are said, and read again", async () => {
  sign("registrar");
  const asked = office({ "enrolment.years": refuse("store_locked"), "enrolment.sections": list() });
  await open(Sections, at("#/sections"));
  expect(said()).toContain("Something else is writing to the records");
  asked.known["enrolment.years"] = years([]);
  click(named("button", "Try again"));
  await settled();
  expect(said()).toContain("A school administrator makes it");
  expect(document.querySelector("a[href='#/admin/years']"), "nobody is led where they may do nothing").toBeNull();
  document.body.innerHTML = "";
  sign("school_admin");
  await open(Sections, at("#/sections"));
  expect(find("a[href='#/admin/years']").textContent).toContain("Make the school year");
});

inBothLanguages((words, language) => {
  test("a year without sections teaches the next step, and only to those who make them", async () => {
    office({ "enrolment.years": years([year({ id: "y25", label: "2025-2026" }), year()]), "enrolment.sections": list() });
    sign("registrar");
    await open(Sections, at("#/sections"));
    expect(said()).toContain(words.sections.noneWhy);
    expect(all("main button, section button")).toContain(words.sections.copyFrom("2025-2026"));
    if (language === "fil") expect(english()).toEqual([]);
    document.body.innerHTML = "";
    sign("teacher");
    await open(Sections, at("#/sections"));
    expect(all("button").filter((one) => [words.sections.add, words.sections.copyFrom("2025-2026")].includes(one))).toEqual([]);
  });

  test("a full section and one with too many are told apart in words", async () => {
    sign("registrar");
    const crowded = sectionRow({ id: "luna", name: "Luna", total: 43 });
    office({ "enrolment.years": years(), "enrolment.sections": list(sectionRow({ total: 40 }), crowded) });
    await open(Sections, at("#/sections"));
    expect(find("a[href='#/sections/rizal']").textContent).toContain(words.sections.full);
    expect(find("a[href='#/sections/luna']").textContent).toContain(words.sections.overfull(3));
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("sections that cannot be read are said, and read again", async () => {
    sign("registrar");
    const asked = office({ "enrolment.years": years(), "enrolment.sections": refuse("store_locked") });
    await open(Sections, at("#/sections"));
    expect(said()).toContain(words.trouble.title.store_locked);
    asked.known["enrolment.sections"] = list(sectionRow());
    click(named("button", words.common.tryAgain));
    await settled();
    expect(said()).toContain("Rizal");
  });

  test("an empty roster says so, and where learners come from", async () => {
    sign("registrar");
    office({ "enrolment.years": years(), "enrolment.sections": list(sectionRow()), "enrolment.roster": roster() });
    await open(Sections, at("#/sections/rizal"));
    expect(said()).toContain(words.sections.emptyWhy);
    expect(find("a[href='#/desk']").textContent).toContain(words.sections.toDesk);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("a roster that cannot be read says why, and is read again", async () => {
    sign("registrar");
    const asked = office({ "enrolment.years": years(), "enrolment.sections": list(), "enrolment.roster": refuse("store_locked") });
    await open(Sections, at("#/sections/rizal"));
    expect(said()).toContain(words.trouble.title.store_locked);
    asked.known["enrolment.roster"] = roster(member("Cruz"));
    click(named("button", words.common.tryAgain));
    await settled();
    expect(said()).toContain("Cruz");
  });
});

test("the sections of one year never stand under the name of another, whichever answer comes last", async () => {
  sign("registrar");
  chooseYear("y26");
  const late = held<SectionList>();
  office({ "enrolment.years": years([nextYear, year()]), "enrolment.sections": late.ask });
  await open(Sections, at("#/sections"));
  late.waiting[0]?.give(list(sectionRow()));
  await settled();
  expect(said()).toContain("Rizal");
  chooseYear("y27");
  await settled();
  expect(said(), "gone with its year").not.toContain("Rizal");
  chooseYear("y26");
  await settled();
  late.waiting[2]?.give(list(sectionRow({ name: "Mabini" })));
  await settled();
  late.waiting[1]?.give(list(sectionRow({ name: "Bonifacio" })));
  await settled();
  expect([said().includes("Mabini"), said().includes("Bonifacio")]).toEqual([true, false]);
});

test("taking over the sections of another year asks once, however often it is pressed", async () => {
  sign("registrar");
  const late = held<{ count: number }>();
  const asked = office({
    "enrolment.years": years([year(), year({ id: "y25", label: "2025-2026" })]),
    "enrolment.sections": list(),
    "enrolment.copy_sections": late.ask,
  });
  await open(Sections, at("#/sections"));
  const copy = named("button", "Take over");
  click(copy);
  click(copy);
  await settled();
  expect(asked.of("enrolment.copy_sections")).toEqual([{ do: "enrolment.copy_sections", from_year: "y25", to_year: "y26" }]);
  late.waiting[0]?.give({ count: 4 });
  await settled();
});

test("by keyboard alone a learner is chosen and moved; what the office refuses leaves what was chosen", async () => {
  sign("registrar");
  const luna = sectionRow({ id: "luna", name: "Luna" });
  const asked = office({
    "enrolment.years": years(),
    "enrolment.sections": list(sectionRow(), luna),
    "enrolment.roster": roster(member("Cruz"), member("Reyes")),
    "enrolment.assign": refuse("rule", "the day lies before the school year", { field: "on_date" }),
  });
  await open(Sections, at("#/sections/rizal"));
  find("[role=grid] , .sheet [tabindex='0']").focus();
  press(document.activeElement ?? find("body"), " ");
  await settled();
  await keys("m");
  expect(find("dialog[open] h2").textContent).toBe("Move 1 learner");
  expect(find<HTMLSelectElement>("dialog[open] select").value, "the only other section").toBe("luna");
  find<HTMLFormElement>("dialog[open] form").requestSubmit();
  find<HTMLFormElement>("dialog[open] form").requestSubmit();
  await settled();
  expect(asked.of("enrolment.assign")).toHaveLength(1);
  expect(find("dialog[open] .error").textContent).toContain("The day lies before the school year");
  expect(find<HTMLSelectElement>("dialog[open] select").value).toBe("luna");
});

test("a teacher reads the roster and is offered nothing that moves anybody", async () => {
  sign("teacher");
  office({
    "enrolment.years": years(),
    "enrolment.sections": list(sectionRow()),
    "enrolment.roster": roster(member("Cruz", { status: "pre_registered" })),
  });
  await open(Sections, at("#/sections/rizal"));
  expect(said()).toContain("Cruz");
  expect(all("button").filter((one) => /^(Move|Enrol|More)/.test(one))).toEqual([]);
  expect(document.querySelector("[aria-haspopup=menu][aria-label=More]")).toBeNull();
});

test("what is no day changes nothing of the roster and is said at its field", async () => {
  sign("registrar");
  const asked = office({ "enrolment.years": years(), "enrolment.sections": list(), "enrolment.roster": roster(member("Cruz")) });
  await open(Sections, at("#/sections/rizal"));
  const before = asked.of("enrolment.roster").length;
  type(labelled("As of"), "31/31/2026");
  await settled();
  expect(asked.of("enrolment.roster")).toHaveLength(before);
  expect(all(".error")).toEqual(["“31/31/2026” is not a day. Write it like 2012-03-05 or 03/05/2012."]);
  type(labelled("As of"), "2026-06-15");
  await settled();
  expect(asked.of("enrolment.roster").at(-1)).toMatchObject({ as_of: "2026-06-15" });
});

// A learner's page beside its fields: what it says of a learner who is gone or not one's own, and its acts, each asked for once.

import { beforeEach, expect, test } from "vitest";
import type { LearnerPage } from "../../generated/learners";
import { replace } from "../../kit/router.svelte";
import { click, find, named, press, type } from "../../kit/testing";
import { address, all, at, english, held, inBothLanguages, labelled, office, open, refuse, said, settled, sign } from "../testing";
import Learners from "./Index.svelte";

const page = (more: Partial<LearnerPage> = {}): LearnerPage => ({
  learner: { id: "L", rev: 1, last_name: "Cruz", first_name: "Ana", sex: "F" },
  age: 12,
  guardians: [],
  enrolments: [],
  papers: [],
  attendance: null,
  may_edit: true,
  ...more,
});
const known = { "learners.get": page(), "learners.history": [], "enrolment.papers": [{ kind: "sf9", state: null, wanted: true }] };
const PAGE = at("#/learners/L");
const main = () =>
  [...document.querySelectorAll<HTMLButtonElement>("dialog[open] .acts button")].at(-1) ?? find<HTMLButtonElement>("no button");

beforeEach(() => {
  replace("learners", ["L"]);
  sign("registrar");
});

inBothLanguages((words, language) => {
  const text = words.learner;

  test.each([
    ["not_found", text.missingWhy],
    ["role_forbidden", text.notYoursWhy],
  ] as const)("%s is said, with the way back to the list", async (code, why) => {
    office({ ...known, "learners.get": refuse(code) });
    await open(Learners, PAGE);
    expect(said()).toContain(why);
    expect(all("a.button")).toEqual([text.toList]);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("a page that cannot be read says why, and is read again", async () => {
    const asked = office({ ...known, "learners.get": refuse("store_locked") });
    await open(Learners, PAGE);
    expect(said()).toContain(words.trouble.title.store_locked);
    asked.known["learners.get"] = page();
    click(named("button", words.common.tryAgain));
    await settled();
    expect(find("h1").textContent).toContain("Cruz, Ana");
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("who may only read is told so, and every field is read", async () => {
    sign("teacher");
    office({ ...known, "learners.get": page({ may_edit: false }) });
    await open(Learners, PAGE);
    expect(said()).toContain(text.readOnly);
    expect([...document.querySelectorAll<HTMLInputElement>(".groups input")].every((one) => one.readOnly || one.disabled)).toBe(true);
    const offered = all("button").filter((one) => [text.addGuardian, text.enrol].includes(one));
    expect([offered, document.querySelector(`[aria-label="${words.common.more}"]`)]).toEqual([[], null]);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("papers that cannot be read are not said to be none", async () => {
    const asked = office({ ...known, "enrolment.papers": refuse("store_locked") });
    await open(Learners, PAGE);
    expect(said()).not.toContain(words.desk.noPapers);
    asked.known["enrolment.papers"] = [];
    document.body.innerHTML = "";
    await open(Learners, PAGE);
    expect(said()).toContain(words.desk.noPapers);
  });
});

test("a learner is deleted only after a question, and a refusal leaves the page", async () => {
  const asked = office({ ...known, "learners.delete": refuse("rule", "the learner is enrolled") });
  await open(Learners, PAGE);
  click(find("[aria-label=More]"));
  click(named("[role=menuitem]", "Delete"));
  await settled();
  expect(asked.of("learners.delete")).toEqual([]);
  click(main());
  await settled();
  expect(asked.of("learners.delete")).toHaveLength(1);
  expect([address().path, find("h1").textContent.includes("Cruz")]).toEqual([["L"], true]);
});

test("a guardian is kept once, however often Enter is pressed, and what is refused stands at its field", async () => {
  const late = held<never>();
  const asked = office({ ...known, "learners.put_guardian": late.ask });
  await open(Learners, PAGE);
  click(named("button", "Add a guardian"));
  await settled();
  const last = find<HTMLInputElement>("dialog[open] input");
  type(last, "Cruz", false);
  press(last, "Enter");
  press(last, "Enter");
  await settled();
  expect(asked.of("learners.put_guardian")).toHaveLength(1);
  late.waiting[0]?.refuse({ code: "bad_format", message: "this is no mobile number", details: { field: "phone" } });
  await settled();
  expect(all("dialog[open] .error").join()).toContain("his is no mobile number");
  expect(last.value).toBe("Cruz");
});

test("a paper that comes is noted at once, and a refusal leaves it missing", async () => {
  const asked = office({ ...known, "enrolment.paper": refuse("rule", "the year is closed") });
  await open(Learners, PAGE);
  const paper = find("[role=group] .chip[aria-pressed]");
  click(paper);
  await settled();
  expect(asked.of("enrolment.paper")[0]).toMatchObject({ student: "L", kind: "sf9", state: "received" });
  expect(find("[role=group] .chip[aria-pressed]").getAttribute("aria-pressed")).toBe("false");
});

test("a child is dropped with a reason, once; what is refused keeps what was said", async () => {
  const row = {
    id: "e",
    rev: 1,
    student: "L",
    school_year: "y26",
    grade_level: "7",
    status: "enrolled",
  } as LearnerPage["enrolments"][number]["row"];
  const enrolment = { row, school_year: "2026-2027", section: "Rizal", sections: [], events: [] };
  const late = held<{ count: number }>();
  const asked = office({
    ...known,
    "learners.get": page({ enrolments: [enrolment] }),
    "enrolment.years": { years: [], current: null, today: "2026-11-30" },
    "enrolment.reasons": [{ code: "a.1", category: "Domestic", reason: "Had to take care of siblings", specify: false }],
    "enrolment.drop": late.ask,
  });
  await open(Learners, PAGE);
  click(find(".moves [aria-haspopup=menu]"));
  click(named("[role=menuitem]", "Drop"));
  await settled();
  type(labelled("Reason (School Form 2)"), "a.1");
  find<HTMLFormElement>("#movement").requestSubmit();
  find<HTMLFormElement>("#movement").requestSubmit();
  await settled();
  expect(asked.of("enrolment.drop")).toHaveLength(1);
  late.waiting[0]?.refuse({ code: "rule", message: "the month is signed", details: { field: "on_date" } });
  await settled();
  expect(all("dialog[open] .error").join()).toContain("The month is signed");
  expect(labelled("Reason (School Form 2)").value).toBe("a.1");
});

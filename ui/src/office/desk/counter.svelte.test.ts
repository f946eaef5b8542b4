// Who stands at the counter is who was asked for last, and a desk that cannot read says so.

import { beforeEach, expect, test } from "vitest";
import type { Known, Proposal, Waiting } from "../../generated/enrolment";
import { click, find, named, press, type } from "../../kit/testing";
import { all, at, english, held, inBothLanguages, keys, labelled, office, open, refuse, said, settled, sign, years } from "../testing";
import Desk from "./Index.svelte";

const known = (last: string): Known => ({
  student: `s-${last}`,
  last_name: last,
  first_name: "Ana",
  middle_name: null,
  name_ext: null,
  lrn: null,
  sex: "F",
  birth_date: null,
  last: null,
});
const proposal = (last: string): Proposal => ({
  known: known(last),
  here: null,
  past: [],
  kind: "continuing",
  grade_level: "8",
  section: null,
  papers: [],
  holds: [],
});
const desk = {
  "enrolment.years": years(),
  "enrolment.sections": { sections: [], as_of: "2026-11-30" },
  "enrolment.papers": [],
  "enrolment.find": [known("Cruz"), known("Reyes")],
  "learners.duplicates": [],
  "learners.draft": null,
  "learners.keep_draft": null,
};
const heads = () => all("h2");

beforeEach(() => sign("registrar"));

// First, as long as no school year was ever read here.
test("school years that cannot be read are said, and read again", async () => {
  const asked = office({ ...desk, "enrolment.years": refuse("store_locked") });
  await open(Desk, at("#/desk"));
  expect(said()).toContain("Something else is writing to the records");
  asked.known["enrolment.years"] = years();
  click(named("button", "Try again"));
  await settled();
  expect(find("[role=combobox]")).toBeTruthy();
});

test("an answer about somebody before does not take the place of who was asked for last", async () => {
  const late = held<Proposal>();
  office({ ...desk, "enrolment.desk": late.ask });
  await open(Desk, at("#/desk"));
  const box = find<HTMLInputElement>("[role=combobox]");
  type(box, "a", false);
  await settled();
  press(box, "Enter");
  press(box, "ArrowDown");
  press(box, "Enter");
  await settled();
  late.waiting[1]?.give(proposal("Reyes"));
  await settled();
  late.waiting[0]?.give(proposal("Cruz"));
  await settled();
  expect(heads()).toContain("Reyes, Ana");
  expect(heads()).not.toContain("Cruz, Ana");
});

test("nor does it take away a new learner who is being written since", async () => {
  const late = held<Proposal>();
  office({ ...desk, "enrolment.desk": late.ask });
  await open(Desk, at("#/desk"));
  const box = find<HTMLInputElement>("[role=combobox]");
  type(box, "a", false);
  await settled();
  press(box, "Enter");
  await keys("Alt+N");
  type(labelled("Last name"), "Salonga", false);
  late.waiting[0]?.give(proposal("Cruz"));
  await settled();
  expect(labelled("Last name").value).toBe("Salonga");
});

const waiting: Waiting = { enrolment: "e", learner: known("Cruz"), grade_level: "7", kind: "new", status: "pre_registered", missing: [] };

inBothLanguages((words, language) => {
  const text = words.desk;

  test("a new learner is enrolled once, and the office's no leaves everything as it was typed", async () => {
    const late = held<never>();
    const asked = office({ ...desk, "enrolment.enrol": late.ask });
    await open(Desk, at("#/desk"));
    await keys("Alt+N");
    type(labelled(text.name.last_name), "Salonga", false);
    type(labelled(text.name.first_name), "Lea", false);
    type(labelled(text.grade), "7");
    find<HTMLFormElement>("form").requestSubmit();
    find<HTMLFormElement>("form").requestSubmit();
    await settled();
    expect(asked.of("enrolment.enrol")).toHaveLength(1);
    late.waiting[0]?.refuse({ code: "store_full", message: "no room is left here; make some" });
    await settled();
    expect(find("form .banner").textContent).toContain("No room is left here; make some.");
    expect([labelled(text.name.last_name).value, labelled(text.grade).value]).toEqual(["Salonga", "7"]);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("who waits is confirmed once; where nobody does, that is said, and where it cannot be read, why", async () => {
    const late = held<{ count: number }>();
    const asked = office({ ...desk, "enrolment.list": refuse("store_locked"), "enrolment.confirm": late.ask });
    await open(Desk, at("#/desk/waiting/pre_registered"));
    expect(said()).toContain(words.trouble.title.store_locked);
    asked.known["enrolment.list"] = [waiting];
    click(named("button", words.common.tryAgain));
    await settled();
    find("[role=grid], .sheet [tabindex='0']").focus();
    await keys(" ");
    const confirm = named("button", text.confirm);
    click(confirm);
    click(confirm);
    await settled();
    expect(asked.of("enrolment.confirm").map(({ enrolments }) => enrolments)).toEqual([["e"]]);
    asked.known["enrolment.list"] = [];
    late.waiting[0]?.give({ count: 1 });
    await settled();
    expect(said()).toContain(text.waitingNoneWhy);
    if (language === "fil") expect(english()).toEqual([]);
  });
});

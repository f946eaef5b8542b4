// The school into its next year: what becomes of everybody is looked at, decided otherwise by rows, and done once.

import { expect, test } from "vitest";
import type { Promoted, PromotionPreview, PromotionRow } from "../../generated/enrolment";
import { click, find, named, press, type } from "../../kit/testing";
import {
  all,
  at,
  english,
  held,
  inBothLanguages,
  labelled,
  nextYear,
  office,
  open,
  refuse,
  said,
  settled,
  sign,
  year,
  years,
} from "../testing";
import Promotion from "./Index.svelte";

const row = (name: string, more: Partial<PromotionRow> = {}): PromotionRow => ({
  enrolment: `e-${name}`,
  student: `s-${name}`,
  name,
  lrn: null,
  sex: "F",
  grade_level: "7",
  section: "Rizal",
  status: "enrolled",
  step: "promote",
  next: "8",
  hold: null,
  ...more,
});
const preview = (lines: PromotionRow[], more: Partial<PromotionPreview> = {}): PromotionPreview => ({
  lines,
  done: 0,
  left: 0,
  last_grade: "10",
  ...more,
});
const both = years([nextYear, year()]);
const held2 = [row("Cruz, Ana"), row("Reyes, Jo", { step: "hold", next: null, hold: "missing_papers" })];

// First, as long as no school year was ever read here.
test("school years that cannot be read are said, and not taken for none", async () => {
  sign("registrar");
  const asked = office({ "enrolment.years": refuse("store_locked"), "enrolment.promotion_preview": preview(held2) });
  await open(Promotion, at("#/promotion"));
  expect(said()).toContain("Something else is writing to the records");
  expect(said()).not.toContain("There is no school year");
  asked.known["enrolment.years"] = both;
  click(named("button", "Try again"));
  await settled();
  expect(said()).toContain("Cruz, Ana");
});

inBothLanguages((words, language) => {
  const text = words.promotion;

  test("without a later year the next step is to make it, once", async () => {
    sign("registrar");
    const late = held<{ id: string }>();
    const asked = office({ "enrolment.years": years(), "enrolment.next_year": late.ask, "enrolment.promotion_preview": preview([]) });
    await open(Promotion, at("#/promotion"));
    expect(said()).toContain(text.noNextWhy);
    const make = named("button", text.makeYear("2027-2028"));
    click(make);
    click(make);
    await settled();
    expect(asked.of("enrolment.next_year")).toEqual([{ do: "enrolment.next_year", year: "y26" }]);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("why somebody is held is said, and nothing is written before it is said again what will be", async () => {
    sign("registrar");
    const asked = office({ "enrolment.years": both, "enrolment.promotion_preview": preview(held2, { left: 1 }) });
    await open(Promotion, at("#/promotion"));
    expect(said()).toContain(text.holds.missing_papers);
    expect(said()).toContain(text.left(1));
    click(named("button", text.run(1)));
    await settled();
    expect(find("dialog[open]").textContent).toContain(text.askWhy(1, 0, 0, 1));
    expect(asked.of("enrolment.promote")).toEqual([]);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("a school that is done says so, and one that cannot be read says why", async () => {
    sign("registrar");
    const asked = office({ "enrolment.years": both, "enrolment.promotion_preview": refuse("store_locked") });
    await open(Promotion, at("#/promotion"));
    expect(said()).toContain(words.trouble.title.store_locked);
    asked.known["enrolment.promotion_preview"] = preview([]);
    click(named("button", words.common.tryAgain));
    await settled();
    expect(said()).toContain(text.nothingWhy);
    if (language === "fil") expect(english()).toEqual([]);
  });
});

test("a row is decided otherwise by keyboard, the act is asked once, and a refusal keeps what was decided", async () => {
  sign("registrar");
  const late = held<Promoted>();
  const asked = office({ "enrolment.years": both, "enrolment.promotion_preview": preview(held2), "enrolment.promote": late.ask });
  await open(Promotion, at("#/promotion"));
  find("[role=grid], .sheet [tabindex='0']").focus();
  press(document.activeElement ?? find("body"), " ");
  await settled();
  click(named("button", "Set to: Retain"));
  await settled();
  click(named("button", "Promote 1 learner"));
  await settled();
  const yes = [...document.querySelectorAll<HTMLElement>("dialog[open] .acts button")].at(-1) ?? find("no button");
  click(yes);
  click(yes);
  await settled();
  expect(asked.of("enrolment.promote")).toHaveLength(1);
  expect(asked.of("enrolment.promote")[0]?.choices).toEqual([{ enrolment: "e-Cruz, Ana", step: "retain" }]);
  late.waiting[0]?.refuse({ code: "rule", message: "the year is closed" });
  await settled();
  expect(all(".row [data-column=step], .data").join()).toContain("Retain");
});

test("one grade alone is promoted where only that one is shown", async () => {
  sign("registrar");
  const answer: Promoted = { promoted: 1, retained: 0, graduated: 0, held: 0 };
  const lines = [row("Cruz, Ana"), row("Luna, Bea", { grade_level: "8", next: "9" })];
  const asked = office({ "enrolment.years": both, "enrolment.promotion_preview": preview(lines), "enrolment.promote": answer });
  await open(Promotion, at("#/promotion"));
  type(labelled("Grade"), "8");
  await settled();
  expect(said()).not.toContain("Cruz, Ana");
  click(named("button", "Promote 1 learner"));
  await settled();
  click([...document.querySelectorAll<HTMLElement>("dialog[open] .acts button")].at(-1) ?? find("no button"));
  await settled();
  expect(asked.of("enrolment.promote")[0]).toMatchObject({ grades: ["8"], from_year: "y26", to_year: "y27" });
});

// The list of learners: found by typing, walked and changed by keyboard, and what it says where it is empty or cannot be read.

import { beforeEach, expect, test } from "vitest";
import type { SectionList } from "../../generated/enrolment";
import type { LearnersFound } from "../../generated/learners";
import { replace } from "../../kit/router.svelte";
import { click, find, named, press, type } from "../../kit/testing";
import {
  address,
  all,
  at,
  english,
  foundOf,
  held,
  inBothLanguages,
  keys,
  line,
  office,
  open,
  refuse,
  said,
  sectionRow,
  settled,
  sign,
  years,
} from "../testing";
import { keptList } from "./kept.svelte";
import Learners from "./Index.svelte";

const LIST = at("#/learners");
const box = () => find<HTMLInputElement>(".box input");
/** What the filters and the draft of a new learner ask for. */
const around = {
  "learners.years": [{ id: "y26", label: "2026-2027", status: "open" }],
  "enrolment.sections": { sections: [], as_of: "2026-11-30" },
  "enrolment.years": years(),
  "learners.draft": null,
  "learners.keep_draft": null,
  "learners.duplicates": [],
};
const names = () => all(".data [data-column='0']");

beforeEach(() => {
  replace("learners");
  sign("registrar");
  Object.assign(keptList(), { text: "", filters: {}, sort: null, opened: null, adding: false });
});

inBothLanguages((words, language) => {
  const text = words.learners;

  test("a school without learners is told how they come, and offered both ways", async () => {
    office({ ...around, "learners.find": foundOf([]) });
    await open(Learners, LIST);
    expect(said()).toContain(text.noneWhy);
    expect(all(".empty button").map((one) => one.replace(/Ctrl.*/, ""))).toEqual([text.add, text.paste]);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("who may not keep learners is offered nothing that would be refused", async () => {
    sign("viewer");
    office({ ...around, "learners.find": foundOf([]) });
    await open(Learners, LIST);
    expect(said()).toContain(text.noneReadOnly);
    await keys("Ctrl+N");
    expect(all("button").filter((one) => [text.add, text.paste, text.printShort].some((offer) => one.startsWith(offer)))).toEqual([]);
    expect(document.querySelector("aside")).toBeNull();
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("a search that finds nobody says what to try, and Esc takes it back", async () => {
    office({
      ...around,
      "learners.find": ({ query }) => (query?.text ? foundOf([], { total: 2 }) : foundOf([line("Cruz"), line("Reyes")])),
    });
    await open(Learners, LIST);
    type(box(), "xyzzy", false);
    await settled();
    expect(said()).toContain(text.noMatch("xyzzy"));
    expect(said()).toContain(text.noMatchWhy);
    press(box(), "Escape");
    await settled();
    expect([box().value, said().includes("Reyes")]).toEqual(["", true]);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("records that cannot be read are said, with a way to try again", async () => {
    const asked = office({ ...around, "learners.find": refuse("store_locked") });
    await open(Learners, LIST);
    expect(said()).toContain(words.trouble.title.store_locked);
    asked.known["learners.find"] = foundOf([line("Cruz")]);
    click(named("button", words.common.tryAgain));
    await settled();
    expect(said()).toContain("Cruz");
  });
});

test("the box has the keys from the start, and Enter opens whom the last letter finds", async () => {
  const late = held<LearnersFound>();
  const asked = office({ ...around, "learners.find": foundOf([line("Cruz"), line("Reyes")]) });
  await open(Learners, LIST);
  expect(document.activeElement).toBe(box());
  asked.known["learners.find"] = late.ask;
  type(box(), "rey", false);
  press(box(), "Enter");
  await settled();
  expect(address().path, "nobody of the question before").toEqual([]);
  late.waiting[0]?.give(foundOf([line("Reyes")]));
  await settled();
  expect(address().path).toEqual(["s-Reyes"]);
});

test("an older answer that comes late does not put back what was found before", async () => {
  const late = held<LearnersFound>();
  const asked = office({ ...around, "learners.find": foundOf([line("Cruz")]) });
  await open(Learners, LIST);
  asked.known["learners.find"] = late.ask;
  type(box(), "r", false);
  await settled();
  type(box(), "re", false);
  await settled();
  late.waiting.at(-1)?.give(foundOf([line("Reyes")]));
  await settled();
  late.waiting[0]?.give(foundOf([line("Ramos"), line("Reyes")]));
  await settled();
  late.waiting.at(-1)?.give(foundOf([line("Reyes")]));
  await settled();
  expect(names().join()).toContain("Reyes");
  expect(names().join()).not.toContain("Ramos");
});

test("the sections to narrow by are those of the year that was chosen last", async () => {
  const late = held<SectionList>();
  const both = [
    { id: "y26", label: "2026-2027", status: "open" },
    { id: "y25", label: "2025-2026", status: "closed" },
  ];
  office({ ...around, "learners.years": both, "enrolment.sections": late.ask, "learners.find": foundOf([line("Cruz")]) });
  await open(Learners, LIST);
  click(find("[data-filter=year] button"));
  click(named("[role=menuitemradio]", "2025-2026"));
  await settled();
  late.waiting[1]?.give({ sections: [sectionRow({ name: "Bonifacio" })], as_of: "2026-03-31" });
  await settled();
  late.waiting[0]?.give({ sections: [sectionRow({ name: "Rizal" })], as_of: "2026-11-30" });
  await settled();
  click(find("[data-filter=section] button"));
  expect(all("[role=menuitemradio]").join()).toContain("Bonifacio");
  expect(all("[role=menuitemradio]").join()).not.toContain("Rizal");
});

test("a cell that is refused keeps what was typed and says why", async () => {
  const asked = office({
    ...around,
    "learners.find": foundOf([line("Cruz", { sex: "F" })]),
    "learners.save": refuse("bad_format", "an LRN has twelve digits", { field: "lrn" }),
  });
  await open(Learners, LIST);
  press(box(), "ArrowDown");
  await settled();
  const cell = find<HTMLInputElement>(".sheet input");
  press(cell, "ArrowRight");
  await settled();
  type(cell, "1234", false);
  press(cell, "Enter");
  await settled();
  expect(asked.of("learners.save")[0]?.fields).toEqual({ lrn: "1234" });
  expect(find(".refused").textContent).toContain("1234");
});

test("what is being typed of a new learner is there after another screen", async () => {
  office({ ...around, "learners.find": foundOf([]) });
  await open(Learners, LIST);
  await keys("Ctrl+N");
  type(find("[name=new_last_name]"), "Salonga", false);
  await settled();
  document.body.innerHTML = "";
  await open(Learners, LIST);
  expect(find<HTMLInputElement>("[name=new_last_name]").value).toBe("Salonga");
});

test("the list as it is searched and narrowed is what is printed", async () => {
  office({ ...around, "learners.find": foundOf([line("Cruz")]) });
  await open(Learners, LIST);
  type(box(), "cruz", false);
  await settled();
  await keys("Ctrl+P");
  expect(address().screen).toBe("forms");
  expect(JSON.parse(address().query.list ?? "{}")).toMatchObject({ query: { text: "cruz" } });
});

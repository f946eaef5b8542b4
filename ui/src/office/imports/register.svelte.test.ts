// LIS's register beside the records: which file, what differs, and one act that writes what was ticked.

import { expect, test } from "vitest";
import type { Applied, Looked, ReconciledLine, Reconciliation } from "../../generated/imports";
import { click, find, named, press, type } from "../../kit/testing";
import { all, at, english, held, inBothLanguages, keys, office, open, refuse, said, settled, sign } from "../testing";
import Import from "./Index.svelte";

Element.prototype.scrollIntoView = () => undefined;
const lineOf = (line: number, more: Partial<ReconciledLine> = {}): ReconciledLine => ({
  line,
  name: `CRUZ, ANA ${line}`,
  lrn: null,
  sex: "F",
  birth_date: null,
  remarks: null,
  state: "same",
  student: null,
  matched_by: null,
  enrolment: null,
  ours: null,
  fields: [],
  candidates: [],
  ...more,
});
const missing = lineOf(1, { state: "missing_here" });
const differs = lineOf(2, {
  state: "different",
  student: "s2",
  fields: [
    { field: "birth_date", label: "Birth date", ours: "2013-01-02", theirs: "2013-01-03" },
    { field: "religion", label: "Religion", ours: null, theirs: "Aglipayan" },
  ],
});
const suspect = lineOf(3, {
  state: "suspect",
  candidates: [{ student: "s3", name: "Cruz, Anna", lrn: null, birth_date: null, why: "same_name" }],
});
const register = (lines: ReconciledLine[], more: Partial<Reconciliation> = {}): Reconciliation => ({
  file: "sf1.xls",
  hash: "h1",
  school_id: "301234",
  school_name: "Mabini NHS",
  school_year: "2026-2027",
  school_year_id: "y26",
  grade_level: "7",
  section: "Rizal",
  section_id: "rizal",
  lines,
  extra: [],
  refused: [],
  warnings: [],
  counts: { same: 0, different: 1, missing_here: 1, wrong_section: 0, suspect: 1, extra: 0, refused: 0 },
  ...more,
});
const looked = (of: Reconciliation = register([missing, differs, suspect])): Looked => ({
  what: "register",
  register: of,
  proposed: [
    { line: 1, add: true },
    { line: 2, take_theirs: ["religion"] },
  ],
});
const applied: Applied = {
  act: "a",
  counts: { learners_added: 1, guardians_added: 0, sections_added: 0, enrolled: 1, moved: 0, fields_taken: 1 },
};
const tick = (name: string) => find<HTMLInputElement>(`input[aria-label*="${name}"]`);

async function read(answer: Looked | (() => never) = looked(), more: Parameters<typeof office>[0] = {}) {
  sign("registrar");
  const asked = office({ "imports.read": answer, ...more });
  await open(Import, at("#/imports"));
  type(find("[name=path]"), "/media/ana/sf1.xls", false);
  find<HTMLFormElement>("form").requestSubmit();
  await settled();
  return asked;
}

inBothLanguages((words, language) => {
  const text = words.imports;

  test("a file that is refused says why and what to do, and where it was typed stays", async () => {
    await read(refuse("wrong_tenant", "this is the register of Rizal NHS; open it there"));
    expect(find(".banner").textContent).toContain(text.refusedTitle.wrong_tenant);
    expect(find(".banner").textContent).toContain("open it there");
    expect(find<HTMLInputElement>("[name=path]").value).toBe("/media/ana/sf1.xls");
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("what is safe is ticked already, and what would be written is said before it is", async () => {
    await read();
    expect(said()).toContain(text.sum(1, 0, 1));
    expect(all("[role=tab]").join()).toContain(text.group.missing);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("a register of a year that is not here writes nothing, and says where the year is made", async () => {
    const asked = await read(looked(register([missing], { school_year_id: null })), { "imports.apply": applied });
    expect(said()).toContain(text.noYear("2026-2027"));
    expect(said()).toContain(text.noYearWhy);
    expect((named("button", text.apply) as HTMLButtonElement).disabled).toBe(true);
    await keys("Ctrl+Enter");
    expect(asked.of("imports.apply")).toEqual([]);
  });

  test("one that is the same as the records says so", async () => {
    const same = register([lineOf(1)], {
      counts: { same: 1, different: 0, missing_here: 0, wrong_section: 0, suspect: 0, extra: 0, refused: 0 },
    });
    sign("registrar");
    office({ "imports.read": { what: "register", register: same, proposed: [] } });
    await open(Import, at("#/imports"));
    type(find("[name=path]"), "/a.xls", false);
    find<HTMLFormElement>("form").requestSubmit();
    await settled();
    expect(said()).toContain(text.levelWhy);
    if (language === "fil") expect(english()).toEqual([]);
  });
});

test("by keyboard from tick to tick; what was ticked is asked once, and stays where it is refused", async () => {
  const late = held<Applied>();
  const asked = await read(looked(), { "imports.apply": late.ask });
  click(named("[role=tab]", "Different"));
  await settled();
  expect([tick("Religion").checked, tick("Birth date").checked]).toEqual([true, false]);
  tick("Birth date").focus();
  press(tick("Birth date"), "ArrowDown");
  expect(document.activeElement).toBe(tick("Religion"));
  press(tick("Religion"), "Home");
  expect(document.activeElement).toBe(tick("Birth date"));
  click(tick("Birth date"));
  await keys("Ctrl+Enter");
  await keys("Ctrl+Enter");
  expect(asked.of("imports.apply")).toHaveLength(1);
  expect(asked.of("imports.apply")[0]).toMatchObject({
    hash: "h1",
    choices: [
      { line: 1, add: true },
      { line: 2, take_theirs: ["religion", "birth_date"] },
    ],
  });
  late.waiting[0]?.refuse({ code: "rule", message: "the section is full" });
  await settled();
  expect(tick("Birth date").checked).toBe(true);
});

test("whoever may be somebody is nobody until a person says so, and can be left out again", async () => {
  const asked = await read(looked(), { "imports.apply": applied });
  click(named("[role=tab]", "Not certain"));
  await settled();
  const [isIt, isNew, leave] = [...document.querySelectorAll<HTMLInputElement>("input[type=radio]")];
  expect(leave?.checked).toBe(true);
  if (!isIt || !isNew || !leave) throw new Error("three answers");
  click(isNew);
  click(isIt);
  await keys("Ctrl+Enter");
  expect(asked.of("imports.apply")[0]?.choices.find(({ line }) => line === 3)).toMatchObject({ same_as: "s3", add: false });
});

test("what is kept of one's own is not taken, however much was ticked before", async () => {
  const asked = await read(looked(), { "imports.apply": applied });
  click(named("[role=tab]", "Different"));
  await settled();
  click(named("button", "Take all of LIS (2)"));
  click(named("button", "Keep all of ours"));
  await keys("Ctrl+Enter");
  expect(asked.of("imports.apply")[0]?.choices).toEqual([{ line: 1, add: true }]);
});

// The shelf of forms and a form before it is printed: what it lacks, a draft of it, and what the disk says.

import { expect, test } from "vitest";
import type { FormPreview, FormPrinted, FormShelf, Missing } from "../../generated/forms";
import { click, find, named, type } from "../../kit/testing";
import { all, at, english, held, inBothLanguages, keys, labelled, office, open, refuse, said, settled, sign, TODAY } from "../testing";
import Forms from "./Index.svelte";

const lack: Missing = {
  record: "school_profile",
  id: null,
  field: "deped_school_id",
  label: "School ID",
  who: "Mabini NHS",
  severity: "must",
};
const page = { width_mm: 297, height_mm: 210, items: [] };
const preview = (more: Partial<FormPreview> = {}): FormPreview => ({
  title: "School Form 2, 7-Rizal, October 2026",
  missing: [],
  ready: true,
  formats: ["pdf", "xlsx"],
  too_long: null,
  pages: [page, page],
  ...more,
});
const printed: FormPrinted = { path: "/media/ana/PEMS/sf2.pdf", files: 1, pages: 2 };
const section = (id: string, title: string, forms = ["sf1", "sf2", "class_list"]) => ({ id, title, adviser: null, own: false, forms });
const shelf = (more: Partial<FormShelf> = {}): FormShelf => ({
  years: [{ id: "y26", label: "2026-2027" }],
  year: "y26",
  sections: [section("rizal", "7-Rizal"), section("luna", "7-Luna")],
  months: ["2026-09", "2026-10"],
  certificates: "everybodys",
  today: TODAY,
  ...more,
});
const SF2 = at("#/forms/sf2/rizal/2026-10");

inBothLanguages((words, language) => {
  const text = words.forms;

  test("a form that lacks something says what and where, and is printed as a draft alone", async () => {
    sign("school_admin");
    const asked = office({ "forms.preview": preview({ missing: [lack], ready: false }), "forms.print": printed });
    await open(Forms, SF2);
    expect(said()).toContain(text.missingMustWhy);
    expect(find("a[href='#/admin/settings?field=deped_school_id']")).toBeTruthy();
    expect(said()).toContain(text.draftWhy);
    expect((named("button", text.excel) as HTMLButtonElement).disabled).toBe(true);
    await keys("Ctrl+P");
    click(named("button", text.draft));
    await settled();
    expect(asked.of("forms.print").map(({ format }) => format)).toEqual(["draft", "draft"]);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("one that lacks nothing is filed and opened from where it is", async () => {
    sign("teacher");
    const asked = office({ "forms.preview": preview(), "forms.print": printed, "forms.open": refuse("io", "no program opens it") });
    await open(Forms, SF2);
    await keys("Ctrl+P");
    expect(asked.of("forms.print")[0]?.format).toBe("pdf");
    expect(said()).toContain(text.printed(2));
    expect(said()).toContain(printed.path);
    expect(all("button")).not.toContain(text.draft);
    click(named("button", text.openFile));
    await settled();
    expect(asked.of("forms.open")).toEqual([{ do: "forms.open", path: printed.path }]);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("what the disk says stands above the paper, which stays", async () => {
    sign("teacher");
    office({ "forms.preview": preview(), "forms.print": refuse("io", "the disk is full; make room") });
    await open(Forms, SF2);
    await keys("Ctrl+P");
    expect(find(".banner").textContent).toContain("The disk is full; make room.");
    expect(find(".paper")).toBeTruthy();
  });

  test("a school without sections is told where forms come from", async () => {
    sign("registrar");
    office({ "forms.shelf": shelf({ sections: [], months: [] }) });
    await open(Forms, at("#/forms"));
    expect(said()).toContain(text.noneWhy);
    expect(find("a[href='#/sections']").textContent).toContain(text.toSections);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("all sections at once are filed once, and what they lack is listed together", async () => {
    sign("registrar");
    const asked = office({ "forms.shelf": shelf(), "forms.print": refuse("rule", "School ID is missing", { missing: [lack, lack] }) });
    await open(Forms, at("#/forms"));
    const button = find(`[aria-label^="${text.all}: ${text.names.sf1}, ${text.pdf}"]`);
    click(button);
    click(button);
    await settled();
    expect(asked.of("forms.print")).toHaveLength(1);
    expect(asked.of("forms.print")[0]?.asked).toEqual([
      { form: "sf1", section: "rizal" },
      { form: "sf1", section: "luna" },
    ]);
    expect(all("[role=status] li")).toHaveLength(1);
    if (language === "fil") expect(english()).toEqual([]);
  });
});

test("a teacher is offered the forms of own sections alone, and no certificate of others", async () => {
  sign("teacher");
  office({
    "forms.shelf": shelf({ sections: [section("rizal", "7-Rizal"), section("luna", "7-Luna", ["class_list"])], certificates: "nobodys" }),
  });
  await open(Forms, at("#/forms"));
  expect(document.querySelectorAll("a[href^='#/forms/sf1/luna'], a[href^='#/forms/sf2/luna']")).toHaveLength(0);
  expect(find("a[href='#/forms/sf2/rizal/2026-10']")).toBeTruthy();
  expect(said()).not.toContain("Whose certificate?");
});

test("pages are turned and made larger to their ends and no further", async () => {
  sign("teacher");
  office({ "forms.preview": preview() });
  await open(Forms, SF2);
  const status = () => all(".bar [role=status]")[0];
  await keys("Ctrl+PageDown");
  await keys("Ctrl+PageDown");
  expect(status()).toBe("Page 2 of 2");
  await keys("Ctrl+PageUp");
  await keys("Ctrl+PageUp");
  expect(status()).toBe("Page 1 of 2");
  const larger = find<HTMLButtonElement>("[aria-label=Larger]");
  for (let times = 0; times < 5; times += 1) click(larger);
  expect([find(".zoom").textContent, larger.disabled]).toEqual(["200 %", true]);
});

test("the paper is that of the last letter typed, and what is typed stays where it cannot be shown", async () => {
  sign("registrar");
  const late = held<FormPreview>();
  const asked = office({ "forms.preview": preview({ title: "Certificate of enrolment", formats: ["pdf"] }) });
  await open(Forms, at("#/forms/certificate/s1"));
  asked.known["forms.preview"] = late.ask;
  type(labelled("What it is for"), "a scholar", false);
  await settled();
  type(labelled("What it is for"), "a scholarship", false);
  await settled();
  late.waiting[0]?.give(preview({ title: "for a scholar" }));
  await settled();
  late.waiting[1]?.give(preview({ title: "for a scholarship" }));
  await settled();
  expect(late.waiting).toHaveLength(2);
  expect(find("h1").textContent).toBe("for a scholarship");
  expect(labelled("What it is for").value).toBe("a scholarship");
});

test("a shelf that cannot be read says why, and is read again", async () => {
  sign("registrar");
  const asked = office({ "forms.shelf": refuse("store_locked") });
  await open(Forms, at("#/forms"));
  expect(said()).toContain("Something else is writing to the records");
  asked.known["forms.shelf"] = shelf();
  click(named("button", "Try again"));
  await settled();
  expect(said()).toContain("7-Rizal");
});

// The pure parts of the frame: addresses, keys, days that are typed, options, and the catalogue in both languages.

import { describe, expect, test } from "vitest";
import { routes } from "../office/routes";
import { catalogues, setLanguage, words } from "../strings/index.svelte";
import { hrefOf, parse } from "./address";
import { typedDate } from "./dates";
import { kept } from "./field";
import { matches, shown, type Press } from "./keys";
import { folded, matching } from "./options";

const press = (key: string, held: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe("addresses", () => {
  test("are a screen, a path and questions, and come back as they went", () => {
    expect(parse("#/learners/abc/history?tab=a%20b")).toEqual({
      screen: "learners",
      path: ["abc", "history"],
      query: { tab: "a b" },
    });
    expect(parse("")).toEqual({ screen: "", path: [], query: {} });
    const there = hrefOf("forms", ["sf2", "8 – Rizal/A"], { month: "2026-11" });
    expect(parse(there)).toEqual({ screen: "forms", path: ["sf2", "8 – Rizal/A"], query: { month: "2026-11" } });
  });

  test("that were mistyped are read all the same", () => {
    expect(parse("#/learners/50%").path).toEqual(["50%"]);
    expect(parse("learners//x/").path).toEqual(["x"]);
  });

  test("of every screen have a name in both languages", () => {
    for (const { id } of routes) for (const catalogue of Object.values(catalogues)) expect(catalogue.frame.screens[id]).toBeTruthy();
    expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length);
  });
});

describe("shortcuts", () => {
  test("are exactly the keys that are held", () => {
    expect(matches("Ctrl+K", press("k", { ctrlKey: true }))).toBe(true);
    expect(matches("Ctrl+K", press("k", { metaKey: true }))).toBe(true);
    expect(matches("Ctrl+K", press("k"))).toBe(false);
    expect(matches("Ctrl+Z", press("Z", { ctrlKey: true, shiftKey: true }))).toBe(false);
    expect(matches("Ctrl+Shift+Z", press("Z", { ctrlKey: true, shiftKey: true }))).toBe(true);
    expect(matches("F2", press("F2", { altKey: true }))).toBe(false);
  });

  test("with signs hold on every keyboard, with digits also where Alt makes another character", () => {
    expect(matches("?", press("?", { shiftKey: true }))).toBe(true);
    expect(matches("?", press("?"))).toBe(true);
    expect(matches("Alt+1", press("¡", { altKey: true, code: "Digit1" }))).toBe(true);
    expect(matches("Alt+1", press("2", { altKey: true, code: "Digit2" }))).toBe(false);
  });

  test("without keys never hold", () => {
    expect(["a", "Enter", "+", " "].some((key) => matches("", press(key)))).toBe(false);
  });

  test("are shown as on the keyboard", () => {
    expect(shown("Shift+ArrowUp")).toEqual(["Shift", "↑"]);
  });
});

test("days are typed in two ways, and nothing else is a day", () => {
  const day = "2012-03-05";
  for (const text of ["2012-03-05", "2012-3-5", "03/05/2012", " 3/5/2012 ", "3.5.2012", "2012 03 05"])
    expect([text, typedDate(text)]).toEqual([text, day]);
  expect(typedDate("02/29/2012")).toBe("2012-02-29");
  for (const text of ["", "02/29/2011", "13/01/2012", "3/5/12", "2012-00-10", "12-03-2012-1", "5 Mar 2012", "0312-2012"])
    expect([text, typedDate(text)]).toEqual([text, null]);
});

test("what is typed is kept without its blanks; digits without their hyphens; a password as it is", () => {
  expect(kept("text", " Dela Cruz ")).toBe("Dela Cruz");
  expect(kept("digits", "1367-2809 0001")).toBe("136728090001");
  expect(kept("password", " pass ")).toBe(" pass ");
});

test("options are found however they are typed, those that begin so first", () => {
  const names = ["Grade 8 – Peña", "Rizal", "Peñafrancia"].map((text) => ({ text }));
  expect(matching(names, "pena").map(({ text }) => text)).toEqual(["Peñafrancia", "Grade 8 – Peña"]);
  expect(matching(names, "8PE")).toHaveLength(1);
  expect(matching(names, " ")).toHaveLength(3);
  expect(matching([{ text: "Rizal", detail: "Room 201" }], "201")).toHaveLength(1);
  expect(folded("Ma. Niña-Cruz")).toBe("maninacruz");
});

describe("the catalogue", () => {
  /** Every sentence with its place; functions are asked with something that shows whether they use it. */
  function leaves(value: unknown, place: string): [string, unknown][] {
    if (typeof value !== "object" || value === null) return [[place, value]];
    return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${place}.${key}`));
  }

  test("says everything in both languages, with the same functions", () => {
    const english = new Map(leaves(catalogues.en, "words"));
    const filipino = new Map(leaves(catalogues.fil, "words"));
    expect([...filipino.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [place, said] of filipino) {
      expect([place, typeof said]).toEqual([place, typeof english.get(place)]);
      if (typeof said === "string") expect([place, said.trim()]).not.toEqual([place, ""]);
      else if (typeof said === "function") expect([place, said.length]).toEqual([place, (english.get(place) as () => 0).length]);
    }
  });

  test("follows the language", () => {
    expect(words.common.save).toBe("Save");
    setLanguage("fil");
    expect(words.common.save).toBe("I-save");
    expect(words.sync.waits(1204, "10:42")).toBe("1,204 pagbabago ang naghihintay; huling ugnayan 10:42");
    setLanguage("en");
    expect(words.common.save).toBe("Save");
  });
});

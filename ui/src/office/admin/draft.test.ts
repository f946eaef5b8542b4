import { expect, test } from "vitest";
import { changes, elsewhere, shown, type, type Draft } from "./draft";
import { fitted } from "./logo";

const fields = { name: "Mabini NHS", phone: null };

test("only what differs is saved, and what is emptied is taken away", () => {
  let draft: Draft = {};
  expect(shown(draft, fields, "name")).toBe("Mabini NHS");
  expect(shown(draft, fields, "phone")).toBe("");
  draft = type(draft, fields, "name", "Mabini National High School");
  draft = type(draft, fields, "phone", "044 123");
  expect(changes(draft, fields)).toEqual({ name: "Mabini National High School", phone: "044 123" });
  draft = type(draft, fields, "phone", "");
  expect(changes(type(draft, fields, "name", " "), fields)).toEqual({ name: null });
  expect(changes(type(draft, fields, "name", "Mabini NHS"), fields)).toEqual({});
});

test("what another PC stores under the typing is told, and the typing stays", () => {
  const draft = type({}, fields, "name", "Mabini National High School");
  const now = { ...fields, name: "Mabini High" };
  expect(shown(draft, now, "name")).toBe("Mabini National High School");
  expect(elsewhere(draft, now, "name")).toBe("Mabini High");
  expect(elsewhere(draft, fields, "name")).toBeNull();
  expect(elsewhere(draft, now, "phone")).toBeNull();
  expect(elsewhere(draft, { name: "Mabini National High School" }, "name")).toBeNull();
});

test("a logo is made smaller and never larger", () => {
  expect(fitted(1200, 800, 600)).toEqual([600, 400]);
  expect(fitted(100, 50, 600)).toEqual([100, 50]);
  expect(fitted(5000, 1, 600)).toEqual([600, 1]);
});

// The list of a class, by keyboard and by mouse: who is marked with what, and that nothing is marked where nothing may be.

import { expect, test, vi } from "vitest";
import type { Pupil } from "../../generated/attendance";
import { click, find, press, show } from "../../kit/testing";
import Roll from "./Roll.svelte";

Element.prototype.scrollIntoView = () => undefined;
const pupil = (id: string, more: Partial<Pupil> = {}): Pupil => ({
  id,
  name: { last: id, first: "A", middle: null, ext: null },
  listed: `${id}, A`,
  sex: "F",
  code: "P",
  note: null,
  away: 0,
  away_since: null,
  elsewhere: null,
  ...more,
});
function roll(more: { readonly?: boolean; halves?: boolean } = {}) {
  const onmark = vi.fn();
  const onsubmit = vi.fn();
  const pupils = ["Abad", "Basa", "Cruz"].map((id) => pupil(id));
  show(Roll, { pupils, draft: {}, taken: false, readonly: false, halves: true, onmark, onsubmit, ...more });
  const marks = () => onmark.mock.calls.map(([one, code]) => `${(one as Pupil).id} ${String(code)}`);
  return { marks, onsubmit, grid: find("[role=grid]") };
}

test("a letter marks and goes on; arrows, Home and End choose; Enter submits", () => {
  const { marks, onsubmit, grid } = roll();
  for (const key of ["a", "L", "End", "m", "Home", "e", " "]) press(grid, key);
  expect(marks()).toEqual(["Abad A", "Basa L", "Cruz AM", "Abad E", "Basa P"]);
  press(grid, "Enter");
  expect(onsubmit).toHaveBeenCalledOnce();
});

test("a key with Ctrl or Alt is somebody else's, and a letter that is no mark is let through", () => {
  const { marks, grid } = roll();
  expect([press(grid, "Ctrl+A"), press(grid, "Alt+L"), press(grid, "x")].map((event) => event.defaultPrevented)).toEqual([
    false,
    false,
    false,
  ]);
  expect(marks()).toEqual([]);
});

test("half a day is marked only where the whole day is taken", () => {
  const { marks, grid } = roll({ halves: false });
  press(grid, "m");
  press(grid, "h");
  expect(marks()).toEqual([]);
  expect(document.querySelector("button.AM")).toBeNull();
});

test("where nothing may be marked no key and no button marks", () => {
  const { marks, grid } = roll({ readonly: true });
  press(grid, "a");
  click(find("button.A"));
  expect(marks()).toEqual([]);
  press(grid, "ArrowDown");
  expect(grid.getAttribute("aria-activedescendant")).toContain("Basa");
});

test("a click on a mark is of its own learner, wherever the keys are", () => {
  const { marks } = roll();
  click(document.querySelectorAll<HTMLElement>("button.C")[2] ?? find("no third"));
  expect(marks()).toEqual(["Cruz C"]);
});

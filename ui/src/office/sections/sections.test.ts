import { expect, test } from "vitest";
import { fullness } from "./fullness";

test("a bar never runs out of its box, and without seats nothing is full", () => {
  expect(fullness({ total: 10, capacity: 40 })).toEqual({ percent: 25, full: false, over: 0 });
  expect(fullness({ total: 40, capacity: 40 })).toEqual({ percent: 100, full: true, over: 0 });
  expect(fullness({ total: 43, capacity: 40 })).toEqual({ percent: 100, full: false, over: 3 });
  expect(fullness({ total: 43, capacity: null })).toEqual({ percent: 0, full: false, over: 0 });
});

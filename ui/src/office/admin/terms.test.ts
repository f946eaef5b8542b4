import { expect, test } from "vitest";
import { megabytes, printed } from "./numbers";
import { evenly } from "./terms";

test("a year in equal parts has no gap and ends with its last day", () => {
  const terms = evenly("2026-06-08", "2027-03-31", 3);
  expect(terms.map((term) => term.start_date)).toEqual(["2026-06-08", "2026-09-15", "2026-12-23"]);
  expect(terms.map((term) => term.end_date)).toEqual(["2026-09-14", "2026-12-22", "2027-03-31"]);
  expect(evenly("", "2027-03-31", 3)).toEqual([]);
  expect(evenly("2027-03-31", "2027-03-31", 3)).toEqual([]);
});

test("numbers are shown as they are printed", () => {
  expect(printed("2026-", 7, 4)).toBe("2026-0007");
  expect(printed("", 12_345, 4)).toBe("12345");
  expect(printed("A", 7, null)).toBe("A7");
  expect(megabytes(4_640_000)).toBe("4.6");
  expect(megabytes(10)).toBe("0.1");
});

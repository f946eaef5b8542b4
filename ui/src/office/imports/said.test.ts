// What is said about doubles in a list is there in the clerk's own language. (That of registers is: the compiler sees to it.)

import { expect, test } from "vitest";
import type { ImportDuplicate } from "../../generated/imports";
import * as fil from "../../strings/fil";

test("a double is told in Filipino, with its line, its names and what is left out", () => {
  const double = (more: Partial<ImportDuplicate>): string =>
    fil.imports.list.double({
      file: "a.csv",
      row: 9,
      kind: "same_record",
      of_row: 3,
      message: "English",
      imported: false,
      left_out: false,
      besides: [],
      ...more,
    });
  expect(double({})).toBe("Iisang rekord ito at ang row 3; ang una ang bibilangin.");
  expect(double({ besides: ["religion"] })).toContain("iiwan ang Relihiyon");
  expect(double({ left_out: true })).toContain("naiwan din ito");
  const alike = double({ kind: "same_name", names: ["Cruz, Ana", "Cruz, Anna"] });
  expect(alike).toContain("Cruz, Ana at si Cruz, Anna (row 3)");
  for (const one of [double({}), alike]) expect(one).not.toContain("English");
});

import { expect, it } from "vitest";
import { daysSaid, later, runNumbers, runs, takenAt, weekday, weeks } from "./days";

it("weeks begin on Monday and hold every day once", () => {
  expect(weekday("2026-06-08")).toBe(0);
  const june = weeks("2026-06");
  expect(june[0]).toEqual(["2026-06-01", "2026-06-02", "2026-06-03", "2026-06-04", "2026-06-05", "2026-06-06", "2026-06-07"]);
  expect(june.flat().filter(Boolean)).toHaveLength(30);
  expect(weeks("2026-08")[0]?.slice(0, 6)).toEqual([null, null, null, null, null, "2026-08-01"]);
  expect(weeks("2027-02")).toHaveLength(4);
});

it("months follow each other over the year", () => {
  expect(later("2026-12", 1)).toBe("2027-01");
  expect(later("2026-01", -1)).toBe("2025-12");
});

it("attendance that was taken on its day says the time alone", () => {
  expect(takenAt("2026-06-08T07:05:00", "2026-06-08")).toBe("07:05");
  expect(takenAt("2026-06-09T16:30:00", "2026-06-08")).toBe("9 Jun 2026 16:30");
});

it("days are said as people write them, those in a row together", () => {
  const october = ["2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07", "2026-10-12", "2026-10-13"];
  expect(runs(october).map(runNumbers)).toEqual(["2", "5–7", "12–13"]);
  expect(daysSaid(october)).toBe("2, 5–7, 12–13 Oct 2026");
  expect(daysSaid(["2026-12-31", "2027-01-01"])).toBe("31 Dec 2026; 1 Jan 2027");
  expect(daysSaid([])).toBe("");
});

import { describe, expect, it } from "vitest";
import type { Class, Pupil } from "../../generated/attendance";
import { changes, CODES, counted, HALVES, here, inARow, keyOf, marked, markOf, marksOf, seenOf, titleOf } from "./roll";

const pupil = (id: string, code = "P", note: string | null = null): Pupil => ({
  id,
  code,
  note,
  sex: "F",
  listed: id,
  away: 0,
  away_since: null,
  elsewhere: null,
  name: { last: id, first: "", middle: null, ext: null },
});

describe("a class on the screen", () => {
  it("keys are marks", () => {
    expect(["a", "L", "c", "E", "p", " ", "Delete"].map((key) => markOf(key))).toEqual(["A", "L", "C", "E", "P", "P", "P"]);
    expect(["m", "H"].map((key) => markOf(key, true))).toEqual(["AM", "PM"]);
    expect(["m", "H"].map((key) => markOf(key))).toEqual([null, null]);
    expect(["x", "Enter", "ArrowDown", "1"].map((key) => markOf(key))).toEqual([null, null, null, null]);
  });

  it("the key that is shown for a mark is the one that makes it", () => {
    const all = [...CODES, ...HALVES];
    expect(all.map((code) => markOf(keyOf(code), true))).toEqual(all);
  });

  it("days in a row count this one where it is marked absent too", () => {
    const ana = { ...pupil("ana"), away: 2, away_since: "2026-11-26" };
    expect([inARow(ana, "A"), inARow(ana, "E"), inARow(ana, "P"), inARow(ana, "L"), inARow(pupil("ben"), "A")]).toEqual([3, 3, 2, 2, 0]);
  });

  it("who was marked in another class counts there, until marked here", () => {
    const came = { ...pupil("came"), elsewhere: { section: "7-Rizal", code: "A" } };
    const went = { ...pupil("went", "L"), elsewhere: { section: "7-Luna", code: "P" } };
    const shown = { pupils: [pupil("ana", "AM"), came], moved: [went] } as unknown as Class;
    expect(counted(here(shown, {}), {})).toEqual({ present: 2, absent: 0, tardy: 1, half: 1 });
    const draft = { came: "A" } as const;
    expect(counted(here(shown, draft), draft)).toEqual({ present: 2, absent: 1, tardy: 1, half: 1 });
  });

  it("a mark that says what is recorded is no change", () => {
    const ana = pupil("ana", "A");
    const late = marked({}, ana, "L");
    expect(late).toEqual({ ana: "L" });
    expect(marked(late, ana, "A")).toEqual({});
  });

  it("a refresh keeps what was marked, but for who left and what another PC marked the same", () => {
    const draft = { ana: "A", ben: "L", carl: "E" } as const;
    expect(changes(draft, [pupil("ana"), pupil("ben", "L")])).toEqual({ ana: "A" });
  });

  it("only exceptions are sent, with their notes while the mark stays", () => {
    const pupils = [pupil("ana", "E", "ill"), pupil("ben", "E", "ill"), pupil("carl")];
    expect(marksOf(pupils, { ben: "A" })).toEqual([
      { student: "ana", code: "E", note: "ill" },
      { student: "ben", code: "A" },
    ]);
    expect(seenOf(pupils)).toEqual(pupils.slice(0, 2).map(({ id }) => ({ student: id, code: "E", note: "ill" })));
    expect(counted(pupils, { carl: "L" })).toEqual({ present: 1, absent: 2, tardy: 1, half: 0 });
  });
});

it("a section says its grade once", () => {
  const section = (grade_level: string, name: string) => ({ grade_level, name }) as Class["section"];
  expect(titleOf(section("8", "8-Rizal"))).toBe("8-Rizal");
  expect(titleOf(section("8", "Rizal"))).toBe("8-Rizal");
  expect(titleOf(section("K", "Rose"))).toBe("Kinder-Rose");
  expect(titleOf(section("K", "Kinder Rose"))).toBe("Kinder Rose");
});

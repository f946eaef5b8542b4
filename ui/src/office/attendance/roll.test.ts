import { describe, expect, it } from "vitest";
import type { Pupil } from "../../generated/attendance";
import { changes, counted, marked, markOf, marksOf, seenOf } from "./roll";

const pupil = (id: string, code = "P", note: string | null = null): Pupil => ({
  id,
  code,
  note,
  sex: "F",
  listed: id,
  away: 0,
  name: { last: id, first: "", middle: null, ext: null },
});

describe("a class on the screen", () => {
  it("keys are marks", () => {
    expect(["a", "L", "c", "E", "p", " ", "Delete"].map((key) => markOf(key))).toEqual(["A", "L", "C", "E", "P", "P", "P"]);
    expect(["m", "H"].map((key) => markOf(key, true))).toEqual(["AM", "PM"]);
    expect(["m", "H"].map((key) => markOf(key))).toEqual([null, null]);
    expect(["x", "Enter", "ArrowDown", "1"].map((key) => markOf(key))).toEqual([null, null, null, null]);
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

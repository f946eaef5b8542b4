// The grid without a window: where keys lead, what the clipboard holds, which rows are fetched and chosen, and what becomes of
// what is typed.

import { describe, expect, test, vi } from "vitest";
import type { Press } from "../keys";
import { moved } from "./cells";
import { leastWidth, tracks, turned, type Column } from "./columns";
import { copied } from "./copied";
import { CellEdit, type Outcome } from "./edit.svelte";
import { PagedRows, rowsOf } from "./rows.svelte";
import { Selection } from "./selection.svelte";
import { fromTsv, toTsv } from "./tsv";

const press = (key: string, held: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});
const ctrl = { ctrlKey: true };

describe("keys", () => {
  const extent = { rows: 100, columns: 4, page: 10 };
  const to = (key: string, held: Partial<Press> = {}, from = { row: 5, column: 1 }, tab = true) => {
    const cell = moved(press(key, held), from, extent, tab);
    return cell && [cell.row, cell.column];
  };

  test("move by cells, pages, to the ends and the corners, and never out", () => {
    expect([to("ArrowDown"), to("ArrowUp"), to("ArrowLeft"), to("ArrowRight")]).toEqual([
      [6, 1],
      [4, 1],
      [5, 0],
      [5, 2],
    ]);
    expect([to("PageDown"), to("PageUp"), to("Home"), to("End")]).toEqual([
      [15, 1],
      [0, 1],
      [5, 0],
      [5, 3],
    ]);
    expect([to("Home", ctrl), to("End", ctrl), to("ArrowDown", ctrl)]).toEqual([
      [0, 0],
      [99, 3],
      [99, 1],
    ]);
    expect(to("ArrowDown", {}, { row: 99, column: 3 })).toEqual([99, 3]);
    expect(to("x")).toBeNull();
    expect(to("ArrowDown", { altKey: true })).toBeNull();
    expect(moved(press("End"), { row: 0, column: 0 }, { ...extent, rows: 0 })).toBeNull();
  });

  test("Tab goes on in the next row and leaves at the very ends; without cells to type into it is not the grid's", () => {
    expect(to("Tab", {}, { row: 5, column: 3 })).toEqual([6, 0]);
    expect(to("Tab", { shiftKey: true }, { row: 5, column: 0 })).toEqual([4, 3]);
    expect(to("Tab", {}, { row: 99, column: 3 })).toBeNull();
    expect(to("Tab", { shiftKey: true }, { row: 0, column: 0 })).toBeNull();
    expect(to("Tab", {}, { row: 5, column: 1 }, false)).toBeNull();
  });
});

describe("the clipboard", () => {
  test("is read as Excel writes it", () => {
    expect(fromTsv("a\tb\r\nc\td\r\n")).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
    expect(fromTsv('"two\nlines"\t"say ""yes"""')).toEqual([["two\nlines", 'say "yes"']]);
    expect(fromTsv("one")).toEqual([["one"]]);
    expect(fromTsv("a\t\n\t\n")).toEqual([
      ["a", ""],
      ["", ""],
    ]);
    expect(fromTsv('5" pipe\tx')).toEqual([['5" pipe', "x"]]);
  });

  test("is written so that it reads the same", () => {
    const cells = [
      ["Dela Cruz", 'a "b"'],
      ["two\nlines", "tab\there"],
    ];
    expect(fromTsv(toTsv(cells))).toEqual(cells);
  });
});

interface Line {
  id: string;
  name: string;
}
const line = (at: number): Line => ({ id: `r${at}`, name: `Name ${at}` });
const column: Column<Line> = { key: "name", label: "Name", width: 10, text: (row) => row.name, editable: true };

describe("rows in pages", () => {
  function source(total: number) {
    let all = Array.from({ length: total }, (_, at) => line(at));
    const asked: number[] = [];
    const failures: unknown[] = [];
    const rows = new PagedRows<Line>(
      async (offset, limit) => {
        asked.push(offset);
        return { rows: all.slice(offset, offset + limit), total: all.length };
      },
      (error) => failures.push(error),
    );
    return { rows, asked, failures, change: (next: Line[]) => (all = next), all: () => all };
  }

  test("are fetched where they come into sight, once", async () => {
    const { rows, asked } = source(20_000);
    expect(rows.ready).toBe(false);
    await rows.restart();
    expect([rows.total, rows.get(3)?.id, rows.get(5_000)]).toEqual([20_000, "r3", undefined]);
    rows.want(4_990, 5_030);
    await vi.waitFor(() => expect(rows.get(5_000)?.id).toBe("r5000"));
    rows.want(4_990, 5_030);
    expect(asked).toEqual([0, 4_900, 5_000]);
    expect([rows.indexOf("r5001"), rows.indexOf("r9000")]).toEqual([5_001, -1]);
  });

  test("between two that are here are fetched before all of them are chosen", async () => {
    const { rows, asked } = source(1_000);
    await rows.restart();
    rows.want(600, 630);
    await vi.waitFor(() => expect(rows.get(600)).toBeDefined());
    expect(await rows.ensure(50, 620)).toBe(true);
    expect(Array.from({ length: 570 }, (_, row) => rows.get(50 + row)?.id).every(Boolean)).toBe(true);
    expect(asked).toEqual([0, 600, 100, 200, 300, 400, 500]);
    const asking = rows.ensure(0, 1_000);
    void rows.restart();
    expect(await asking).toBe(false);
  });

  test("of a new question are fetched where the list is scrolled to", async () => {
    const { rows, asked } = source(1_000);
    await rows.restart();
    rows.want(610, 640);
    await vi.waitFor(() => expect(rows.get(615)).toBeDefined());
    await rows.restart();
    await vi.waitFor(() => expect(rows.get(615)?.id).toBe("r615"));
    expect(asked).toEqual([0, 600, 0, 600]);
  });

  test("stay on the screen until their newer selves are here", async () => {
    const { rows, change, all } = source(300);
    await rows.restart();
    rows.want(0, 30);
    change([{ id: "new", name: "New" }, ...all()]);
    rows.refresh();
    expect(rows.get(0)?.id).toBe("r0");
    await vi.waitFor(() => expect(rows.get(0)?.id).toBe("new"));
    expect([rows.total, rows.indexOf("r0")]).toEqual([301, 1]);
  });

  test("of an older question never replace those of a newer one", async () => {
    const answers: ((rows: Line[]) => void)[] = [];
    const rows = new PagedRows<Line>(
      () => new Promise((give) => answers.push((found) => give({ rows: found, total: found.length }))),
      () => expect.unreachable(),
    );
    const old = rows.restart();
    const young = rows.restart();
    answers[1]?.([line(2)]);
    await young;
    answers[0]?.([line(1), line(3)]);
    await old;
    expect([rows.total, rows.get(0)?.id]).toEqual([1, "r2"]);
  });

  test("that cannot be had are told of", async () => {
    const failures: unknown[] = [];
    const rows = new PagedRows<Line>(
      () => Promise.reject({ code: "io", message: "no disk" }),
      (error) => failures.push(error),
    );
    await rows.restart();
    expect(failures).toEqual([{ code: "io", message: "no disk" }]);
  });
});

test("all rows can be chosen, also those that were never fetched", () => {
  const chosen = new Selection();
  chosen.toggle("r1");
  expect([chosen.has("r1"), chosen.has("r2"), chosen.count(20_000)]).toEqual([true, false, 1]);
  chosen.chooseAll();
  chosen.toggle("r1");
  chosen.set("r2", true);
  expect([chosen.has("r1"), chosen.has("r2"), chosen.count(20_000), chosen.ids]).toEqual([false, true, 19_999, ["r1"]]);
  chosen.clear();
  expect(chosen.count(20_000)).toBe(0);
});

test("what is copied is the cell, or the chosen rows", () => {
  const rows = rowsOf([line(0), line(1), line(2)]);
  const chosen = new Selection();
  expect(copied(rows, [column], { row: 1, column }, chosen)).toBe("Name 1");
  chosen.toggle("r0");
  chosen.toggle("r2");
  expect(copied(rows, [column, column], { row: 1, column }, chosen)).toBe("Name 0\tName 0\nName 2\tName 2");
});

describe("what is typed", () => {
  function typing(answer: (row: Line, key: string, value: string) => Promise<Outcome>) {
    const commit = vi.fn(answer);
    const refused: string[] = [];
    const edit = new CellEdit<Line>(
      () => commit,
      (_, message) => refused.push(message),
    );
    return { edit, commit, refused };
  }

  test("is kept for its record, and shown until the record shows it", async () => {
    let keep: () => void = () => undefined;
    const { edit, commit } = typing(() => new Promise((done) => (keep = () => done(null))));
    expect(edit.begin(line(1), column)).toBe(true);
    expect(edit.text).toBe("Name 1");
    edit.typed(" Ana ");
    edit.end();
    expect(commit).toHaveBeenCalledWith(line(1), "name", "Ana");
    expect(edit.mark("r1", "name")).toEqual({ text: "Ana", message: null });
    keep();
    await vi.waitFor(() => expect(edit.mark("r1", "name")).toBeUndefined());
  });

  test("and refused stays with its reason, and is what editing goes on from", async () => {
    const { edit, refused } = typing(async () => ({ message: "not a day" }));
    edit.begin(line(1), column);
    edit.typed("32/32");
    edit.end();
    await vi.waitFor(() => expect(edit.mark("r1", "name")).toEqual({ text: "32/32", message: "not a day" }));
    expect(refused).toEqual(["not a day"]);
    edit.begin(line(1), column);
    expect(edit.text).toBe("32/32");
    edit.cancel();
    expect(edit.mark("r1", "name")).toBeUndefined();
  });

  test("and not changed, or left with Esc, is not kept; neither is what may not be edited", () => {
    const { edit, commit } = typing(async () => null);
    edit.begin(line(1), column);
    edit.end();
    edit.begin(line(1), column);
    edit.typed("other");
    edit.cancel();
    expect(edit.begin(line(1), { ...column, editable: false })).toBe(false);
    expect(edit.begin(line(1), { ...column, editable: (row) => row.id !== "r1" })).toBe(false);
    expect(commit).not.toHaveBeenCalled();
  });

  test("again before the first was answered has its own fate", async () => {
    const answers: ((outcome: Outcome) => void)[] = [];
    const { edit } = typing(() => new Promise((give) => answers.push(give)));
    for (const text of ["first", "second"]) {
      edit.begin(line(1), column);
      edit.typed(text);
      edit.end();
    }
    answers[0]?.({ message: "too late" });
    await Promise.resolve();
    expect(edit.mark("r1", "name")).toEqual({ text: "second", message: null });
  });

  test("into a choice is the choice that it begins", async () => {
    const { edit, commit } = typing(async () => null);
    const sex = {
      ...column,
      key: "sex",
      choices: [
        { id: "F", text: "Female" },
        { id: "M", text: "Male" },
      ],
    };
    edit.begin(line(1), sex);
    edit.typed("ma");
    edit.end();
    expect(commit).toHaveBeenLastCalledWith(line(1), "sex", "M");
    edit.begin(line(2), sex);
    edit.typed("");
    edit.end();
    expect(commit).toHaveBeenLastCalledWith(line(2), "sex", "");
  });
});

test("columns know their widths and turn their order", () => {
  expect(tracks([{ width: 14, grow: true }, { width: 8 }], true)).toBe("1.25rem minmax(14rem, 14fr) 8rem");
  expect(leastWidth([{ width: 14 }, { width: 8 }], false)).toBe(25.25);
  expect(turned(null, "name")).toEqual({ key: "name", dir: "up" });
  expect(turned({ key: "name", dir: "up" }, "name")).toEqual({ key: "name", dir: "down" });
  expect(turned({ key: "name", dir: "up" }, "lrn")).toEqual({ key: "lrn", dir: "up" });
});

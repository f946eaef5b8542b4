// The grid as it is used: cells that are typed into, rows that are chosen, columns that are hidden, made wider and remembered.

import { flushSync } from "svelte";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { keep, kept, setKept } from "../window_settings";
import { find, named, click, press, show, type } from "../testing";
import ColumnChooser from "./ColumnChooser.svelte";
import type { Column } from "./columns";
import Grid from "./Grid.svelte";
import { Selection } from "./selection.svelte";
import { NARROWEST, read, WIDEST, Widths } from "./widths.svelte";

vi.mock("@tauri-apps/api/core", () => ({ invoke: () => Promise.resolve({}) }));

interface Line extends Record<string, unknown> {
  id: string;
  name: string;
  sex: string;
  papers: string;
}
const line = (id: string, more: Partial<Line> = {}): Line => ({ id, name: `Cruz ${id}`, sex: "F", papers: "", ...more });
const COLUMNS: Column<Line>[] = [
  { key: "name", label: "Name", width: 10, grow: true, fixed: true, editable: true, text: (row) => row.name || undefined },
  {
    key: "sex",
    label: "Sex",
    width: 4,
    editable: true,
    text: (row) => ({ F: "Female", M: "Male" })[row.sex],
    choices: [
      { id: "F", text: "Female" },
      { id: "M", text: "Male" },
    ],
  },
  { key: "papers", label: "Papers", width: 8, text: (row) => row.papers || undefined },
];
const input = () => find<HTMLInputElement>(".sheet input");
const tracks = () => find(".sheet").style.getPropertyValue("--tracks");

beforeEach(() => setKept({}));

describe("a cell", () => {
  test("keeps what is typed or chosen, and what was refused stays with its reason", async () => {
    const oncommit = vi.fn((row: Line, key: string, value: string) => {
      if (value === "bad") return Promise.resolve({ message: "Not this." });
      rows = rows.map((one) => (one.id === row.id ? { ...one, [key]: value } : one));
      return Promise.resolve(null);
    });
    let rows = $state.raw([line("1"), line("2")]);
    show(Grid<Line>, {
      label: "Learners",
      columns: COLUMNS,
      get rows() {
        return rows;
      },
      oncommit,
    });
    const settled = () => vi.waitFor(() => (flushSync(), expect(find(".data").textContent).toContain("Reyes")));
    type(input(), "Reyes", false);
    press(input(), "Enter");
    await settled();
    press(input(), "ArrowUp");
    press(input(), "ArrowRight");
    type(input(), "Ma", false);
    press(input(), "Enter");
    await vi.waitFor(() => expect(rows[0]?.sex).toBe("M"));
    press(input(), "ArrowLeft");
    type(input(), "bad", false);
    press(input(), "Enter");
    await vi.waitFor(() => (flushSync(), expect(find(".refused").textContent).toBe("bad")));
    expect(oncommit.mock.calls.map(([row, key, value]) => [row.id, key, value])).toEqual([
      ["1", "name", "Reyes"],
      ["1", "sex", "M"],
      ["2", "name", "bad"],
    ]);
  });
});

test("rows are chosen one by one, from here to there, and all", () => {
  const selection = new Selection();
  show(Grid<Line>, { label: "Learners", columns: COLUMNS, rows: ["1", "2", "3"].map((id) => line(id)), selection });
  const grid = find("[role=grid]");
  press(grid, " ");
  expect(selection.ids).toEqual(["1"]);
  press(grid, "Shift+ArrowDown");
  expect(selection.count(3)).toBe(2);
  press(grid, "Ctrl+A");
  expect([selection.all, selection.count(3)]).toEqual([true, 3]);
  click(find("[role=columnheader] .box"));
  expect(selection.count(3)).toBe(0);
});

test("columns are hidden and come back", () => {
  const at = $state({ hidden: [] as string[] });
  show(ColumnChooser<Line>, {
    columns: COLUMNS,
    get hidden() {
      return at.hidden;
    },
    set hidden(keys: string[]) {
      at.hidden = keys;
    },
  });
  click(find("button"));
  click(named("[role=menuitemcheckbox]", "Papers"));
  expect(at.hidden).toEqual(["papers"]);
  expect(
    named("[role=menuitemcheckbox]", "Papers").ariaChecked ?? named("[role=menuitemcheckbox]", "Papers").getAttribute("aria-checked"),
  ).toBe("false");
  click(named("[role=menuitemcheckbox]", "Papers"));
  expect(at.hidden).toEqual([]);
});

describe("widths", () => {
  test("are changed with the keys, remembered, and there again in the next list of that name", () => {
    show(Grid<Line>, { label: "Learners", name: "learners", columns: COLUMNS, rows: [line("1", { papers: "1 missing" })] });
    expect(tracks()).toBe("minmax(10rem, 10fr) 4rem 8rem");
    const grid = find("[role=grid]");
    press(grid, "ArrowRight");
    press(grid, "Alt+Shift+ArrowRight");
    expect(tracks()).toBe("minmax(10rem, 10fr) 5rem 8rem");
    press(grid, "Alt+Shift+ArrowLeft");
    press(grid, "Alt+Shift+ArrowLeft");
    expect([tracks(), kept("widths.learners")]).toEqual(["minmax(10rem, 10fr) 3rem 8rem", "sex:3"]);
    document.body.innerHTML = "";
    show(Grid<Line>, { label: "Learners", name: "learners", columns: COLUMNS, rows: [line("1", { papers: "1 missing" })] });
    expect(tracks()).toBe("minmax(10rem, 10fr) 3rem 8rem");
  });

  test("are dragged with the mouse, within what can be read, and two clicks make them as they were", () => {
    show(Grid<Line>, { label: "Learners", name: "dragged", columns: COLUMNS, rows: [line("1", { papers: "x" })] });
    const grip = find("[role=columnheader]:nth-child(3) .grip");
    grip.setPointerCapture = () => undefined;
    const at = (kind: string, clientX: number) => (
      grip.dispatchEvent(new PointerEvent(kind, { bubbles: true, cancelable: true, clientX, button: 0 })),
      flushSync()
    );
    at("pointerdown", 100);
    at("pointermove", 100 + 16 * 12);
    expect([tracks(), kept("widths.dragged")]).toEqual(["minmax(10rem, 10fr) 4rem 12rem", undefined]);
    at("pointermove", -500);
    at("pointerup", -500);
    expect([tracks(), kept("widths.dragged")]).toEqual([`minmax(10rem, 10fr) 4rem ${NARROWEST}rem`, `papers:${NARROWEST}`]);
    at("pointermove", 900);
    expect(tracks()).toContain(`${NARROWEST}rem`);
    grip.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
    flushSync();
    expect([tracks(), kept("widths.dragged")]).toEqual(["minmax(10rem, 10fr) 4rem 8rem", ""]);
  });

  test("leave the room of a column in which nothing is to the names, until something is in it", () => {
    const at = $state({ rows: [line("1"), line("2")] });
    show(Grid<Line>, {
      label: "Learners",
      columns: COLUMNS,
      get rows() {
        return at.rows;
      },
    });
    expect(tracks()).toBe("minmax(10rem, 10fr) 4rem 4.25rem");
    at.rows = [line("1"), line("2", { papers: "1 missing" })];
    flushSync();
    expect(tracks()).toBe("minmax(10rem, 10fr) 4rem 8rem");
    at.rows = [line("1")];
    flushSync();
    expect(tracks()).toBe("minmax(10rem, 10fr) 4rem 8rem");
  });

  test("that cannot be read are as if they were not there", () => {
    expect(read("name:12.5,sex:x,:4,lrn:-1,far:900,near:0.1")).toEqual({ name: 12.5, far: WIDEST, near: NARROWEST });
    keep("widths.odd", "nonsense");
    expect(new Widths("odd").sized(COLUMNS, "").map(({ width }) => width)).toEqual([10, 4, 8]);
  });
});

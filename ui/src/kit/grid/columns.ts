// What a grid's columns are, and the widths that follow. Widths are numbers (rem), so that the grid knows when its columns no
// longer fit and have to be scrolled sideways.

import type { Choice } from "../field";

export interface Column<T> {
  /** The field; what `oncommit`, `onpaste` and sorting name. */
  key: string;
  label: string;
  /** In rem: what the column needs. */
  width: number;
  /** Takes what room is left. */
  grow?: boolean;
  /** What the cell says; nothing means "not recorded". */
  text: (row: T) => string | undefined;
  /** A first word that carries the weight, as the last name does. */
  lead?: (row: T) => string;
  /** Numbers compared down the column: their figures are equally wide. */
  figures?: boolean;
  /** Where the cell leads when pressed; Enter goes there too unless the column is edited. */
  href?: (row: T) => string;
  editable?: boolean | ((row: T) => boolean);
  /** What editing begins with, where it is not what the cell says: `2012-03-05` for `5 Mar 2012`. */
  edit?: (row: T) => string;
  /** Edited by choosing: what is committed is the id. */
  choices?: readonly Choice[];
  sortable?: boolean;
  /** Cannot be hidden. */
  fixed?: boolean;
  /** Drawn by the grid's `cell` snippet; `text` still says what is copied and read out. */
  custom?: boolean;
}

export interface Sort {
  key: string;
  dir: "up" | "down";
}

/** The gap between columns and the room at both edges, in rem: as in Grid.svelte. */
const GAP = 0.75;
const EDGES = 2.5;
/** The column of the boxes that choose rows, in rem. */
export const BOX = 1.25;

export function tracks(columns: readonly Pick<Column<never>, "width" | "grow">[], box: boolean): string {
  const widths = columns.map(({ width, grow }) => (grow ? `minmax(${width}rem, ${width}fr)` : `${width}rem`));
  return [...(box ? [`${BOX}rem`] : []), ...widths].join(" ");
}

/** Below this width (rem) the grid scrolls sideways. */
export function leastWidth(columns: readonly Pick<Column<never>, "width">[], box: boolean): number {
  const count = columns.length + (box ? 1 : 0);
  return columns.reduce((sum, { width }) => sum + width, box ? BOX : 0) + GAP * Math.max(0, count - 1) + EDGES;
}

/** The other way round, or up: what pressing a header asks for. */
export function turned(sort: Sort | null, key: string): Sort {
  return { key, dir: sort?.key === key && sort.dir === "up" ? "down" : "up" };
}

export const isEditable = <T>(column: Column<T> | undefined, row: T | undefined): boolean =>
  column !== undefined && row !== undefined && (typeof column.editable === "function" ? column.editable(row) : column.editable === true);

/** What a cell says, as one text. */
export const said = <T>(column: Column<T>, row: T): string => [column.lead?.(row), column.text(row)].filter(Boolean).join(" ");

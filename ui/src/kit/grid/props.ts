// What a Grid is given.

import type { Snippet } from "svelte";
import type { Column, Sort } from "./columns";
import type { Commit } from "./edit.svelte";
import type { Rows } from "./rows.svelte";
import type { Selection } from "./selection.svelte";

export interface GridProps<T extends { id: string }> {
  label: string;
  /** What the widths of its columns are remembered under; without it as long as it is shown. */
  name?: string;
  columns: readonly Column<T>[];
  /** All rows, or a source that fetches them in pages (PagedRows). */
  rows: readonly T[] | Rows<T>;
  /** Keys of columns that are not shown. */
  hidden?: readonly string[];
  sort?: Sort | null;
  onsort?: (sort: Sort) => void;
  /** Rows can be chosen. */
  selection?: Selection;
  /** Keeps what was typed into a cell. Without it nothing is edited. */
  oncommit?: Commit<T>;
  /** Cells pasted from elsewhere, and where: at the cursor. */
  onpaste?: (cells: string[][], row: T | undefined, key: string) => void;
  /** Enter or a double click on a cell that is not edited. */
  onopen?: (row: T) => void;
  oncursor?: (row: T, key: string) => void;
  /** Up at the first row: the way back to a search box. */
  onleave?: () => void;
  /** Draws the cells of `custom` columns. */
  cell?: Snippet<[T, Column<T>]>;
  /** In a narrow window rows take two lines; false scrolls sideways instead. */
  twoLines?: boolean;
}

// What Ctrl+C in a grid puts on the clipboard.

import { said, type Column } from "./columns";
import type { Rows } from "./rows.svelte";
import type { Selection } from "./selection.svelte";
import { toTsv } from "./tsv";

/** The chosen rows with every shown column, or the cell. Only fetched rows can be copied; what is chosen by hand was fetched. */
export function copied<T extends { id: string }>(
  rows: Rows<T>,
  columns: readonly Column<T>[],
  here: { row: number; column: Column<T> | undefined },
  selection?: Selection,
): string {
  if (!selection || selection.count(rows.total) === 0) {
    const row = rows.get(here.row);
    return row && here.column ? said(here.column, row) : "";
  }
  const lines: string[][] = [];
  for (let at = 0; at < rows.total; at++) {
    const row = rows.get(at);
    if (row && selection.has(row.id)) lines.push(columns.map((column) => said(column, row)));
  }
  return toTsv(lines);
}

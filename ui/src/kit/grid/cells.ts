// Where a key leads in a grid of cells. Pure.

import type { Press } from "../keys";

export interface Cell {
  row: number;
  column: number;
}

export interface Extent {
  rows: number;
  columns: number;
  /** How many rows fit on the screen. */
  page: number;
}

/**
 * The cell that a key leads to, or null for a key that does not move. With `tab` also Tab and Shift+Tab, which go on in the
 * next or previous row; they are null at the very end, so that the keys can leave the grid there.
 */
export function moved(press: Press, from: Cell, extent: Extent, tab = false): Cell | null {
  if (extent.rows === 0 || extent.columns === 0 || press.altKey) return null;
  const far = press.ctrlKey || press.metaKey;
  const { row, column } = from;
  const lastRow = extent.rows - 1;
  const lastColumn = extent.columns - 1;
  switch (press.key) {
    case "ArrowDown":
      return inside(far ? lastRow : row + 1, column, extent);
    case "ArrowUp":
      return inside(far ? 0 : row - 1, column, extent);
    case "ArrowRight":
      return inside(row, far ? lastColumn : column + 1, extent);
    case "ArrowLeft":
      return inside(row, far ? 0 : column - 1, extent);
    case "PageDown":
      return inside(row + extent.page, column, extent);
    case "PageUp":
      return inside(row - extent.page, column, extent);
    case "Home":
      return far ? { row: 0, column: 0 } : { row, column: 0 };
    case "End":
      return far ? { row: lastRow, column: lastColumn } : { row, column: lastColumn };
    case "Tab":
      return tab && !far ? beside(from, extent, press.shiftKey ? -1 : 1) : null;
    default:
      return null;
  }
}

function inside(row: number, column: number, { rows, columns }: Extent): Cell {
  return { row: Math.min(Math.max(0, row), rows - 1), column: Math.min(Math.max(0, column), columns - 1) };
}

function beside({ row, column }: Cell, { rows, columns }: Extent, by: 1 | -1): Cell | null {
  const next = row * columns + column + by;
  return next < 0 || next >= rows * columns ? null : { row: Math.floor(next / columns), column: next % columns };
}

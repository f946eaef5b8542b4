// Which rows of a long list are drawn. All rows are equally high, so this is arithmetic: 20,000 learners cost what 30 do.

/** Rows drawn beyond each edge, so that a quick scroll does not show gaps. */
const MARGIN = 10;

export interface Slice {
  first: number;
  /** One past the last. */
  end: number;
}

export function visible(scrollTop: number, viewHeight: number, rowHeight: number, count: number): Slice {
  if (rowHeight <= 0 || count === 0) return { first: 0, end: Math.min(count, MARGIN) };
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight) - MARGIN;
  const end = Math.ceil((scrollTop + viewHeight) / rowHeight) + MARGIN;
  return { first: Math.min(Math.max(0, first), count), end: Math.min(Math.max(0, end), count) };
}

/** Where to scroll so that `row` is wholly seen below a header of `headHeight`; the place it has, if it is. */
export function reveal(row: number, scrollTop: number, viewHeight: number, rowHeight: number, headHeight: number): number {
  const top = row * rowHeight;
  const bottom = top + rowHeight + headHeight;
  if (top < scrollTop) return top;
  return bottom > scrollTop + viewHeight ? bottom - viewHeight : scrollTop;
}

/** The row that a key leads to from `row`, or null for a key that does not move. `page` is how many rows fit. */
export function moved(key: string, row: number, count: number, page: number): number | null {
  const steps: Record<string, number> = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    PageDown: row + page,
    PageUp: row - page,
    Home: 0,
    End: count - 1,
  };
  const target = steps[key];
  if (target === undefined || count === 0) return null;
  return Math.min(Math.max(0, target), count - 1);
}

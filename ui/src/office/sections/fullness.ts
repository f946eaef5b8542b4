// How full a section is.

export interface Fullness {
  /** Of the bar, 0 to 100. Without a number of seats nothing is known. */
  percent: number;
  full: boolean;
  /** Learners beyond the seats. */
  over: number;
}

export function fullness({ total, capacity }: { total: number; capacity: number | null }): Fullness {
  if (capacity === null) return { percent: 0, full: false, over: 0 };
  return { percent: Math.min(100, (100 * total) / capacity), full: total === capacity, over: Math.max(0, total - capacity) };
}

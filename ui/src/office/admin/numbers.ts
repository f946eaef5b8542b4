// How numbers and sizes look on the pages of the school. Pure.

/** As it is printed on a learner's papers: `2026-` and 7 with four digits is `2026-0007`. */
export const printed = (prefix: string, number: number, digits: number | null): string =>
  prefix + String(number).padStart(digits ?? 0, "0");

/** `4.6`, as the name of a file's size; never `0`, which looks like nothing. */
export const megabytes = (bytes: number): string => Math.max(0.1, bytes / 1_000_000).toFixed(1);

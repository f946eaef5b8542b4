// How counts are written. The same in both languages: Philippine offices write 1,204 in either.

const numbers = new Intl.NumberFormat("en-PH");

/** 1,204 */
export const count = (n: number): string => numbers.format(n);

/** `1 change waits`, `37 changes wait`: English needs two forms, Filipino one. */
export const plural = (n: number, one: string, many: string): string => `${count(n)} ${n === 1 ? one : many}`;

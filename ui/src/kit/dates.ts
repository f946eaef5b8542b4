// Days as people type them. Days are `YYYY-MM-DD` in the records and have no time zone.

/**
 * The day that was typed: `2012-03-05`, `03/05/2012` (month first, as on the school forms), also with single digits, dots or
 * blanks. Null for what is not a day of the calendar. A year has four digits, because 12 is a month, a day and two years.
 */
export function typedDate(text: string): string | null {
  const parts = text.trim().split(/[\s./-]+/);
  if (parts.length !== 3 || parts.some((part) => !/^\d{1,4}$/.test(part))) return null;
  const [first = "", second = "", third = ""] = parts;
  const [year, month, date] = first.length === 4 ? [first, second, third] : [third, first, second];
  return isDay(Number(year), Number(month), Number(date)) && year.length === 4
    ? `${year}-${two(Number(month))}-${two(Number(date))}`
    : null;
}

function isDay(year: number, month: number, date: number): boolean {
  const day = new Date(Date.UTC(year, month - 1, date));
  return day.getUTCFullYear() === year && day.getUTCMonth() === month - 1 && day.getUTCDate() === date;
}

const two = (n: number): string => String(n).padStart(2, "0");

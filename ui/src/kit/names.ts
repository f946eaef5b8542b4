// Names as they are written, for those that were typed in lower case. Only offered: people know how their names are written.

/** Small within a name: `De la Cruz`, `Dela Cruz y Santos`. */
const SMALL = new Set(["la", "las", "los", "y", "e"]);
const NUMERAL = /^(ii|iii|iv|v|vi|vii|viii)$/;

/** How a name that was typed in lower case is written; null where it has capitals, or nothing to capitalise. */
export function proper(name: string): string | null {
  const text = name.trim();
  if (text === "" || text !== text.toLocaleLowerCase("fil")) return null;
  const written = text
    .split(/\s+/)
    .map((word, at) => (at > 0 && SMALL.has(word) ? word : NUMERAL.test(word) ? word.toUpperCase() : capitals(word)))
    .join(" ");
  return written === text ? null : written;
}

/** Also behind a hyphen or an apostrophe: `Abdul-Rahman`, `O'Brien`. */
const capitals = (word: string): string =>
  word.replace(/(^|[-'’])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toLocaleUpperCase("fil"));

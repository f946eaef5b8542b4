// How wide the columns are: as somebody made them (remembered for this PC's window), as they were declared, or only as wide as
// their name where nothing is in them, so that the room goes to those that have something to say.

import { keep, kept } from "../window_settings";
import type { Column } from "./columns";

/** In rem: below this nothing can be read, above it nothing else can. */
export const NARROWEST = 2.5;
export const WIDEST = 40;
/** What a letter of a name takes, and what stands beside it (the mark of the order), in rem. */
const LETTER = 0.5;
const BESIDE = 1.25;

type Told = Record<string, number>;

/** `name:12.5,lrn:8`; what cannot be read is as if it were not there. */
export function read(text: string | undefined): Told {
  const pairs = (text ?? "").split(",").map((pair) => pair.split(":"));
  const good = pairs.flatMap(([key = "", rem = ""]) => (key !== "" && Number(rem) > 0 ? [[key, within(Number(rem))]] : []));
  return Object.fromEntries(good) as Told;
}

const within = (rem: number): number => Math.min(WIDEST, Math.max(NARROWEST, Math.round(rem * 4) / 4));

export class Widths {
  #name: string | undefined;
  #told = $state.raw<Told>({});
  /** Columns in which something was seen. They only become more: a list that is scrolled does not move sideways and back. */
  #filled = new Set<string>();

  constructor(name: string | undefined) {
    this.#name = name;
    this.#told = read(name && kept(place(name)));
  }

  /** Keys of the columns in which these rows have nothing, and none had before; one text, so that only a change is one. */
  empty<T>(columns: readonly Column<T>[], rows: readonly (T | undefined)[]): string {
    const here = rows.filter((row) => row !== undefined);
    for (const column of columns)
      if (!this.#filled.has(column.key) && here.some((row) => column.text(row) || column.lead?.(row))) this.#filled.add(column.key);
    if (here.length === 0) return "";
    return columns
      .filter(({ key }) => !this.#filled.has(key))
      .map(({ key }) => key)
      .join(" ");
  }

  /** The columns as wide as they are now. */
  sized<T>(columns: readonly Column<T>[], empty: string): Column<T>[] {
    const without = empty === "" ? [] : empty.split(" ");
    return columns.map((column) => {
      const told = this.#told[column.key];
      if (told !== undefined) return { ...column, width: told, grow: false };
      // Where something can be typed, there is room for it.
      if (column.editable || column.grow || !without.includes(column.key)) return column;
      return { ...column, width: Math.min(column.width, column.label.length * LETTER + BESIDE) };
    });
  }

  /** Makes a column so wide; what it comes to. */
  set(key: string, rem: number): number {
    const width = within(rem);
    this.#told = { ...this.#told, [key]: width };
    return width;
  }

  /** Makes a column so much wider than it is on the screen, where `cell` is one of its cells; what it comes to. */
  grow<T>({ key, width }: Column<T>, by: number, cell: HTMLElement | null): number {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    const wide = this.set(key, (cell && cell.offsetWidth > 0 ? cell.offsetWidth / rem : width) + by);
    this.keep();
    return wide;
  }

  /** As it was declared. */
  reset(key: string): void {
    const { [key]: _, ...others } = this.#told;
    this.#told = others;
    this.keep();
  }

  /** Remembers them: once somebody is done with dragging. */
  keep(): void {
    const told = Object.entries(this.#told);
    if (this.#name) keep(place(this.#name), told.map(([key, rem]) => `${key}:${rem}`).join(","));
  }
}

const place = (name: string): string => `widths.${name}`;

// The rows of a grid, of which only those near the eyes are here. A page is fetched when it comes into sight; what was
// fetched stays until its newer self has arrived, so a refresh never empties the screen.

import { SvelteMap } from "svelte/reactivity";

export interface Rows<T> {
  /** How many there are, fetched or not. */
  readonly total: number;
  get(at: number): T | undefined;
  /** Where a fetched row is; -1 where it is not here. */
  indexOf(id: string): number;
  /** Asks for rows that come into sight. */
  want(first: number, end: number): void;
  /** Fetches all of these; whether they are here now, and still those of the same question. */
  ensure(first: number, end: number): Promise<boolean>;
}

/** Rows that are all here. */
export function rowsOf<T extends { id: string }>(all: readonly T[]): Rows<T> {
  return {
    total: all.length,
    get: (at) => all[at],
    indexOf: (id) => all.findIndex((row) => row.id === id),
    want: () => undefined,
    ensure: () => Promise.resolve(true),
  };
}

/** Rows of one question: a high screenful and what the margin adds. Twice as many would cost every key of a search 3 ms more. */
const PAGE = 100;

export interface Page<T> {
  rows: readonly T[];
  total: number;
}

/**
 * Rows that are fetched in pages. `fetch` gives `limit` rows from `offset` and how many there are; it rejects with a Failure,
 * which goes to `onfailure`. Call {@link restart} for another question and {@link refresh} when the records changed.
 */
export class PagedRows<T extends { id: string }> implements Rows<T> {
  #fetch: (offset: number, limit: number) => Promise<Page<T>>;
  #onfailure: (error: unknown) => void;
  #pages = new SvelteMap<number, readonly T[]>();
  #stale = new Set<number>();
  #total = $state(0);
  #ready = $state(false);
  /** A question that began before this one answers is not shown. */
  #question = 0;
  #running = false;
  #inSight: [number, number] = [0, 0];

  constructor(fetch: (offset: number, limit: number) => Promise<Page<T>>, onfailure: (error: unknown) => void) {
    this.#fetch = fetch;
    this.#onfailure = onfailure;
  }

  get total(): number {
    return this.#total;
  }

  /** Whether the first answer has come: only then is an empty list empty. */
  get ready(): boolean {
    return this.#ready;
  }

  get(at: number): T | undefined {
    return this.#pages.get(Math.floor(at / PAGE))?.[at % PAGE];
  }

  indexOf(id: string): number {
    for (const [page, rows] of this.#pages) {
      const at = rows.findIndex((row) => row.id === id);
      if (at >= 0) return page * PAGE + at;
    }
    return -1;
  }

  want(first: number, end: number): void {
    this.#inSight = [Math.floor(first / PAGE), Math.floor(Math.max(first, end - 1) / PAGE)];
    void this.#run();
  }

  async ensure(first: number, end: number): Promise<boolean> {
    const question = this.#question;
    try {
      for (let at = first; at < Math.min(end, this.#total); at = (Math.floor(at / PAGE) + 1) * PAGE) {
        if (!this.#pages.has(Math.floor(at / PAGE))) await this.#load(Math.floor(at / PAGE), question);
        if (question !== this.#question) return false;
      }
      return true;
    } catch (error) {
      this.#onfailure(error);
      return false;
    }
  }

  /** A new question: the old answer stays until the first rows of the new one are here. Resolves with them. */
  restart(): Promise<void> {
    this.#question++;
    return this.#first(this.#question);
  }

  /** The records changed: what is in sight is read again at once, the rest when it comes into sight. */
  refresh(): void {
    for (const page of this.#pages.keys()) this.#stale.add(page);
    this.#stale.add(this.#inSight[0]);
    void this.#run();
  }

  /** Shows a row that was just saved, without waiting for a refresh. */
  put(row: T): void {
    for (const [page, rows] of this.#pages)
      if (rows.some((old) => old.id === row.id))
        this.#pages.set(
          page,
          rows.map((old) => (old.id === row.id ? row : old)),
        );
  }

  async #first(question: number): Promise<void> {
    try {
      const { rows, total } = await this.#fetch(0, PAGE);
      if (question !== this.#question) return;
      this.#pages.clear();
      this.#stale.clear();
      this.#pages.set(0, rows);
      this.#total = total;
      this.#ready = true;
      // The list may be scrolled to somewhere else.
      void this.#run();
    } catch (error) {
      if (question === this.#question) this.#onfailure(error);
    }
  }

  /** One question at a time, always for what is in sight now. */
  async #run(): Promise<void> {
    if (this.#running || !this.#ready) return;
    this.#running = true;
    try {
      for (let page = this.#next(); page !== null; page = this.#next()) await this.#load(page, this.#question);
    } catch (error) {
      this.#onfailure(error);
    } finally {
      this.#running = false;
    }
  }

  #next(): number | null {
    const last = Math.max(0, Math.ceil(this.#total / PAGE) - 1);
    for (let page = this.#inSight[0]; page <= Math.min(this.#inSight[1], last); page++)
      if (!this.#pages.has(page) || this.#stale.has(page)) return page;
    return null;
  }

  async #load(page: number, question: number): Promise<void> {
    this.#stale.delete(page);
    const { rows, total } = await this.#fetch(page * PAGE, PAGE);
    if (question !== this.#question) return;
    this.#pages.set(page, rows);
    if (total !== this.#total) for (const other of this.#pages.keys()) if (other * PAGE >= total) this.#pages.delete(other);
    this.#total = total;
  }
}

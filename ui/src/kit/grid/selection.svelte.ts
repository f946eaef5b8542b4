// Which rows are chosen. "All" is a fact of its own and not a list: 20,000 rows can be chosen of which 200 were fetched.

import { SvelteSet } from "svelte/reactivity";
import type { Rows } from "./rows.svelte";

export class Selection {
  #all = $state(false);
  /** The chosen ones; where all are chosen, the exceptions. */
  #ids = new SvelteSet<string>();

  has(id: string): boolean {
    return this.#ids.has(id) !== this.#all;
  }

  /** Whether everything that the question finds is chosen, except {@link ids}. */
  get all(): boolean {
    return this.#all;
  }

  /** The chosen rows; the exceptions where {@link all}. */
  get ids(): string[] {
    return [...this.#ids];
  }

  /** How many of `total` are chosen. */
  count(total: number): number {
    return this.#all ? total - this.#ids.size : this.#ids.size;
  }

  toggle(id: string): void {
    this.set(id, !this.has(id));
  }

  set(id: string, chosen: boolean): void {
    if (chosen === this.#all) this.#ids.delete(id);
    else this.#ids.add(id);
  }

  /** Chooses the rows from one place to another. */
  choose(rows: Rows<{ id: string }>, from: number, to: number): void {
    const choose = () => {
      for (let one = from; one <= to; one++) {
        const id = rows.get(one)?.id;
        if (id) this.set(id, true);
      }
    };
    choose();
    // Rows that were dragged past may not be here yet.
    void rows.ensure(from, to + 1).then((here) => here && choose());
  }

  chooseAll(): void {
    this.#all = true;
    this.#ids.clear();
  }

  clear(): void {
    this.#all = false;
    this.#ids.clear();
  }
}

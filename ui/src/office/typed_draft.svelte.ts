// Something half typed that outlives the program: kept in the encrypted records of this PC, for whoever typed it. Names of children are
// never written elsewhere.

import type { DraftForm } from "../generated/learners";
import { call } from "./call";
import { session } from "./session.svelte";

/** Longest wait before what was typed is on the disk: a sentence, not a word. */
const KEEP_AFTER_MS = 400;
const NOTHING = "null";

export class TypedDraft<T> {
  /** Whether what is typed is on the disk. */
  isKept = $state(true);
  readonly #of: DraftForm;
  #whose: string | undefined;
  #isRead = false;
  #written = NOTHING;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(of: DraftForm) {
    this.#of = of;
  }

  #ofWhoIsHere(): void {
    if (this.#whose === session.user?.id) return;
    clearTimeout(this.#timer);
    this.#whose = session.user?.id;
    this.#isRead = false;
    this.#written = NOTHING;
    this.isKept = true;
  }

  /** What was being typed when the program ended, the first time that whoever is here asks; null where nothing was, and later. */
  async read(): Promise<T | null> {
    this.#ofWhoIsHere();
    if (this.#isRead) return null;
    const mine = this.#whose;
    let found: T | null = null;
    try {
      found = (await call({ do: "learners.draft", of: this.#of })) as T | null;
    } catch {
      // Whatever is wrong with the records is said where they are read.
    }
    if (mine !== session.user?.id) return null;
    this.#isRead = true;
    this.#written = JSON.stringify(found);
    return found;
  }

  /** Keeps what is typed; null once it is saved or cleared. */
  keep(draft: T | null): void {
    this.#ofWhoIsHere();
    // Nothing is written over what was not read yet.
    if (!this.#isRead) return;
    clearTimeout(this.#timer);
    const text = JSON.stringify(draft);
    if (text === this.#written) return;
    const mine = this.#whose;
    const write = () => {
      // Somebody else may have come to the PC meanwhile.
      if (mine !== session.user?.id) return;
      this.#written = text;
      call({ do: "learners.keep_draft", draft: JSON.parse(text) as unknown, of: this.#of }).then(
        () => (this.isKept = this.#written === text),
        () => (this.#written = ""),
      );
    };
    this.isKept = false;
    if (draft === null) write();
    else this.#timer = setTimeout(write, KEEP_AFTER_MS);
  }
}

// On which screen each act was done that Ctrl+Z can take back. Pure, so that it can be tested without a window.

export class UndoLog {
  #screens = new Map<string, string>();
  #last: string | null = null;
  /** What was done last left nothing that could be taken back: a decision that changed no record, a file. */
  #other = false;
  #taking = false;

  /** Ctrl+Z or its contrary is about to change what is on top. */
  takes(): void {
    this.#taking = true;
  }

  /** `id` is the act on top after something was done on `screen`. */
  note(id: string | null, screen: string): void {
    this.#other = !this.#taking && id === this.#last;
    if (id && !this.#screens.has(id)) this.#screens.set(id, screen);
    this.#last = id;
    this.#taking = false;
  }

  /** Why somebody is asked before the act on top is taken back: it was done on another screen, or something else was done since. Null
      where it is what was done last on this one. */
  asks(id: string | null, screen: string): "elsewhere" | "since" | null {
    if (id === null) return null;
    if (this.#other) return "since";
    return this.#screens.get(id) === screen ? null : "elsewhere";
  }
}

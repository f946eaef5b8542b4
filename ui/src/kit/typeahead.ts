// Which of a list is meant by what is typed on it: "Grade 7" is Grade 7 and not the first that begins with a G. Pure.

/** Longest pause within one word. */
const PAUSE_MS = 1_000;

export class TypeAhead {
  #text = "";
  #at = Number.NEGATIVE_INFINITY;

  /** Whether a space belongs to what is being typed, and is not the key that opens or presses. */
  going(now: number): boolean {
    return this.#text !== "" && now - this.#at < PAUSE_MS;
  }

  /** The place of the label that is meant, -1 for none; `from` is where one is. */
  find(labels: readonly string[], key: string, now: number, from: number): number {
    this.#text = (this.going(now) ? this.#text : "") + key.toLowerCase();
    this.#at = now;
    const text = this.#text;
    // One letter again and again walks through those that begin with it.
    const same = Array.from(text).every((letter) => letter === text[0]);
    const sought = same ? (text[0] ?? "") : text;
    const order = labels.map((_, at) => (at + Math.max(0, from) + (same ? 1 : 0)) % labels.length);
    const begins = order.find((at) => labels[at]?.toLowerCase().startsWith(sought));
    // A word of it will do: 7 is Grade 7.
    return (
      begins ??
      order.find((at) =>
        labels[at]
          ?.toLowerCase()
          .split(/\s+/)
          .some((word) => word.startsWith(sought)),
      ) ??
      -1
    );
  }
}

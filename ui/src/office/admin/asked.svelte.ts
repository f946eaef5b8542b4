// What a page of this screen shows: one question, asked again whenever the records changed. What is on the screen stays there
// while the file is busy.

import type { Answers, Failure, Request } from "../../generated/api";
import { call, isFailure } from "../call";
import { coalesce } from "../../kit/coalesce";

/** Often enough that a bar moves. */
const LOOK_EVERY_MS = 400;

export class Asked<R extends Request> {
  now = $state.raw<Answers[R["do"]] | null>(null);
  failure = $state.raw<Failure | null>(null);
  readonly #request: R;

  constructor(request: R) {
    this.#request = request;
  }

  readonly #look = coalesce(async () => {
    try {
      this.now = await call(this.#request);
      this.failure = null;
    } catch (error) {
      if (isFailure(error) && !(this.now && error.code === "store_locked")) this.failure = error;
    }
  });

  readonly look = (): Promise<void> => this.#look(undefined);
}

/** Asks again as long as work goes on beside the desk; for an effect. */
export function follow(asked: { now: { running: boolean } | null; look: () => Promise<void> }): (() => void) | undefined {
  if (!asked.now?.running) return undefined;
  const timer = setTimeout(() => void asked.look(), LOOK_EVERY_MS);
  return () => clearTimeout(timer);
}

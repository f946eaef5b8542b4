// What is typed on the school's pages and not saved yet: kept while another screen is open, so that coming back is coming back. In
// memory, and for one person: whoever signs in next begins with what is stored.

import { session } from "../session.svelte";
import type { Draft } from "./draft";

export class Unsaved {
  /** The school's data. */
  settings = $state.raw<Draft>({});
  /** The minutes after which this PC locks itself; null where nothing is typed. */
  idle = $state<string | null>(null);
}

let whose: string | undefined;
let kept = new Unsaved();

export function unsaved(): Unsaved {
  if (whose !== session.user?.id) {
    whose = session.user?.id;
    kept = new Unsaved();
  }
  return kept;
}

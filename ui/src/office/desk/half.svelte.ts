// The new learner who is half written at the counter: kept while another screen is open, and in the encrypted records of this PC in
// case the program ends. For one person: whoever signs in next begins anew, and who typed it is offered it again.

import type { NewFields } from "../enrolment/new_fields";
import { call } from "../call";
import { session } from "../session.svelte";

export interface Half {
  fresh: "new" | "transferee";
  kind: string;
  grade: string;
  section: string;
  /** Empty where nobody chose another day than the proposed one. */
  on: string;
  fromSchool: string;
  came: string[];
  learner: NewFields;
}

/** Longest wait before what was typed is on the disk: a sentence, not a word. */
const KEEP_AFTER_MS = 400;
const NOTHING = "null";

let whose: string | undefined;
let half: Half | null = null;
let offered = false;
let written = NOTHING;
let timer: ReturnType<typeof setTimeout> | undefined;

export const isWritten = ({ learner, fromSchool }: Pick<Half, "learner" | "fromSchool">): boolean =>
  Object.values<string>({ ...learner, fromSchool }).some((text) => text.trim() !== "");

function ofWhoIsHere(): void {
  if (whose === session.user?.id) return;
  whose = session.user?.id;
  clearTimeout(timer);
  half = null;
  offered = false;
  written = NOTHING;
}

/** What was being written; looked for on the disk once. */
export async function offerHalf(): Promise<Half | null> {
  ofWhoIsHere();
  if (offered) return half;
  const asked = whose;
  let found: Half | null = null;
  try {
    found = (await call({ do: "learners.draft", of: "counter" })) as Half | null;
  } catch {
    // Whatever is wrong with the records is said where they are read.
  }
  if (asked !== session.user?.id) return null;
  offered = true;
  half ??= found && isWritten(found) ? found : null;
  written = found ? JSON.stringify(found) : NOTHING;
  return half;
}

/** Keeps what is written; nothing once the learner is enrolled or given up. */
export function keepHalf(now: Half | null): void {
  ofWhoIsHere();
  half = now;
  const text = JSON.stringify(now);
  // Nothing is written over what was not offered yet.
  if (!offered) return;
  clearTimeout(timer);
  if (text === written) return;
  const write = () => {
    written = text;
    call({ do: "learners.keep_draft", draft: JSON.parse(text) as unknown, of: "counter" }).catch(() => (written = ""));
  };
  if (now === null) write();
  else timer = setTimeout(write, KEEP_AFTER_MS);
}

// The new learner who is half written at the counter: kept while another screen is open, and in the encrypted records of this PC in
// case the program ends. For one person: whoever signs in next begins anew, and who typed it is offered it again.

import type { NewFields } from "../enrolment/new_fields";
import { session } from "../session.svelte";
import { TypedDraft } from "../typed_draft.svelte";

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

const disk = new TypedDraft<Half>("counter");
let whose: string | undefined;
let half: Half | null = null;

export const isWritten = ({ learner, fromSchool }: Pick<Half, "learner" | "fromSchool">): boolean =>
  Object.values<string>({ ...learner, fromSchool }).some((text) => text.trim() !== "");

function ofWhoIsHere(): void {
  if (whose === session.user?.id) return;
  whose = session.user?.id;
  half = null;
}

/** Who is half written, also from before the program ended. */
export async function offerHalf(): Promise<Half | null> {
  ofWhoIsHere();
  const asked = whose;
  const found = await disk.read();
  if (asked !== session.user?.id) return null;
  half ??= found && isWritten(found) ? found : null;
  return half;
}

/** Keeps what is written; nothing once the learner is enrolled or given up. */
export function keepHalf(now: Half | null): void {
  ofWhoIsHere();
  half = now;
  disk.keep(now);
}

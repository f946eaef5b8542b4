// Marks that were made and not submitted: in the encrypted records of this PC as they are made, for whoever made them, so that a
// closed window or a power cut takes none; and what every screen says of them.

import type { Unsubmitted } from "../../generated/attendance";
import { failed } from "../../kit/notifications.svelte";
import { call } from "../call";
import { sentence } from "../../kit/error_text";
import { session } from "../session.svelte";
import type { Draft } from "./roll";

export interface ClassAt {
  section: string;
  date: string;
  session: string;
}

export interface KeptClass {
  marks: Draft;
  reason: string;
}

const NOTHING: KeptClass = { marks: {}, reason: "" };

/** By person, section, day and session: what the office has, or will have in a moment. */
const memory = new Map<string, KeptClass>();
let writing: Promise<unknown> = Promise.resolve();
let list = $state.raw<Unsubmitted[]>([]);

const keyOf = (at: ClassAt) => `${session.user?.id ?? ""}/${at.section}/${at.date}/${at.session}`;
const isSame = (one: KeptClass, other: KeptClass) => JSON.stringify(one) === JSON.stringify(other);

/** How many marks of whoever is here are not submitted. */
export const unsubmittedMarks = (): number => list.reduce((sum, one) => sum + one.changes, 0);

export async function lookUnsubmitted(): Promise<void> {
  try {
    list = await call({ do: "attendance.unsubmitted" });
  } catch {
    // Nobody is here, or somebody who takes no attendance.
    list = [];
  }
}

/** What was marked here; undefined where only the office knows. */
export const keptClass = (at: ClassAt): KeptClass | undefined => memory.get(keyOf(at));

/** What the office had kept, now that the class is shown. */
export function foundClass(at: ClassAt, found: KeptClass | null): KeptClass {
  const known = memory.get(keyOf(at)) ?? found ?? NOTHING;
  memory.set(keyOf(at), known);
  return known;
}

/** Keeps it; one after the other, so that the last one stands. */
export function keepClass(at: ClassAt, next: KeptClass): void {
  const kept = Object.keys(next.marks).length > 0 ? next : NOTHING;
  if (isSame(memory.get(keyOf(at)) ?? NOTHING, kept)) return;
  memory.set(keyOf(at), kept);
  const draft = kept === NOTHING ? {} : { draft: { marks: { ...kept.marks }, reason: kept.reason } };
  const write = () => call({ do: "attendance.keep_draft", section: at.section, date: at.date, session: at.session, ...draft });
  writing = writing.then(write).then(lookUnsubmitted, (error: unknown) => failed(sentence(error)));
}

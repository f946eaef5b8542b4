// The school year that the enrolment screens work in: the one that today is in, until another is chosen.

import type { Failure } from "../../generated/api";
import type { Year, Years } from "../../generated/enrolment";
import { sentence } from "../../kit/error_text";
import { failed } from "../../kit/notifications.svelte";
import { call, isFailure } from "../call";

const state = $state({ known: null as Years | null, chosen: null as string | null, failure: null as Failure | null });

/** Reads the school years again. Rejects with a Failure. */
export async function readYears(): Promise<void> {
  try {
    state.known = await call({ do: "enrolment.years" });
    state.failure = null;
  } catch (error) {
    if (isFailure(error)) state.failure = error;
    throw error;
  }
}

/** For a screen, whenever the records changed. What cannot be read is said in the bar, where there is something to go on with. */
export function lookYears(): void {
  readYears().catch((error: unknown) => {
    if (yearsRead()) failed(sentence(error));
  });
}

/** Why the screen has nothing to show. */
export const yearsFailure = (): Failure | null => (yearsRead() ? null : state.failure);

export const years = (): readonly Year[] => state.known?.years ?? [];
/** Whether they were read at all. */
export const yearsRead = (): boolean => state.known !== null;
/** The school's day, not the PC's: `2026-06-08`. */
const today = (): string => state.known?.today ?? "";
export const yearNow = (): Year | null => find(state.chosen) ?? find(state.known?.current ?? null);
export const chooseYear = (id: string): void => void (state.chosen = id);

const find = (id: string | null): Year | null => years().find((year) => year.id === id) ?? null;

/** A day of this year: today, or its first or last day where today lies outside. */
export function dayOf(year: Year): string {
  if (today() < year.start_date) return today();
  return today() > year.end_date ? year.end_date : today();
}

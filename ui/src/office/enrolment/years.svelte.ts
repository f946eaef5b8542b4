// The school year that the enrolment screens work in: the one that today is in, until another is chosen.

import type { Year, Years } from "../../generated/enrolment";
import { call } from "../call";

const state = $state({ known: null as Years | null, chosen: null as string | null });

/** Reads the school years again; call it when the records changed. */
export async function readYears(): Promise<void> {
  state.known = await call({ do: "enrolment.years" });
}

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

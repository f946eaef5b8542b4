// What the office refused, for the screens of enrolment.

import { isFailure } from "../../shared/call";

export interface Over {
  section: string;
  capacity: number;
  total: number;
}

interface Details {
  field?: string;
  over_capacity?: Over;
}

const details = (error: unknown): Details => (isFailure(error) ? ((error.details as Details | undefined) ?? {}) : {});

/** The field that it is about, if it is about one. */
export const fieldOf = (error: unknown): string | null => details(error).field ?? null;

/** A section that is full: somebody has to agree. */
export const overOf = (error: unknown): Over | null => details(error).over_capacity ?? null;

/** As a sentence. */
export function sentence(error: unknown): string {
  const text = isFailure(error) ? error.message : String(error);
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/\.?$/, ".");
}

// A section that is full: what the office refuses until somebody agrees.

import { isFailure } from "../call";

export interface Over {
  section: string;
  capacity: number;
  total: number;
}

export const overOf = (error: unknown): Over | null =>
  isFailure(error) ? ((error.details as { over_capacity?: Over } | undefined)?.over_capacity ?? null) : null;

/** Learners who were marked since the day of a move, in the class that they leave. */
export interface Marked {
  learners: { listed: string; section: string; days: string[] }[];
  /** The day after the last mark, if it has come. */
  after: string | null;
}

export const markedOf = (error: unknown): Marked | null =>
  isFailure(error) ? ((error.details as { marked?: Marked } | undefined)?.marked ?? null) : null;

// A section that is full: what the office refuses until somebody agrees.

import { isFailure } from "../../shared/call";

export interface Over {
  section: string;
  capacity: number;
  total: number;
}

export const overOf = (error: unknown): Over | null =>
  isFailure(error) ? ((error.details as { over_capacity?: Over } | undefined)?.over_capacity ?? null) : null;

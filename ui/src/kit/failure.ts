// What went wrong, as every answer of ours says it: a stable code and a sentence that helps.

export interface Failed {
  code: string;
  message: string;
  details?: unknown;
}

export function isFailed(error: unknown): error is Failed {
  return typeof error === "object" && error !== null && "code" in error && "message" in error;
}

// Where the office looked for its records; the shell adds it to what it says when they cannot be opened.

import type { Failure } from "../generated/api";

export interface Place {
  dataDir: string;
  keyFile?: string;
}

export function placeOf(failure: Failure): Place {
  const details = (failure.details ?? {}) as { data_dir?: unknown; key_file?: unknown };
  return {
    dataDir: typeof details.data_dir === "string" ? details.data_dir : "",
    ...(typeof details.key_file === "string" ? { keyFile: details.key_file } : {}),
  };
}

// The one way from the window to the records.

import { invoke } from "@tauri-apps/api/core";
import type { Answers, Failure, Request } from "../generated/api";

/** Asks the office. Rejects with a {@link Failure}, whatever went wrong. */
export async function call<R extends Request>(request: R): Promise<Answers[R["do"]]> {
  try {
    return await invoke<Answers[R["do"]]>("call", { request });
  } catch (error) {
    throw isFailure(error) ? error : ({ code: "internal", message: String(error) } satisfies Failure);
  }
}

export function isFailure(error: unknown): error is Failure {
  return typeof error === "object" && error !== null && "code" in error && "message" in error;
}

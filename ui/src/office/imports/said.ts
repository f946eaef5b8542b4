// What the office refused, as a sentence. It often begins with the name of the file, which is left as it is written.

import { isFailure } from "../../shared/call";
import { sentence as capital } from "../enrolment/said";

export function sentence(error: unknown): string {
  const text = isFailure(error) ? error.message : String(error);
  return /^[^\s:]*\.\w+[:\s]/.test(text) ? text.replace(/\.?$/, ".") : capital(error);
}

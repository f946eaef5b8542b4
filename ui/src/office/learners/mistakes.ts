// What is wrong with a learner who is being written, or looks wrong, as far as it can be said without asking the office: everything at
// once, each at its field. The office has the last word. Pure.

import { typedDate } from "../../kit/dates";
import { words } from "../../strings/index.svelte";

const NEEDED = ["last_name", "first_name"];
/** Signs and pictures, which no name has. */
const SIGN = /[\p{So}\p{Sc}\p{Sm}\p{Extended_Pictographic}]/u;

/** What has to be mended before it is saved, by field. */
export function mistakes(learner: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of NEEDED) if (!learner[name]?.trim()) found[name] = words.learners.fresh.needed;
  const born = learner.birth_date ?? "";
  if (born && typedDate(born) === null) found.birth_date = words.common.dateWrong(born);
  const digits = (learner.lrn ?? "").replace(/[\s-]/g, "");
  if (digits && !/^\d{12}$/.test(digits)) found.lrn = words.learner.lrnHint;
  return found;
}

/** What is said of a name with a sign in it, which is saved all the same; nothing about any other field. */
export function doubt(field: string, text: string): string | undefined {
  const sign = /_name$|^name_ext$/.test(field) ? SIGN.exec(text)?.[0] : undefined;
  return sign === undefined ? undefined : words.learners.fresh.sign(sign);
}

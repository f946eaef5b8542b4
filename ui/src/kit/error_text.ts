// What the office refused, as it is shown. The office says in English what is wrong with which value and what to do; in another
// language a sentence for the kind of refusal stands before it, so that its gist is never in a foreign one alone.

import { words } from "../strings/index.svelte";
import { isFailed } from "./failure";

/** The field that a refusal is about, if it is about one. */
export const fieldOf = (error: unknown): string | null =>
  isFailed(error) ? ((error.details as { field?: string } | undefined)?.field ?? null) : null;

/** In the office's own words alone, where the screen has said already what kind of refusal it is. They may begin with the name of
    a file, which is left as it is written. */
export function plain(error: unknown): string {
  const text = isFailed(error) ? error.message : String(error);
  const named = /^[^\s:]*\.\w+[:\s]/.test(text);
  return (named ? text : text.charAt(0).toUpperCase() + text.slice(1)).replace(/\.?$/, ".");
}

/** What is wrong with a row of a file: with the gist of it first, as a refusal has it. */
export function ofRow({ code, message }: { code: string; message: string }): string {
  const gist = words.trouble.gist(code);
  return gist ? `${gist} ${message}` : message;
}

/** Why a password will not do, as the office's code says it. */
const weakOf = (error: unknown): string | undefined => {
  const weak = isFailed(error) ? (error.details as { weak?: string } | undefined)?.weak : undefined;
  return weak === undefined ? undefined : words.trouble.weak[weak];
};

/** What is in the way of a save, where the office knows that it is a list of its own. */
const savingOf = (error: unknown): string | undefined => {
  if (!isFailed(error)) return undefined;
  const { saving } = (error.details ?? {}) as { saving?: { list: string; done: number; total: number } };
  return saving && words.trouble.saving(saving.list, saving.done, saving.total);
};

/** As a sentence. */
export function sentence(error: unknown): string {
  const said = weakOf(error) ?? savingOf(error);
  if (said !== undefined) return said;
  const gist = isFailed(error) ? words.trouble.gist(error.code) : undefined;
  return gist ? `${gist} ${plain(error)}` : plain(error);
}

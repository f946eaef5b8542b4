// What is typed into the school's data and not saved yet, beside what is stored. Another PC may change the stored value under
// the typing: what was typed stays, and the field says so. Pure.

export type Fields = Record<string, string | null | undefined>;

/** A field that was touched: what was typed, and what was stored when the typing began. */
interface Typed {
  text: string;
  base: string;
}
export type Draft = Record<string, Typed>;

const stored = (fields: Fields, name: string): string => fields[name] ?? "";

export const shown = (draft: Draft, fields: Fields, name: string): string => draft[name]?.text ?? stored(fields, name);

/** The draft with `text` typed; a field that says what is stored is not touched any more. */
export function type(draft: Draft, fields: Fields, name: string, text: string): Draft {
  const { [name]: before, ...others } = draft;
  if (text === stored(fields, name)) return others;
  return { ...others, [name]: { text, base: before?.base ?? stored(fields, name) } };
}

/** What somebody else stored under the typing; null where nobody did. */
export function elsewhere(draft: Draft, fields: Fields, name: string): string | null {
  const typed = draft[name];
  const now = stored(fields, name);
  return typed && now !== typed.base && now !== typed.text ? now : null;
}

/** The fields to save: those that differ from what is stored, null for what was emptied. */
export function changes(draft: Draft, fields: Fields): Record<string, string | null> {
  const differ = Object.entries(draft).filter(([name, { text }]) => text.trim() !== stored(fields, name));
  return Object.fromEntries(differ.map(([name, { text }]) => [name, text.trim() === "" ? null : text]));
}

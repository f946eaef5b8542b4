// What can be filled in, and how what is typed becomes what is kept.

export type FieldKind = "text" | "date" | "choice" | "digits" | "phone" | "email" | "password" | "number" | "textarea" | "checkbox";

export interface Choice {
  id: string;
  text: string;
  /** Under which heading it stands, after those without one. */
  group?: string;
}

/** What is kept of what was typed: blanks at the ends never count, digits are digits alone. */
export function kept(kind: FieldKind, text: string): string {
  if (kind === "password" || kind === "textarea") return text;
  if (kind === "digits") return text.replace(/\D/g, "");
  return text.trim();
}

// Which of a short list what is typed means. Long lists ask the records instead, which fold names in the same way.

/** Without case, marks and signs: `Peña-Cruz` as `penacruz`. */
export const folded = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .toLowerCase();

/** The options that contain what is typed; those that begin with it first, otherwise in their order. */
export function matching<T extends { text: string; detail?: string }>(options: readonly T[], typed: string): T[] {
  const wanted = folded(typed);
  if (wanted === "") return [...options];
  const first: T[] = [];
  const others: T[] = [];
  for (const option of options) {
    const text = folded(option.text);
    if (text.startsWith(wanted)) first.push(option);
    else if (text.includes(wanted) || folded(option.detail ?? "").includes(wanted)) others.push(option);
  }
  return [...first, ...others];
}

// Where in the window one is, as the part of the address behind `#`. Pure; router.svelte.ts makes it move.

export interface Address {
  /** The first part: which screen. Empty for the start. */
  screen: string;
  /** What follows, decoded: `#/learners/ID/history` gives `["ID", "history"]`. */
  path: string[];
  query: Record<string, string>;
}

export function parse(hash: string): Address {
  const [where = "", asked = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [screen = "", ...path] = where.split("/").filter(Boolean).map(decoded);
  return { screen, path, query: Object.fromEntries(new URLSearchParams(asked)) };
}

/** `hrefOf("learners", ["ID"], { tab: "history" })` is `#/learners/ID?tab=history`. */
export function hrefOf(screen: string, path: readonly string[] = [], query: Record<string, string> = {}): string {
  const asked = new URLSearchParams(query).toString();
  return `#/${[screen, ...path].map(encodeURIComponent).join("/")}${asked ? `?${asked}` : ""}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

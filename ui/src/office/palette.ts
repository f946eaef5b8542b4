// What the palette offers for what is typed. Learners come from the records; screens and acts are few and found here.

import { call } from "./call";
import { day } from "../kit/format";
import type { IconName } from "../kit/icons";
import { matching } from "../kit/options";
import { go } from "../kit/router.svelte";
import { shortcuts } from "../kit/shortcuts.svelte";
import { words } from "../strings/index.svelte";
import { inGrade } from "./sections/named";
import { asText, nameOf } from "./learners/fields";
import { visibleRoutes } from "./routes";

/** Learners shown: what fits without scrolling; more is what the Learners screen is for. */
const LEARNERS = 7;

export interface Answer {
  id: string;
  group: "learners" | "screens" | "actions";
  icon: IconName;
  text: string;
  detail?: string;
  keys?: string;
  run: () => void;
}

/** Rejects with a Failure where the records cannot be asked. */
export async function learnersFor(text: string): Promise<Answer[]> {
  if (text.trim() === "") return [];
  const { rows } = await call({ do: "learners.find", query: { text }, limit: LEARNERS });
  return rows.map((row) => {
    const place = inGrade(asText(row.grade), asText(row.section));
    const number = asText(row.lrn ?? row.student_no);
    return {
      id: row.id,
      group: "learners",
      icon: "person",
      text: nameOf(row),
      detail: [number, place || (row.birth_date ? day(asText(row.birth_date)) : "")].filter(Boolean).join(" · "),
      run: () => go("learners", [row.id]),
    };
  });
}

export function screensFor(text: string): Answer[] {
  const all = visibleRoutes().map((route) => ({
    id: `screen-${route.id}`,
    group: "screens" as const,
    icon: route.icon,
    text: words.frame.screens[route.id],
    run: () => go(route.id),
  }));
  return [...matching(all, text), ...(text.trim() === "" ? [] : pagesFor(text))];
}

/** Pages of a screen; only for what is typed, so that the first look shows the screens alone. */
function pagesFor(text: string): Answer[] {
  const all = visibleRoutes().flatMap((route) =>
    Object.entries(route.pages?.() ?? {}).map(([page, name]) => ({
      id: `screen-${route.id}-${page}`,
      group: "screens" as const,
      icon: route.icon,
      text: name,
      detail: words.frame.screens[route.id],
      run: () => go(route.id, [page]),
    })),
  );
  return matching(all, text);
}

export function actionsFor(text: string): Answer[] {
  const all = shortcuts()
    .filter(({ keys }) => keys !== "Ctrl+K" && !keys.startsWith("Alt+"))
    .map((one, at) => ({
      id: `action-${at}`,
      group: "actions" as const,
      icon: "forward" as const,
      text: one.label(),
      keys: one.keys,
      run: one.run,
    }));
  return text.trim() === "" ? [] : matching(all, text);
}

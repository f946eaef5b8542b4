// Every screen of the office, in the order of the navigation. A new screen is one entry here, its folder with Index.svelte,
// its words in strings/{en,fil}/, and its name in strings' frame.screens.

import type { Component } from "svelte";
import type { IconName } from "../kit/icons";
import type { Address } from "../kit/router.svelte";
import { allows } from "../generated/access";
import { may, session, type Act } from "./session.svelte";
import { words, type Words } from "../strings/index.svelte";

export type ScreenId = keyof Words["frame"]["screens"];

/** What every screen is given. */
export interface ScreenProps {
  /** Where in the screen one is: `path` is what follows the screen's name. */
  address: Address;
  /** Another number whenever the records changed: then what is shown is read again. */
  version: number;
}

export interface Route {
  id: ScreenId;
  icon: IconName;
  /** What whoever it is shown to may do. */
  act: Act;
  /** Whether it stands in the navigation; the others are reached from a screen or the palette. */
  nav: boolean;
  /** Pages of its own that the palette offers too: the first part of the path, and its name. */
  pages?: () => Record<string, string>;
  load: () => Promise<{ default: Component<ScreenProps> | Component<Record<string, never>> }>;
}

export const routes: readonly Route[] = [
  { id: "home", icon: "home", act: "see_names", nav: true, load: () => import("./home/Index.svelte") },
  { id: "learners", icon: "people", act: "see_names", nav: true, load: () => import("./learners/Index.svelte") },
  { id: "desk", icon: "enrol", act: "see_records", nav: true, load: () => import("./desk/Index.svelte") },
  { id: "sections", icon: "sections", act: "see_classes", nav: true, load: () => import("./sections/Index.svelte") },
  { id: "attendance", icon: "check", act: "see_classes", nav: true, load: () => import("./attendance/Index.svelte") },
  { id: "forms", icon: "printer", act: "see_classes", nav: true, load: () => import("./forms/Index.svelte") },
  { id: "review", icon: "inbox", act: "see_classes", nav: true, load: () => import("./review/Index.svelte") },
  {
    id: "admin",
    icon: "school",
    act: "see_setup",
    nav: true,
    pages: () => words.admin.pages,
    load: () => import("./admin/Index.svelte"),
  },
  { id: "promotion", icon: "up", act: "see_records", nav: false, load: () => import("./promotion/Index.svelte") },
  { id: "calendar", icon: "calendar", act: "see_classes", nav: false, load: () => import("./calendar/Index.svelte") },
  { id: "imports", icon: "download", act: "import_lists", nav: false, load: () => import("./imports/Index.svelte") },
];

/** Where the window opens; who stands at the counter begins with the search for whoever comes. */
export const start = (): ScreenId => (session.role !== null && allows("begin_with_today", session.role) ? "home" : "learners");

/** Whether the one at the PC is shown a screen. */
export const mayOpen = (id: string): boolean => {
  const route = routeOf(id);
  return route !== undefined && may(route.act);
};

export const routeOf = (id: string): Route | undefined => routes.find((route) => route.id === id);

/** The screens that are shown to whoever is at the PC. */
export const visibleRoutes = (): Route[] => routes.filter((route) => may(route.act));

let loading: Promise<void> | null = null;

/** Loads all screens, once; the one that most people begin with first. A screen that cannot be loaded is tried again when it is opened. */
export function loadScreens(): Promise<void> {
  loading ??= (async () => {
    for (const route of [...routes].sort((a, b) => Number(b.id === "learners") - Number(a.id === "learners")))
      await route.load().catch(() => undefined);
  })();
  return loading;
}

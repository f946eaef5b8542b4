// Every screen of the office, in the order of the navigation. A new screen is one entry here, its folder with Index.svelte,
// its words in strings/{en,fil}/, and its name in strings' frame.screens.

import type { Component } from "svelte";
import type { IconName } from "../kit/icons";
import type { Address } from "../kit/router.svelte";
import { isAny, session, type Role } from "./session.svelte";
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
  roles: readonly Role[] | "all";
  /** Whether it stands in the navigation; the others are reached from a screen or the palette. */
  nav: boolean;
  /** Pages of its own that the palette offers too: the first part of the path, and its name. */
  pages?: () => Record<string, string>;
  load: () => Promise<{ default: Component<ScreenProps> | Component<Record<string, never>> }>;
}

const office: readonly Role[] = ["school_admin", "school_head", "registrar"];
const classes: readonly Role[] = [...office, "teacher"];

export const routes: readonly Route[] = [
  { id: "home", icon: "home", roles: "all", nav: true, load: () => import("./home/Index.svelte") },
  { id: "learners", icon: "people", roles: "all", nav: true, load: () => import("./learners/Index.svelte") },
  { id: "desk", icon: "enrol", roles: office, nav: true, load: () => import("./desk/Index.svelte") },
  { id: "sections", icon: "sections", roles: classes, nav: true, load: () => import("./sections/Index.svelte") },
  { id: "attendance", icon: "check", roles: classes, nav: true, load: () => import("./attendance/Index.svelte") },
  { id: "forms", icon: "printer", roles: classes, nav: true, load: () => import("./forms/Index.svelte") },
  { id: "review", icon: "inbox", roles: classes, nav: true, load: () => import("./review/Index.svelte") },
  {
    id: "admin",
    icon: "school",
    roles: ["school_admin", "school_head"],
    nav: true,
    pages: () => words.admin.pages,
    load: () => import("./admin/Index.svelte"),
  },
  { id: "promotion", icon: "up", roles: office, nav: false, load: () => import("./promotion/Index.svelte") },
  { id: "calendar", icon: "calendar", roles: classes, nav: false, load: () => import("./calendar/Index.svelte") },
  { id: "imports", icon: "download", roles: ["school_admin", "registrar"], nav: false, load: () => import("./imports/Index.svelte") },
];

/** Whose day begins with a look at the whole; who stands at the counter begins with the search for whoever comes. */
const lookers: readonly Role[] = ["school_admin", "school_head", "teacher"];

/** Where the window opens. */
export const start = (): ScreenId => (session.role !== null && lookers.includes(session.role) ? "home" : "learners");

export const routeOf = (id: string): Route | undefined => routes.find((route) => route.id === id);

/** The screens that are shown to whoever is at the PC. */
export const visibleRoutes = (): Route[] => routes.filter((route) => isAny(route.roles));

let loading: Promise<void> | null = null;

/** Loads all screens, once; the one that most people begin with first. A screen that cannot be loaded is tried again when it is opened. */
export function loadScreens(): Promise<void> {
  loading ??= (async () => {
    for (const route of [...routes].sort((a, b) => Number(b.id === "learners") - Number(a.id === "learners")))
      await route.load().catch(() => undefined);
  })();
  return loading;
}

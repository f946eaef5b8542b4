// The pages of this screen, in the order of its list. Their names are `words.admin.pages`.

import type { Component } from "svelte";
import type { IconName } from "../../kit/icons";
import Backup from "./Backup.svelte";
import Devices from "./Devices.svelte";
import Numbers from "./Numbers.svelte";
import Proof from "./Proof.svelte";
import Settings from "./Settings.svelte";
import Support from "./Support.svelte";
import Users from "./Users.svelte";
import Years from "./Years.svelte";

export interface PageProps {
  version: number;
  /** The field that gets the keys: a form that lacks it leads here. */
  field?: string;
}

export interface AdminPage {
  id: string;
  icon: IconName;
  Page: Component<PageProps>;
}

/** The first one is where the screen opens. */
export const pages: readonly AdminPage[] = [
  { id: "users", icon: "people", Page: Users },
  { id: "devices", icon: "pc", Page: Devices },
  { id: "settings", icon: "school", Page: Settings },
  { id: "years", icon: "calendar", Page: Years },
  { id: "numbers", icon: "columns", Page: Numbers },
  { id: "backup", icon: "download", Page: Backup },
  { id: "proof", icon: "cloud", Page: Proof },
  { id: "support", icon: "help", Page: Support },
];

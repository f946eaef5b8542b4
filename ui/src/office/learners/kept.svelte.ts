// What the list of learners was set to, and the new learner that is being typed: kept while another screen is open, so that
// coming back is coming back. In memory (the new learner also in the encrypted records: names of children are never written elsewhere), and for one
// person: whoever signs in next begins anew. Only which columns are shown outlives the window, as the look of this PC's window does.

import type { LearnerFilters } from "../../generated/learners";
import { keep, kept as keptHere } from "../../kit/window_settings";
import type { Sort } from "../../kit/grid/columns";
import { session } from "../session.svelte";
import { TypedDraft } from "../typed_draft.svelte";

/** A new learner and the first guardian, as typed. */
export interface Draft {
  learner: Record<string, string>;
  guardian: Record<string, string>;
}

export interface Kept {
  text: string;
  filters: LearnerFilters;
  sort: Sort | null;
  hidden: string[];
  /** The learner whose page was opened last, and where in the list. */
  opened: { id: string; row: number } | null;
  draft: Draft;
  /** Whether the panel of the new learner is open. */
  adding: boolean;
}

const HIDDEN_AT_FIRST = [
  "last_name",
  "first_name",
  "middle_name",
  "name_ext",
  "student_no",
  "age",
  "guardian",
  "guardian_phone",
  "barangay",
  "municipality",
  "phone",
];

const HIDDEN = "learners.hidden";

const hiddenColumns = (): string[] => keptHere(HIDDEN)?.split(",").filter(Boolean) ?? HIDDEN_AT_FIRST;

export const emptyDraft = (): Draft => ({ learner: {}, guardian: {} });

const fresh = (): Kept => ({
  text: "",
  filters: {},
  sort: null,
  hidden: hiddenColumns(),
  opened: null,
  draft: emptyDraft(),
  adding: false,
});

let whose: string | undefined;
const disk = new TypedDraft<Draft>("learner");

/** Whether what is typed of a new learner is on the disk. */
export const isDraftKept = (): boolean => disk.isKept;
let kept = $state(fresh());

export function keptList(): Kept {
  if (whose !== session.user?.id) {
    whose = session.user?.id;
    kept = fresh();
  }
  return kept;
}

/** What was being typed when the program ended, offered again to who typed it. */
export async function offerDraft(): Promise<void> {
  const list = keptList();
  const read = await disk.read();
  if (!read || list !== keptList()) return;
  const found = { ...emptyDraft(), ...read };
  if (isTyped(found) && !isTyped(list.draft)) {
    list.draft = found;
    list.adding = true;
  }
}

/** Keeps what is typed in the encrypted records of this PC; nothing once it is saved or cleared. */
export const keepDraft = (draft: Draft): void => disk.keep(isTyped(draft) ? draft : null);

/** Shows and hides columns, here and from now on. */
export function hideColumns(hidden: string[]): void {
  kept.hidden = hidden;
  keep(HIDDEN, hidden.join(","));
}

/** Whether anything was typed of a new learner. */
export const isTyped = ({ learner, guardian }: Draft): boolean =>
  [...Object.values(learner), ...Object.values(guardian)].some((text) => text.trim() !== "");

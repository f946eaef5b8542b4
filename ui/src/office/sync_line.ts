// The quiet line that always says where the work is. It never alarms because the internet went away: waiting is normal.

import type { SyncSummary } from "../generated/api";
import { isRecent, when } from "../kit/format";
import { words } from "../strings/index.svelte";

/** What the icon and colour stand for; the text says the same. */
export type Tone = "good" | "wait" | "need" | "bad";

export interface Part {
  tone: Tone;
  text: string;
}

/** One part about the work, and one more where somebody is needed. */
export function syncLine(summary: SyncSummary, now: Date): Part[] {
  const parts: Part[] = [work(summary, now)];
  const needs = summary.review + summary.parked + summary.damaged;
  if (needs > 0) parts.push({ tone: "need", text: words.sync.needs(needs) });
  return parts;
}

function work(summary: SyncSummary, now: Date): Part {
  if (summary.diverged) return { tone: "bad", text: words.sync.diverged };
  const contact = summary.last_contact ? new Date(summary.last_contact) : null;
  if (summary.trouble)
    return { tone: "bad", text: words.sync.trouble(summary.pending, contact ? when(contact, now) : words.review.sync.never) };
  if (summary.pending > 0) {
    const text = contact ? words.sync.waits(summary.pending, when(contact, now)) : words.sync.waitsNever(summary.pending);
    return { tone: "wait", text };
  }
  if (!contact) return { tone: "wait", text: words.sync.never };
  const say = isRecent(contact, now) ? words.sync.level : words.sync.levelSince;
  return { tone: "good", text: say(when(contact, now)) };
}

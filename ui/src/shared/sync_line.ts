// The quiet line that always says where the work is. It never alarms because the internet went away: waiting is normal.

import type { Glance } from "../generated/api";
import { isRecent, when } from "./format";
import { words } from "../strings/index.svelte";

/** What the icon and colour stand for; the text says the same. */
export type Tone = "good" | "wait" | "need" | "bad";

export interface Part {
  tone: Tone;
  text: string;
}

/** One part about the work, and one more where somebody is needed. */
export function syncLine(glance: Glance, now: Date): Part[] {
  const parts: Part[] = [work(glance, now)];
  const needs = glance.review + glance.parked + glance.damaged;
  if (needs > 0) parts.push({ tone: "need", text: words.sync.needs(needs) });
  return parts;
}

function work(glance: Glance, now: Date): Part {
  if (glance.diverged) return { tone: "bad", text: words.sync.diverged };
  const contact = glance.last_contact ? new Date(glance.last_contact) : null;
  if (glance.trouble) return { tone: "bad", text: words.sync.trouble(glance.pending, contact ? when(contact, now) : words.needs.sync.never) };
  if (glance.pending > 0) {
    const text = contact
      ? words.sync.waits(glance.pending, when(contact, now))
      : words.sync.waitsNever(glance.pending);
    return { tone: "wait", text };
  }
  if (!contact) return { tone: "wait", text: words.sync.never };
  const say = isRecent(contact, now) ? words.sync.level : words.sync.levelSince;
  return { tone: "good", text: say(when(contact, now)) };
}

// Up and down go from tick to tick, Home and End to the first and the last; Space ticks, as everywhere.

/** For `onkeydown` of what holds the ticks. */
export function fromTickToTick(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const ticks = [...event.currentTarget.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
  const at = ticks.indexOf(event.target as HTMLInputElement);
  if (at < 0) return;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ticks.length - 1 }[event.key];
  const next = to === undefined ? undefined : ticks[to];
  if (to === undefined) return;
  event.preventDefault();
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

// The question before something is taken back that was not the last thing on this screen.

const state = $state({ what: null as string | null });
let answered: ((yes: boolean) => void) | null = null;

export const undoAsked = (): string | null => state.what;

/** Asks; resolves once somebody has answered. */
export function askUndo(what: string): Promise<boolean> {
  answered?.(false);
  state.what = what;
  return new Promise((resolve) => (answered = resolve));
}

export function answerUndo(yes: boolean): void {
  const tell = answered;
  answered = null;
  state.what = null;
  tell?.(yes);
}

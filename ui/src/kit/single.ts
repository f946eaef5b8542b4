// One act at a time, for an act that means the same when it is asked for twice: whoever presses twice, or holds Enter, means it once. A
// second question would be about what the first has changed already.

/** The act, which does nothing more while it runs; whoever asks meanwhile waits for it. A form's own submitting is prevented outside. */
export function single<A extends unknown[]>(act: (...args: A) => Promise<void>): (...args: A) => Promise<void> {
  let running: Promise<void> | null = null;
  return (...args) => {
    running ??= act(...args).finally(() => (running = null));
    return running;
  };
}

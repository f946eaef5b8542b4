// Typing is faster than answers. One question is under way at a time, and only the newest one that waits is asked next, so
// an old answer never overwrites a new one and fast typing never piles up work.

export function coalesce<Q>(ask: (question: Q) => Promise<void>): (question: Q) => Promise<void> {
  let running: Promise<void> | null = null;
  let waiting: { question: Q } | null = null;

  async function run(first: Q): Promise<void> {
    waiting = { question: first };
    try {
      while (waiting) {
        const { question }: { question: Q } = waiting;
        waiting = null;
        await ask(question);
      }
    } finally {
      // In the same breath as the last look at `waiting`: whoever asks from here on begins anew.
      running = null;
    }
  }

  return (question) => {
    if (running) {
      waiting = { question };
      return running;
    }
    running = run(question);
    return running;
  };
}

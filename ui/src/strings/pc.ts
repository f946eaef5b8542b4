// How another PC is called, the same in both languages: `PC Registrar 2`, or `PC …6AF2` where the hub has not told its name.

/** The word is not said twice of a PC that is called `Registrar PC`. */
export const pcCalled = (called: string): string => (/\bpc\b/i.test(called) ? called : `PC ${called}`);

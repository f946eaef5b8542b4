// Every sentence that the window shows, in one place, so that it can be read as a whole and translated.

const numbers = new Intl.NumberFormat("en-PH");

/** 1,204 */
export const count = (n: number): string => numbers.format(n);

const plural = (n: number, one: string, many: string): string => `${count(n)} ${n === 1 ? one : many}`;

export const strings = {
  app: "PEMS",
  months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
  yesterday: (time: string) => `yesterday ${time}`,
  daysAgo: (n: number) => `${plural(n, "day", "days")} ago`,
  notRecorded: "not recorded",
  tryAgain: "Try again",

  sync: {
    label: "Sync",
    level: (when: string) => `All work is at the hub, ${when}`,
    levelSince: (when: string) => `All work is at the hub; last contact ${when}`,
    waits: (n: number, when: string) => `${plural(n, "change waits", "changes wait")}; last contact ${when}`,
    waitsNever: (n: number) => `${plural(n, "change waits", "changes wait")}; the hub was not reached yet`,
    never: "The hub was not reached yet",
    needs: (n: number) => `${plural(n, "item needs", "items need")} you`,
    diverged: "This copy differs from the hub’s; tell your system administrator",
  },

  learners: {
    title: "Learners",
    table: "Learners found",
    search: "Find a learner",
    hint: "Name, LRN or student no.",
    shortcut: "Ctrl K",
    clear: "Clear the search",
    total: (n: number) => plural(n, "learner", "learners"),
    found: (n: number, more: boolean) => (more ? `More than ${count(n)} found` : `${count(n)} found`),
    columns: { name: "Name", lrn: "LRN", studentNo: "Student no.", sex: "Sex", birthDate: "Birth date" },
    sex: { F: "Female", M: "Male" },
    none: "No learners yet",
    noneWhy: "They appear as soon as this PC has met the hub. A list from Excel or LIS comes in with “pems-node import”.",
    noMatch: (text: string) => `Nobody matches “${text}”`,
    noMatchWhy: "Spelling is forgiven: “delacruz” finds Dela Cruz, “pena” finds Peña. Try fewer letters, an LRN or a student number.",
  },

  firstRun: {
    title: "Welcome. This PC is not enrolled yet.",
    why: "Once it is, your school’s records live on this PC, encrypted, and stay usable without internet.",
    ask: "Ask your division’s system administrator for two things",
    askWhat: "The address of the hub, and a one-time code for this PC. The code is valid for a short time only.",
    enrol: "Enrol this PC",
    enrolHow: "Open a terminal, and run this with your address and code:",
    wait: "Come back here",
    waitWhat: "The window continues by itself as soon as the PC is enrolled. Nothing has to be restarted.",
    copy: "Copy",
    copied: "Copied",
  },

  trouble: {
    title: {
      store_corrupt: "The records do not open",
      store_newer: "The records were opened by a newer PEMS",
      store_locked: "Another program is holding the records",
      store_read_only: "The records cannot be written",
      store_full: "The disk is full",
      key_missing: "The key to the records is not here",
      keyring_unavailable: "The keyring does not answer",
      device_revoked: "This PC is no longer enrolled",
      io: "The data folder cannot be used",
    } as Record<string, string>,
    otherTitle: "Something went wrong",
    safe: "Nothing was deleted or changed.",
    folder: "Data folder",
    code: "Code for support",
  },
} as const;

export const trouble = {
  title: {
    store_corrupt: "The records do not open",
    store_newer: "The records were opened by a newer PEMS",
    store_locked: "Something else is writing to the records",
    store_read_only: "The records cannot be written",
    store_full: "The disk is full",
    key_missing: "The key to the records is not here",
    keyring_unavailable: "The keyring does not answer",
    device_revoked: "This PC is no longer enrolled",
    io: "The data folder cannot be used",
  } as Record<string, string>,
  /** What stands before the office's own words, which are English. */
  gist: (_code: string): string | undefined => undefined,
  /** What a save waited for in vain. */
  saving: (list: string, done: number, total: number): string =>
    `The list ${list} is being saved (${done} of ${total} rows). What you typed is still here: save it again when the list is done, or stop the import.`,
  /** Why a password or passphrase will not do (model/src/password.rs, node/src/keys). */
  weak: {
    short: "A password has ten characters or more; three or four words do well.",
    long: "A password has 128 characters at most.",
    pattern: "This is a pattern that is guessed first; three or four words do well.",
    common: "This password is among the first that are guessed; three or four words do well.",
    own: "A password is not one’s own name, e-mail or school; three or four words do well.",
    same: "This is the password that is to be replaced; choose another. Three or four words do well.",
    passphrase: "A passphrase has twelve characters or more; four words do well.",
  } as Record<string, string>,
  otherTitle: "Something went wrong",
  safe: "Nothing was deleted or changed.",
  folder: "Data folder",
  code: "Code for support",
};

export const trouble = {
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
  /** What stands before the office's own words, which are English. */
  gist: (_code: string): string | undefined => undefined,
  otherTitle: "Something went wrong",
  safe: "Nothing was deleted or changed.",
  folder: "Data folder",
  code: "Code for support",
};

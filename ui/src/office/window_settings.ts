// Where this window's settings are kept: at the office, on this PC. The web view keeps nothing, so that no trace of the records
// stays in it.

import type { Shelf } from "../kit/window_settings";
import { call } from "./call";

export const officeShelf: Shelf = {
  read: () => call({ do: "session.kept" }),
  write: (name, value) => call({ do: "session.keep", settings: { [name]: value } }),
};

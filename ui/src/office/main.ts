// The office window.

import "../shared/font.css";
import "../shared/tokens.css";
import "../shared/base.css";
import { mount } from "svelte";
import { tellAll } from "../shared/acts.svelte";
import { readKept } from "../shared/kept";
import { typing } from "../shared/keys";
import { pasteOneLine } from "../shared/one_line";
import { restoreLook } from "../shared/look.svelte";
import { restoreLanguage } from "../strings/index.svelte";
import Office from "./Office.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("office.html has no #app to put the window into");
tellAll(window);
await readKept();
restoreLook();
restoreLanguage();
// The web view's own menu reloads the page and goes back in it; text keeps its cut, copy and paste.
document.addEventListener("contextmenu", (event) => typing(event.target) === "text" || event.preventDefault());
document.addEventListener("paste", pasteOneLine);
mount(Office, { target });

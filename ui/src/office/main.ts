// The office window.

import "../kit/font.css";
import "../kit/tokens.css";
import "../kit/base.css";
import { mount } from "svelte";
import { tellAll } from "../kit/notifications.svelte";
import { useShelf } from "../kit/window_settings";
import { typing } from "../kit/keys";
import { pasteOneLine } from "../kit/one_line";
import { restoreLook } from "../kit/look.svelte";
import { setLanguage } from "../strings/index.svelte";
import Office from "./Office.svelte";
import { officeShelf } from "./window_settings";

const target = document.getElementById("app");
if (!target) throw new Error("office.html has no #app to put the window into");
tellAll(window);
await useShelf(officeShelf);
restoreLook();
setLanguage(null);
// The web view's own menu reloads the page and goes back in it; text keeps its cut, copy and paste.
document.addEventListener("contextmenu", (event) => typing(event.target) === "text" || event.preventDefault());
document.addEventListener("paste", pasteOneLine);
mount(Office, { target });

// The office window.

import "../shared/font.css";
import "../shared/tokens.css";
import "../shared/base.css";
import { mount } from "svelte";
import { readKept } from "../shared/kept";
import { restoreLook } from "../shared/look.svelte";
import { restoreLanguage } from "../strings/index.svelte";
import Office from "./Office.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("office.html has no #app to put the window into");
await readKept();
restoreLook();
restoreLanguage();
mount(Office, { target });

// The office window.

import "../shared/font.css";
import "../shared/tokens.css";
import "../shared/base.css";
import { mount } from "svelte";
import { restoreLook } from "../shared/look.svelte";
import { restoreLanguage } from "../strings/index.svelte";
import Office from "./Office.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("office.html has no #app to put the window into");
restoreLook();
restoreLanguage();
mount(Office, { target });

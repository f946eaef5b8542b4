import "../src/kit/font.css";
import "../src/kit/tokens.css";
import "../src/kit/base.css";
import { mount } from "svelte";
import { look, restoreLook } from "../src/kit/look.svelte";
import { setLanguage } from "../src/strings/index.svelte";
import Gallery from "./Gallery.svelte";

const asked = new URLSearchParams(location.search);
restoreLook();
const theme = asked.get("theme");
if (theme === "light" || theme === "dark") look.theme = theme;
look.density = asked.get("density") === "compact" ? "compact" : "comfortable";
setLanguage(asked.get("language") === "fil" ? "fil" : "en");
const target = document.getElementById("app");
if (target) mount(Gallery, { target });

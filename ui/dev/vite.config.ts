// The gallery: every component in all its states, and the frame over made-up learners, to look at while designing. Not
// shipped: nothing here is an entry of vite.config.ts.

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [svelte()],
  root: `${import.meta.dirname}/..`,
  server: { port: 5199, strictPort: true },
});

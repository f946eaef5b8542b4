import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// The controls are tested as they run in the window: compiled for a browser, in a document.
export default defineConfig({
  plugins: [svelte()],
  resolve: { conditions: ["browser"] },
  // Patience for a loaded machine: whole screens are compiled while a test waits for them.
  test: { environment: "happy-dom", testTimeout: 60_000, hookTimeout: 120_000 },
});
